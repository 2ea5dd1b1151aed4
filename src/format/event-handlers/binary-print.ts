/**
 * bprint: a trace_printk whose arguments are packed into the record. The format string is in printk_formats, by its
 * address; each number is aligned to 4 bytes, strings are inline (lib/vsprintf.c, vbin_printf).
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext, WriteEventText } from '../event-text.ts';
import { type Conversion, type Piece, splitAsKernel, splitAsLibtraceevent } from '../print-fmt/conversions.ts';
import { writeNumber, writeSigned } from '../print-fmt/number-text.ts';
import { fitText, writeText } from '../print-fmt/record-text.ts';
import { pointerWriter, symbolWriter } from '../print-fmt/write-symbol.ts';
import { type NumberField, numberField } from './number-field.ts';

const mostFormats = 10_000;

export function binaryPrintWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const ip = numberField(format, context.abi, 'ip');
  const text = numberField(format, context.abi, 'fmt');
  const buffer = format.fields.find(({ name }) => name === 'buf');
  if (ip === undefined || text === undefined || buffer === undefined) return undefined;
  const formats = new Map<string, readonly Piece[]>();
  const writeSymbol = symbolWriter(context, false);
  const printer = new PackedPrinter(context);
  return (out, bytes, view, start, end) => {
    if (start + Math.max(ip.end, text.end) > end) return;
    writeSymbol(out, ip.high(view, start), ip.low(view, start));
    out.text(': ');
    const pieces = piecesAt(context, formats, text, view, start);
    if (pieces !== undefined) return printer.write(out, pieces, bytes, view, start + buffer.offset, end);
    out.text('(NO FORMAT FOUND at ');
    out.hex(text.high(view, start), text.low(view, start));
    out.text(')');
  };
}

function piecesAt(
  context: EventTextContext,
  known: Map<string, readonly Piece[]>,
  field: NumberField,
  view: DataView,
  start: number,
): readonly Piece[] | undefined {
  const address = (BigInt(field.high(view, start)) << 32n) | BigInt(field.low(view, start));
  const key = String(address);
  const before = known.get(key);
  if (before !== undefined) return before;
  const text = context.printkFormat(address);
  if (text === undefined) return undefined;
  const pieces = splitFormat(text, context.style);
  if (known.size < mostFormats) known.set(key, pieces);
  return pieces;
}

function splitFormat(text: string, style: EventTextContext['style']): readonly Piece[] {
  try {
    return style === 'kernel' ? splitAsKernel(text) : splitAsLibtraceevent(text);
  } catch {
    return [{ kind: 'literal', bytes: new TextEncoder().encode(text) }];
  }
}

/** Prints pieces with the numbers and strings that follow each other in a record. */
class PackedPrinter {
  readonly #context: EventTextContext;
  readonly #writePointer: ReturnType<typeof pointerWriter>;
  readonly #writeSymbol: ReturnType<typeof symbolWriter>;
  readonly #writeOffset: ReturnType<typeof symbolWriter>;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #end = 0;
  #high = 0;
  #low = 0;

  constructor(context: EventTextContext) {
    this.#context = context;
    this.#writePointer = pointerWriter(context);
    this.#writeSymbol = symbolWriter(context, false);
    this.#writeOffset = symbolWriter(context, true);
  }

  write(out: ByteWriter, pieces: readonly Piece[], bytes: Uint8Array, view: DataView, from: number, end: number): void {
    this.#view = view;
    this.#at = from;
    this.#end = end;
    const base = from % 4;
    for (const piece of pieces) {
      if (piece.kind === 'literal') out.copy(piece.bytes);
      else this.#writeConversion(out, piece.conversion, bytes, base);
    }
  }

  #writeConversion(out: ByteWriter, conversion: Conversion, bytes: Uint8Array, base: number): void {
    const width = this.#count(conversion.width, base, 0);
    const precision = this.#count(conversion.precision, base, -1);
    const { letter, suffix } = conversion;
    if (letter === 's' || (letter === 'p' && this.#isText(suffix, bytes))) {
      const start = out.length;
      const length = this.#stringEnd(bytes) - this.#at;
      writeText(out, bytes, this.#at, this.#at + length);
      this.#at += length + 1;
      return fitText(out, start, Math.abs(width), conversion.leftAligned, precision < 0 ? undefined : precision);
    }
    const size = this.#sizeOf(conversion);
    this.#take(size, base);
    if (letter === 'p') return this.#writePointerKind(out, suffix);
    if (letter === 'c') return out.text(String.fromCharCode(this.#low & 0x7f));
    if (letter !== 'd') return writeNumber(out, this.#high, this.#low, false, conversion, width, precision);
    const high = size === 8 ? this.#high : this.#low > 0x7fffffff ? 0xffffffff : 0;
    writeSigned(out, high, this.#low, conversion, width, precision);
  }

  #writePointerKind(out: ByteWriter, suffix: string): void {
    if (/^[SF]/.test(suffix)) this.#writeOffset(out, this.#high, this.#low);
    else if (/^[sf]/.test(suffix)) this.#writeSymbol(out, this.#high, this.#low);
    else this.#writePointer(out, this.#high, this.#low);
  }

  /** Newer kernels print what a pointer points to at once, and store the text. */
  #isText(suffix: string, bytes: Uint8Array): boolean {
    if (suffix === '' || /^[sSx]|^[fF](?!w)/.test(suffix)) return false;
    const byte = this.#at < this.#end ? bytes[this.#at]! : 0;
    return byte >= 0x20 && byte < 0x7f;
  }

  #stringEnd(bytes: Uint8Array): number {
    let at = this.#at;
    while (at < this.#end && bytes[at] !== 0) at += 1;
    return Math.max(at, this.#at);
  }

  #sizeOf({ letter, length }: Conversion): number {
    if (length === 2) return 8;
    return letter === 'p' || length === 1 ? this.#context.abi.longSize : 4;
  }

  #count(count: number | 'argument' | undefined, base: number, none: number): number {
    if (count !== 'argument') return count ?? none;
    this.#take(4, base);
    return this.#low | 0;
  }

  #take(size: number, base: number): void {
    const view = this.#view;
    const { littleEndian } = this.#context.abi;
    const at = this.#at + ((4 - ((this.#at - base) % 4)) % 4);
    this.#at = at + size;
    this.#high = 0;
    this.#low = 0;
    if (at + size > this.#end) return;
    const first = view.getUint32(at, littleEndian);
    const second = size === 8 ? view.getUint32(at + 4, littleEndian) : 0;
    this.#low = size === 4 || littleEndian ? first : second;
    if (size === 8) this.#high = littleEndian ? second : first;
  }
}
