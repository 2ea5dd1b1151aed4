/**
 * A parsed filter. Two languages share it: event filters of the kernel (Documentation/trace/events.rst) and those of
 * `trace-cmd report -F`, which have arithmetic and regular expressions.
 */
import type { TextPattern } from './text-pattern.ts';

/**
 * kernel: && binds tighter than ||, comparisons follow the field's sign, `comm` and `cpu` belong to every event.
 * trace-cmd: && and || bind alike, from left to right; comparisons are of unsigned 64 bits; a field that an event does not
 * have makes its comparison false.
 */
export type FilterDialect = 'kernel' | 'trace-cmd';

export interface FilterAst {
  readonly dialect: FilterDialect;
  readonly root: FilterNode;
}

/** Where something stands in the text. */
export interface TextSpan {
  readonly position: number;
  readonly length: number;
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type TextOperator = '==' | '!=' | '=~' | '!~' | '~';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '<<' | '>>' | '&' | '|' | '^';

export interface FieldReference extends TextSpan {
  readonly kind: 'field';
  readonly name: string;
  /** `.function`: compared as the function an address lies in. `.ustring`: the text in the
   * program's memory that a pointer points to, which no record has.
   */
  readonly suffix: 'function' | 'ustring' | undefined;
}

export interface NumberValue extends TextSpan {
  readonly kind: 'number';
  /** Below zero only where the text has a minus sign. */
  readonly value: bigint;
}

export interface ArithmeticValue extends TextSpan {
  readonly kind: 'arithmetic';
  readonly operator: ArithmeticOperator;
  readonly left: NumericValue;
  readonly right: NumericValue;
}

export type NumericValue = FieldReference | NumberValue | ArithmeticValue;

export interface TextValue extends TextSpan {
  readonly kind: 'text';
  readonly text: string;
  /** In single quotes: one character compared with a number means its code. */
  readonly isCharacter: boolean;
}

export interface CpuRange {
  readonly first: number;
  readonly last: number;
}

export type FilterNode =
  | { readonly kind: 'all' | 'any'; readonly terms: readonly FilterNode[] }
  | { readonly kind: 'not'; readonly term: FilterNode }
  | ComparisonNode
  | TextNode
  | FunctionNode
  | CpusNode
  | { readonly kind: 'truth'; readonly value: NumericValue };

export interface ComparisonNode {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly operatorAt: TextSpan;
  readonly left: NumericValue;
  readonly right: NumericValue;
}

/** A field compared with a text: whole, by regular expression, or by glob (`~`). */
export interface TextNode {
  readonly kind: 'text-match';
  readonly operator: TextOperator;
  readonly operatorAt: TextSpan;
  readonly field: FieldReference;
  readonly text: TextValue;
  readonly pattern: TextPattern;
}

/** `call_site.function == schedule`: by name, or by any address in the function. */
export interface FunctionNode {
  readonly kind: 'function';
  readonly operator: '==' | '!=';
  readonly field: FieldReference;
  readonly target: string | bigint;
  readonly targetAt: TextSpan;
}

/** `target_cpus & CPUS{2-4}`: also of a number, which then stands for one CPU. */
export interface CpusNode {
  readonly kind: 'cpus';
  readonly operator: '==' | '!=' | '&';
  readonly operatorAt: TextSpan;
  readonly field: FieldReference;
  readonly cpus: readonly CpuRange[];
}
