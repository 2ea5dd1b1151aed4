/** The fields of an event as they are shown: hidden ones left out, texts told from NULL and from unreadable memory. */

import { errorName } from '../base/errno.ts';
import { errorNumberOf } from '../call-graph/return-value.ts';
import { companionsOf, type ProbeEvent, type ProbeField, type ProbeFieldStyle } from '../control/probe-event.ts';
import type { EventFields } from '../format/decoded-event.ts';
import type { EventField } from '../format/event-format.ts';
import type { FieldValue } from '../format/field-value.ts';
import type { RecordedEvent } from '../recording/event-source.ts';

/** A text that could not be read, with the address it should have been at. */
interface UnreadableText {
  readonly unreadable: bigint;
}

export type ShownValue = FieldValue | UnreadableText;

export interface ShownField {
  readonly name: string;
  /** null is a NULL pointer where a text was asked for, else a field that the record is too short for. */
  readonly value: ShownValue;
  readonly style: ProbeFieldStyle;
  /** The error that a returned value stands for: its number as the code returned it, and its name. */
  readonly error?: { readonly number: number; readonly name: string } | undefined;
}

/** Whether a value is a text that could not be read. */
export function isUnreadable(value: ShownValue): value is UnreadableText {
  return typeof value === 'object' && value !== null && 'unreadable' in value;
}

/** The fields of `event` in the order of its format; `probe` says how a dynamic probe's are meant. */
export function listShownFields(event: RecordedEvent, probe: ProbeEvent | undefined): ShownField[] {
  const { format, fields } = event;
  if (format === undefined || fields === undefined) return [];
  if (probe === undefined) {
    return format.fields
      .filter(({ name }) => !name.startsWith('__probe_'))
      .map((field) => ({ name: field.name, value: fields[field.name] ?? null, style: plainStyle(field) }));
  }
  return probe.fields.map((field) => {
    const value = probeValue(fields, field.name, field.style);
    return { name: field.name, style: field.style, value, error: errorOf(value, field) };
  });
}

/** Larger ones are not error numbers of user space. */
const largestInPrograms = 133;

/** In programs -1 only says that there was an error, and pointers carry none. */
function errorOf(value: ShownValue, { returnedBy, style }: ProbeField): ShownField['error'] {
  if (returnedBy === undefined || (typeof value !== 'number' && typeof value !== 'bigint')) return undefined;
  const number = errorNumberOf(BigInt.asUintN(64, BigInt(value)));
  if (number === undefined) return undefined;
  const isOfProgram = value < 0 && style !== 'hex' && number > 1 && number <= largestInPrograms;
  const name = returnedBy === 'kernel' || isOfProgram ? errorName(number) : undefined;
  return name === undefined ? undefined : { number: -number, name };
}

function plainStyle(field: EventField): ProbeFieldStyle {
  return field.shownInHex ? 'hex' : 'plain';
}

function probeValue(fields: EventFields, name: string, style: ProbeFieldStyle): ShownValue {
  const value = fields[name] ?? null;
  if (style !== 'text') return value;
  const { address, first } = companionsOf(name);
  const pointer = BigInt((fields[address] as number | bigint | null) ?? 0);
  if (value === null || isFaultText(value, fields[first])) return pointer === 0n ? null : { unreadable: pointer };
  return value;
}

/** The kernel's `(fault)`; a text that really is this word begins with its first byte. */
function isFaultText(value: FieldValue, first: FieldValue | undefined): boolean {
  return value === '(fault)' && first !== '('.charCodeAt(0);
}
