/**
 * The language of `trace-cmd report -F`: comparisons of fields and numbers with arithmetic, texts and regular expressions.
 * Arithmetic binds tighter than comparisons, in C's order.
 */
import type {
  ArithmeticOperator,
  ComparisonOperator,
  FilterNode,
  NumericValue,
  TextOperator,
  TextSpan,
} from './filter-ast.ts';
import { readField, readNumber, readText } from './filter-operands.ts';
import { FilterParser } from './filter-parser.ts';
import { FilterFault } from './filter-problem.ts';
import type { FilterToken } from './filter-tokens.ts';
import { globPattern, regexPattern, type TextPattern, wholeText } from './text-pattern.ts';

const comparisons: readonly ComparisonOperator[] = ['==', '!=', '<', '<=', '>', '>='];
const textOperators: readonly TextOperator[] = ['==', '!=', '=~', '!~', '~'];
/** From the loosest to the tightest. */
const arithmetic: readonly (readonly ArithmeticOperator[])[] = [
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const mostArithmetic = 64;

export class ReportFilterParser extends FilterParser {
  #arithmetic = 0;

  constructor(text: string) {
    super(text, 'trace-cmd');
  }

  protected parsePredicate(): FilterNode {
    if (this.token.kind === 'text') throw new FilterFault('a text belongs on the right side', this.token);
    return this.#compare(this.#parseValue(0));
  }

  /** `(flags & 4) == 4`: what was in parentheses is a value after all. */
  protected override continueAfter(node: FilterNode, opening: TextSpan): FilterNode {
    const { kind, text } = this.token;
    const isOperator = kind === 'operator' && ![')', '(', '!', ',', '&&', '||'].includes(text);
    if (!isOperator) return node;
    if (node.kind !== 'truth') throw new FilterFault('what is in parentheses here is no number', opening);
    return this.#compare(this.#continueValue(node.value, 0));
  }

  #compare(left: NumericValue): FilterNode {
    const operator = this.token;
    const isTextual = operator.text === '=~' || operator.text === '!~' || operator.text === '~';
    const comparison = comparisons.find((each) => each === operator.text);
    if (operator.kind !== 'operator' || (comparison === undefined && !isTextual)) return this.#truth(left);
    this.take();
    if (this.token.kind === 'text') return matchText(left, operator, this.take());
    if (comparison === undefined) {
      throw new FilterFault(
        `${operator.text} takes ${operator.text === '~' ? 'a glob' : 'a regular expression'} in quotes`,
        this.token,
      );
    }
    return { kind: 'comparison', operator: comparison, operatorAt: operator, left, right: this.#parseValue(0) };
  }

  /** A value alone holds where it is not 0. */
  #truth(value: NumericValue): FilterNode {
    if (value.kind === 'number' || this.token.text === '=') {
      throw new FilterFault('a comparison is expected here', this.token, this.token.text === '=' ? ['=='] : []);
    }
    return { kind: 'truth', value };
  }

  #parseValue(level: number): NumericValue {
    return this.#continueValue(this.#parseOperand(), level);
  }

  /** Everything that binds tighter than level `level` behind `left`, by precedence. */
  #continueValue(first: NumericValue, level: number): NumericValue {
    let left = first;
    for (;;) {
      const { kind, text } = this.token;
      const found = kind !== 'operator' ? -1 : arithmetic.findIndex((row) => row.some((each) => each === text));
      if (found < level) return left;
      const operator = this.take();
      this.#arithmetic += 1;
      if (this.#arithmetic > mostArithmetic) throw new FilterFault('too much arithmetic', operator);
      const right = this.#parseValue(found + 1);
      left = arithmeticValue(operator.text as ArithmeticOperator, left, right);
    }
  }

  #parseOperand(): NumericValue {
    const token = this.take();
    if (token.kind === 'word') return readField(token);
    if (token.kind === 'number') return readNumber(token, 'trace-cmd');
    if (token.text === '-' && this.token.kind === 'number') return readNumber(this.take(), 'trace-cmd', token);
    if (token.kind === 'operator' && token.text === '(') return this.#parseParentheses(token);
    throw new FilterFault('a field or a number is expected here', token);
  }

  #parseParentheses(opening: FilterToken): NumericValue {
    const value = this.nested(opening, () => this.#parseValue(0));
    this.expectClosing(opening);
    return value;
  }
}

function arithmeticValue(operator: ArithmeticOperator, left: NumericValue, right: NumericValue): NumericValue {
  const { position } = left;
  return { kind: 'arithmetic', operator, left, right, position, length: right.position + right.length - position };
}

function matchText(left: NumericValue, operatorAt: FilterToken, token: FilterToken): FilterNode {
  const operator = textOperators.find((each) => each === operatorAt.text);
  if (operator === undefined) {
    throw new FilterFault('a text can be compared by ==, !=, =~, !~ and ~ only', operatorAt, [...textOperators]);
  }
  if (left.kind !== 'field') throw new FilterFault('a text can be compared with a field only', left);
  const pattern = patternOf(operator, token);
  return { kind: 'text-match', operator, operatorAt, field: left, text: readText(token), pattern };
}

function patternOf(operator: TextOperator, token: FilterToken): TextPattern {
  if (operator === '~') return globPattern(token.text);
  return operator === '=~' || operator === '!~' ? regexPattern(token.text, token.position + 1) : wholeText(token.text);
}
