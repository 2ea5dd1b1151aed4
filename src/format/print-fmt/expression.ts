/** The expressions of a `print fmt`, parsed: what a C compiler would see of them, untyped. */

export type Expression =
  /** A number, with the type its suffix gives: bits 32 only when it fits. */
  | { readonly kind: 'number'; readonly value: bigint; readonly isUnsigned: boolean; readonly isLong: boolean }
  | { readonly kind: 'string'; readonly text: string }
  /** A bare word: a kernel symbol, or a constant that the kernel did not turn into its number. */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'choice';
      readonly test: Expression;
      readonly whenTrue: Expression;
      readonly whenFalse: Expression;
    }
  | { readonly kind: 'index'; readonly base: Expression; readonly index: Expression }
  /** `type` as its words, one space between: `unsigned long`, `u8 *`. */
  | { readonly kind: 'cast'; readonly type: string; readonly operand: Expression }
  | { readonly kind: 'sizeof'; readonly type: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  /** __print_flags and __print_symbolic. */
  | {
      readonly kind: 'table';
      readonly name: string;
      readonly value: Expression;
      readonly delimiter: string;
      readonly entries: readonly TableEntry[];
    };

export interface TableEntry {
  readonly value: Expression;
  /** undefined for NULL, which ends the kernel's table. */
  readonly text: string | undefined;
}
