/**
 * The text of an event's record: what is printed behind `name: `. Compiles an event's format once to a function that
 * writes bytes.
 */
import type { ByteWriter } from '../base/byte-writer.ts';
import type { EventFormat } from './event-format.ts';
import { findEventHandler } from './event-handlers/find-handler.ts';
import { fieldListWriter } from './field-list-text.ts';
import type { KernelAbi } from './kernel-abi.ts';
import { compilePrintFmt } from './print-fmt/compile-print-fmt.ts';

/** A function around an address; the same object may be given again. */
export interface AddressName {
  readonly name: string;
  readonly module?: string;
  readonly offset: number;
}

/** What an event's text needs besides the record. */
export interface EventTextContext {
  readonly abi: KernelAbi;
  /**
   * 'trace-cmd': the text that trace-cmd 3.3.1 with libtraceevent 1.8.4 prints, its plugin handlers and faults included
   * (byte for byte). 'kernel': the better form, as the kernel's own trace file prints it.
   */
  readonly style: 'trace-cmd' | 'kernel';
  /** Function around an address (unsigned 32-bit halves). */
  readonly nameOfHalves: (high: number, low: number) => AddressName | undefined;
  /** Address of a symbol, for bare kernel symbols in expressions. */
  readonly addressOf: (name: string) => bigint | undefined;
  /** printk_formats: the text at an address. */
  readonly printkFormat: (address: bigint) => string | undefined;
  /** The sched handlers of libtraceevent register names they meet. True when that pid need not be told again. */
  readonly learnComm?: ((pid: number, comm: () => string) => boolean) | undefined;
  /** libtraceevent's raw form: an address behind its name, ` (0xffffffff81000000)`. */
  readonly namesWithAddress?: boolean | undefined;
  /** Where and when the record being written was recorded: the caller sets it before each write. */
  readonly place?: RecordPlace | undefined;
}

/**
 * What a record does not hold itself. One for all contexts of a report: the indentation of function events goes over all
 * instances. Without it functions are not indented.
 */
export interface RecordPlace {
  cpu: number;
  /** Writes the time `delta` ns before that of the record, as the report prints times (for func_repeats). */
  writeEarlierTime?: ((out: ByteWriter, delta: bigint) => void) | undefined;
}

/**
 * Appends what is printed behind `name: ` for the record bytes[start..end), no line end. `view` is over the same bytes
 * (same offsets). Never throws.
 */
export type WriteEventText = (out: ByteWriter, bytes: Uint8Array, view: DataView, start: number, end: number) => void;

/** Part of such a text. True where the text ends with it: libtraceevent prints nothing behind a `%c` of 0. */
export type WriteTextPart = (...record: Parameters<WriteEventText>) => unknown;

export interface CompiledEventText {
  readonly write: WriteEventText;
  /** Why print fmt could not be used and field=value is printed instead. */
  readonly failure: string | undefined;
}

/** The function that writes the text of the event's records; compile once, call for each record. */
export function compileEventText(format: EventFormat, context: EventTextContext): CompiledEventText {
  const handler = findEventHandler(format, context);
  if (handler?.alone) return { write: withoutLineEnd(handler.write), failure: undefined };
  const { write, failure } = compilePrintFmtOrFields(format, context);
  if (handler === undefined) return { write: withoutLineEnd(write), failure };
  const both: WriteEventText = (out, bytes, view, start, end) => {
    if (handler.write(out, bytes, view, start, end)) write(out, bytes, view, start, end);
  };
  return { write: withoutLineEnd(both), failure };
}

function compilePrintFmtOrFields(format: EventFormat, context: EventTextContext): CompiledEventText {
  try {
    return { write: compilePrintFmt(format, context), failure: undefined };
  } catch (error) {
    // Beside PrintFmtError: a RangeError or SyntaxError of the engine, where an expression is too deep for it.
    return { write: fieldListWriter(format, context), failure: error instanceof Error ? error.message : String(error) };
  }
}

/** One newline at the end belongs to the line, not to the text. */
export function withoutLineEnd(write: (...record: Parameters<WriteEventText>) => unknown): WriteEventText {
  return (out, bytes, view, start, end) => {
    const from = out.length;
    write(out, bytes, view, start, end);
    if (out.length > from && out.bytes[out.length - 1] === 0x0a) out.length -= 1;
  };
}
