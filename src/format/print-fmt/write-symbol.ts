/** Addresses as names of functions: %ps, %pS and their kin. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { EventTextContext } from '../event-text.ts';
import { putHex64 } from './digits.ts';
import { writeHexNumber } from './tables.ts';

export type WriteAddress = (out: ByteWriter, high: number, low: number) => void;

/** `name`, or `name+0x1f` when `withOffset`; a bare number where there is no symbol. The kernel adds ` [module]`. */
export function symbolWriter(context: EventTextContext, withOffset: boolean): WriteAddress {
  const isTraceCmd = context.style === 'trace-cmd';
  const writeAddress = context.namesWithAddress ? writeBracketed : writeHexNumber;
  return (out, high, low) => {
    const found = context.nameOfHalves(high, low);
    if (found === undefined) return writeAddress(out, high, low);
    out.text(found.name);
    if (withOffset) {
      out.reserve(24);
      out.byte(0x2b);
      const offset = found.offset;
      writeHexNumber(out, Math.floor(offset / 2 ** 32), offset >>> 0);
    }
    if (!isTraceCmd && found.module !== undefined) out.text(` [${found.module}]`);
    if (context.namesWithAddress) writeAddress(out, high, low);
  };
}

/** Also of an address without a name libtraceevent prints the blank and the brackets. */
function writeBracketed(out: ByteWriter, high: number, low: number): void {
  out.text(' (');
  writeHexNumber(out, high, low);
  out.text(')');
}

/** %p of libtraceevent is that of the C library, %px of the kernel has all digits. */
export function pointerWriter(context: EventTextContext): WriteAddress {
  if (context.style === 'trace-cmd') {
    return (out, high, low) => (high === 0 && low === 0 ? out.text('(nil)') : writeHexNumber(out, high, low));
  }
  const digits = context.abi.longSize * 2;
  return (out, high, low) => {
    const from = out.length;
    out.reserve(16);
    out.length = putHex64(out.bytes, out.length, high, low);
    const missing = digits - (out.length - from);
    if (missing <= 0) return;
    out.fill(0x30, missing);
    out.bytes.copyWithin(from + missing, from, out.length - missing);
    out.bytes.fill(0x30, from, from + missing);
  };
}

/** A `const char *` field: the text that printk_formats has for it, else the address. */
export function stringAddressWriter(context: EventTextContext, encode: (text: string) => Uint8Array): WriteAddress {
  const known = new Map<bigint, Uint8Array | undefined>();
  return (out, high, low) => {
    const address = (BigInt(high) << 32n) | BigInt(low);
    let text = known.get(address);
    if (text === undefined && !known.has(address)) {
      const found = context.printkFormat(address);
      text = found === undefined ? undefined : encode(found);
      if (known.size < 4096) known.set(address, text);
    }
    if (text !== undefined) return out.copy(text);
    if (context.style === 'kernel') return writeHexNumber(out, high, low);
    out.reserve(16);
    out.length = putHex64(out.bytes, out.length, high, low);
  };
}
