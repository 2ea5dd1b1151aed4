/**
 * ftrace/kernel_stack and user_stack records (kernel/trace/trace_entries.h): return addresses, innermost first. The
 * format declares `caller[8]`, but the array runs on to the record's end, to `size` entries where the record has that
 * field, or to an entry of all ones.
 */

import type { EventFormat } from './event-format.ts';
import type { KernelAbi } from './kernel-abi.ts';

/** What the kernel writes where its own trampoline stands (FTRACE_TRAMPOLINE_MARKER). */
const trampoline = 0x7fffffffn;

export function isStackFormat({ system, name }: EventFormat): boolean {
  return system === 'ftrace' && (name === 'kernel_stack' || name === 'user_stack');
}

/** The frames in `record`, which begins at the common header, without the tracer's trampoline. */
export function readStackFrames(
  format: EventFormat,
  record: Uint8Array,
  { littleEndian, longSize }: KernelAbi,
): bigint[] {
  const caller = format.fields.find(({ name }) => name === 'caller');
  const size = format.fields.find(({ name }) => name === 'size');
  if (caller === undefined) return [];
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const room = Math.floor((record.byteLength - caller.offset) / longSize);
  const told = size !== undefined && size.offset + 4 <= record.byteLength;
  const count = told ? Math.min(room, view.getUint32(size.offset, littleEndian)) : room;
  const end = longSize === 8 ? 0xffff_ffff_ffff_ffffn : 0xffff_ffffn;
  const frames: bigint[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = caller.offset + index * longSize;
    const frame = longSize === 8 ? view.getBigUint64(at, littleEndian) : BigInt(view.getUint32(at, littleEndian));
    if (frame === end) break;
    if (frame !== trampoline) frames.push(frame);
  }
  return frames;
}
