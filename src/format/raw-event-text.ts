/**
 * ` name=value` for each field of a record: what `trace-cmd report -R` prints (libtraceevent 1.8.4, event-parse.c). A
 * number takes the conversion that the print fmt has for it, as long as that is found behind those of the fields before.
 */
import type { EventField, EventFormat } from './event-format.ts';
import { type EventTextContext, type WriteEventText, type WriteTextPart, withoutLineEnd } from './event-text.ts';
import { isArrayField, rawFieldWriter } from './field-list-text.ts';
import { type BoundPiece, bindPieces } from './print-fmt/bind-pieces.ts';
import { compilePrintFmt, compileWriter, parsePrintFmt } from './print-fmt/compile-print-fmt.ts';
import { emitConversion } from './print-fmt/emit-conversion.ts';
import type { Expression } from './print-fmt/expression.ts';

/** Compile once, call for each record; what it writes can depend on the records that it wrote before. */
export function compileRawEventText(format: EventFormat, context: EventTextContext): WriteEventText {
  const raw = { ...context, namesWithAddress: true };
  const search = new ConversionSearch(usablePieces(format, raw));
  const fields = format.fields.map((field) => {
    const found = isArrayField(field) ? undefined : search.find(field, format);
    const write: WriteTextPart =
      found === undefined ? rawFieldWriter(field, raw) : conversionWriter(format, raw, found);
    return { label: Buffer.from(` ${field.name}=`, 'latin1'), write };
  });
  return withoutLineEnd((out, bytes, view, start, end) => {
    for (const { label, write } of fields) {
      out.copy(label);
      if (write(out, bytes, view, start, end) === true) return;
    }
  });
}

/** None where the print fmt as a whole cannot be used, and of bprint, whose text is in the record. */
function usablePieces(format: EventFormat, context: EventTextContext): BoundPiece[] {
  if (format.system === 'ftrace' && format.name === 'bprint') return [];
  try {
    compilePrintFmt(format, context);
    return bindPieces(parsePrintFmt(format, context.style));
  } catch {
    return [];
  }
}

interface FoundConversion {
  readonly piece: BoundPiece & { kind: 'conversion' };
  /** The text before it ends in 0x. */
  readonly isMarkedHex: boolean;
}

/** Goes round the pieces, from behind the last one found; once that was the very last, nothing is found any more. */
class ConversionSearch {
  readonly #pieces: readonly BoundPiece[];
  #next = 0;

  constructor(pieces: readonly BoundPiece[]) {
    this.#pieces = pieces;
  }

  find(field: EventField, format: EventFormat): FoundConversion | undefined {
    const pieces = this.#pieces;
    if (this.#next >= pieces.length) return undefined;
    let isMarkedHex = false;
    for (let step = 0; step < pieces.length; step += 1) {
      const at = (this.#next + step) % pieces.length;
      const piece = pieces[at]!;
      if (piece.kind === 'conversion' && shownField(piece.argument, format) === field) {
        this.#next = at + 1;
        return { piece, isMarkedHex };
      }
      isMarkedHex = piece.kind === 'literal' && endsInHexMark(piece.bytes);
    }
    return undefined;
  }
}

function shownField(argument: Expression, format: EventFormat): EventField | undefined {
  if (argument.kind === 'cast') return shownField(argument.operand, format);
  if (argument.kind !== 'field') return undefined;
  const isNamed = ({ name }: EventField): boolean => name === argument.name;
  return format.commonFields.find(isNamed) ?? format.fields.find(isNamed);
}

function endsInHexMark(bytes: Uint8Array): boolean {
  return bytes.length > 1 && bytes.at(-2) === 0x30 && bytes.at(-1) === 0x78;
}

function conversionWriter(format: EventFormat, context: EventTextContext, found: FoundConversion): WriteTextPart {
  const { conversion, width, precision, argument } = found.piece;
  return compileWriter(format, context, (emitter) => {
    if (found.isMarkedHex) emitter.literal(Buffer.from('0x'));
    emitConversion(emitter, conversion, { width, precision }, argument);
  });
}
