/** A whole record to named values, with the readers of each format compiled once. */
import type { EventFormat } from './event-format.ts';
import { compileFieldReader, type FieldReader, type FieldValue } from './field-value.ts';
import type { KernelAbi } from './kernel-abi.ts';

/** Field values by name, in the order of the format; the common fields are read through common-header.ts. */
export type EventFields = Readonly<Record<string, FieldValue>>;

interface CompiledFormat {
  readonly abi: KernelAbi;
  readonly names: readonly string[];
  readonly readers: readonly FieldReader[];
}

const compiledFormats = new WeakMap<EventFormat, CompiledFormat>();

/** The values of the event's own fields in `record`, which begins at the common header. Fields beyond its end are null. */
export function decodeEvent(format: EventFormat, record: Uint8Array, abi: KernelAbi): EventFields {
  const { names, readers } = compiledFor(format, abi);
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const values: Record<string, FieldValue> = Object.create(null);
  for (let index = 0; index < names.length; index += 1) values[names[index]!] = readers[index]!(record, view);
  return values;
}

function compiledFor(format: EventFormat, abi: KernelAbi): CompiledFormat {
  const known = compiledFormats.get(format);
  if (known && known.abi.littleEndian === abi.littleEndian && known.abi.longSize === abi.longSize) return known;
  const compiled: CompiledFormat = {
    abi,
    names: format.fields.map(({ name }) => name),
    readers: format.fields.map((field) => compileFieldReader(field, abi)),
  };
  compiledFormats.set(format, compiled);
  return compiled;
}
