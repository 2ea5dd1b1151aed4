/** The language of the kernel's event filters: `FIELD OPERATOR VALUE` (kernel/trace/trace_events_filter.c). */
import type { FieldReference, FilterNode } from './filter-ast.ts';
import { readCpus, readField, readNumber, readText } from './filter-operands.ts';
import { FilterParser } from './filter-parser.ts';
import { FilterFault } from './filter-problem.ts';
import type { FilterToken } from './filter-tokens.ts';
import { globPattern, wholeText } from './text-pattern.ts';

const numberOperators = ['==', '!=', '<', '<=', '>', '>=', '&'] as const;
type NumberOperator = (typeof numberOperators)[number];
/** MAX_FILTER_STR_VAL, its NUL included. */
const longestText = 256;

export class KernelFilterParser extends FilterParser {
  constructor(text: string) {
    super(text, 'kernel');
  }

  protected parsePredicate(): FilterNode {
    const token = this.take();
    if (token.kind !== 'word') throw new FilterFault('the name of a field is expected here', token);
    const field = readField(token);
    const operator = this.take();
    if (operator.kind !== 'operator' || !isKernelOperator(operator.text)) throw notOperator(operator);
    if (field.suffix === 'function') return this.#compareFunction(field, operator);
    if (this.token.kind === 'text') return compareText(field, operator, this.take());
    if (this.token.kind === 'cpus') return compareCpus(field, operator, this.take());
    return this.#compareNumber(field, operator);
  }

  #compareNumber(field: FieldReference, operator: FilterToken): FilterNode {
    if (operator.text === '~') throw new FilterFault('~ takes a glob in quotes', this.token, ['"..."']);
    const negation = this.takeOperator('-');
    const token = this.take();
    if (token.kind === 'word') {
      throw new FilterFault('a number or a text in quotes is expected here', token, [`"${token.text}"`]);
    }
    if (token.kind !== 'number') throw new FilterFault('a number or a text in quotes is expected here', token);
    const right = readNumber(token, 'kernel', negation);
    if (operator.text !== '&') {
      return { kind: 'comparison', operator: comparisonOf(operator), operatorAt: operator, left: field, right };
    }
    const { position } = field;
    const length = right.position + right.length - position;
    return {
      kind: 'truth',
      value: { kind: 'arithmetic', operator: '&', left: field, right, position, length },
    };
  }

  #compareFunction(field: FieldReference, operator: FilterToken): FilterNode {
    if (operator.text !== '==' && operator.text !== '!=') {
      throw new FilterFault('.function can be compared by == and != only', operator, ['==', '!=']);
    }
    const token = this.take();
    const isName = token.kind === 'word';
    if (!isName && token.kind !== 'number') {
      const meant = token.kind === 'text' ? [token.text] : [];
      throw new FilterFault('the name (without quotes) or address of a function is expected here', token, meant);
    }
    return {
      kind: 'function',
      operator: operator.text,
      field,
      targetAt: token,
      target: isName ? token.text : readNumber(token, 'kernel').value,
    };
  }
}

function isKernelOperator(text: string): boolean {
  return text === '~' || numberOperators.some((operator) => operator === text);
}

function notOperator(token: FilterToken): FilterFault {
  const meant = { '=': ['=='], '=~': ['~'], '!~': ['!(... ~ ...)'] }[token.text];
  const why =
    token.text === '=~' || token.text === '!~'
      ? 'the kernel has no regular expressions, only globs'
      : `an operator is expected here: ${numberOperators.join(' ')} ~`;
  return new FilterFault(why, token, meant ?? []);
}

function comparisonOf({ text }: FilterToken): Exclude<NumberOperator, '&'> {
  return numberOperators.find((operator) => operator === text) as Exclude<NumberOperator, '&'>;
}

function compareText(field: FieldReference, operator: FilterToken, token: FilterToken): FilterNode {
  const { text } = operator;
  if (text !== '==' && text !== '!=' && text !== '~') {
    throw new FilterFault('a text can be compared by ==, != and ~ only', operator, ['==', '!=', '~']);
  }
  if (Buffer.byteLength(token.text) >= longestText) {
    throw new FilterFault(`a text may have up to ${longestText - 1} bytes`, token);
  }
  const pattern = text === '~' ? globPattern(token.text) : wholeText(token.text);
  return { kind: 'text-match', operator: text, operatorAt: operator, field, text: readText(token), pattern };
}

function compareCpus(field: FieldReference, operator: FilterToken, token: FilterToken): FilterNode {
  const { text } = operator;
  if (text !== '==' && text !== '!=' && text !== '&') {
    throw new FilterFault('CPUS{...} can be compared by ==, != and & only', operator, ['==', '!=', '&']);
  }
  return { kind: 'cpus', operator: text, operatorAt: operator, field, cpus: readCpus(token) };
}
