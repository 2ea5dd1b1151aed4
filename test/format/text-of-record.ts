/** Compiles a print fmt over hand-made fields and prints one record. */
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { decodeKernelText } from '../../src/base/text.ts';
import { parseEventFormat } from '../../src/format/event-format.ts';
import { type CompiledEventText, compileEventText, type EventTextContext } from '../../src/format/event-text.ts';
import { formatText } from './format-text.ts';

export const plainContext: EventTextContext = {
  abi: { littleEndian: true, longSize: 8 },
  style: 'kernel',
  nameOfHalves: () => undefined,
  addressOf: () => undefined,
  printkFormat: () => undefined,
};

export const traceCmdContext: EventTextContext = { ...plainContext, style: 'trace-cmd' };

export function compilePrintFormat(
  printFormat: string,
  fields: readonly string[],
  context: EventTextContext = plainContext,
  event = 'test:event',
): CompiledEventText {
  const [system, name] = event.split(':') as [string, string];
  return compileEventText(parseEventFormat(system, formatText(name, 7, fields, printFormat)), context);
}

/** The text of a record of a zeroed common header and `bytes` from offset 8 on. */
export function writeRecord({ write }: CompiledEventText, bytes: ArrayLike<number>): string {
  const record = new Uint8Array(8 + bytes.length);
  record.set(bytes, 8);
  const out = new ByteWriter();
  write(out, record, new DataView(record.buffer), 0, record.length);
  return decodeKernelText(out.written());
}

/** Fields `a`, `b`, ... one after the other from offset 8, with their values. */
export interface FieldValueOf {
  readonly type: 'u8' | 's8' | 'u16' | 's16' | 'u32' | 's32' | 'u64' | 's64' | 'unsigned long' | 'void *';
  readonly value: bigint | number;
}

const sizes: Readonly<Record<string, number>> = { '8': 1, '16': 2, '32': 4, '64': 8 };

export function printValues(
  printFormat: string,
  values: readonly FieldValueOf[],
  context: EventTextContext = plainContext,
): string {
  const buffer = Buffer.alloc(8 * values.length);
  const fields = values.map(({ type, value }, index) => {
    buffer.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), index * 8);
    const size = sizes[type.slice(1)] ?? 8;
    const name = String.fromCharCode(97 + index);
    return `field:${type} ${name};\toffset:${8 + index * 8};\tsize:${size};\tsigned:${type.startsWith('s') ? 1 : 0};`;
  });
  return writeRecord(compilePrintFormat(printFormat, fields, context), buffer);
}
