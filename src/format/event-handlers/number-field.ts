/** Numbers of a record by the name of their field, unsigned, as the handlers read them. */
import type { EventFormat } from '../event-format.ts';
import type { KernelAbi } from '../kernel-abi.ts';

export interface NumberField {
  /** Bytes from the record's start to behind the field. */
  readonly end: number;
  readonly low: (view: DataView, start: number) => number;
  readonly high: (view: DataView, start: number) => number;
}

/** The field of that name that belongs to the event alone; undefined when there is none of 1, 2, 4 or 8 bytes. */
export function numberField(
  format: EventFormat,
  { littleEndian }: KernelAbi,
  ...names: string[]
): NumberField | undefined {
  const field = names
    .map((name) => format.fields.find((candidate) => candidate.name === name))
    .find((candidate) => candidate !== undefined);
  if (field === undefined) return undefined;
  const { offset, size } = field;
  const end = offset + size;
  const none = (): number => 0;
  switch (size) {
    case 1:
      return { end, high: none, low: (view, start) => view.getUint8(start + offset) };
    case 2:
      return { end, high: none, low: (view, start) => view.getUint16(start + offset, littleEndian) };
    case 4:
      return { end, high: none, low: (view, start) => view.getUint32(start + offset, littleEndian) };
    case 8: {
      const [lowAt, highAt] = littleEndian ? [offset, offset + 4] : [offset + 4, offset];
      return {
        end,
        high: (view, start) => view.getUint32(start + highAt, littleEndian),
        low: (view, start) => view.getUint32(start + lowAt, littleEndian),
      };
    }
    default:
      return undefined;
  }
}

/** The fields of all these names, or undefined when one is missing. */
export function numberFields<Name extends string>(
  format: EventFormat,
  abi: KernelAbi,
  names: readonly Name[],
): (Record<Name, NumberField> & { readonly end: number }) | undefined {
  const found: Record<string, NumberField | number> = { end: 0 };
  for (const name of names) {
    const field = numberField(format, abi, name);
    if (field === undefined) return undefined;
    found[name] = field;
    found.end = Math.max(found.end as number, field.end);
  }
  return found as Record<Name, NumberField> & { end: number };
}
