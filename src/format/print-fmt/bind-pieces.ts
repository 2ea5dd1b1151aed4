/** The pieces of a format string together with the arguments that their conversions take, in order. */
import type { Conversion, Piece } from './conversions.ts';
import type { Expression } from './expression.ts';
import { PrintFmtError } from './tokens.ts';

export type BoundPiece =
  | { readonly kind: 'literal'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'conversion';
      readonly conversion: Conversion;
      /** What `*` takes. */
      readonly width: Expression | undefined;
      readonly precision: Expression | undefined;
      readonly argument: Expression;
    };

/** Throws PrintFmtError when there are too few arguments. */
export function bindPieces({ pieces, args }: { pieces: readonly Piece[]; args: readonly Expression[] }): BoundPiece[] {
  let next = 0;
  const take = (): Expression => {
    const argument = args[next];
    if (argument === undefined) throw new PrintFmtError('it has more conversions than arguments');
    next += 1;
    return argument;
  };
  return pieces.map((piece) => {
    if (piece.kind === 'literal') return piece;
    const { conversion } = piece;
    const width = conversion.width === 'argument' ? take() : undefined;
    const precision = conversion.precision === 'argument' ? take() : undefined;
    return { kind: 'conversion', conversion, width, precision, argument: take() };
  });
}
