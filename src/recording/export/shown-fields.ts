/** The fields of an event that are shown, and how: those that probes add for ftui itself are not. */
import type { FieldValue } from '../../format/field-value.ts';
import type { RecordedEvent } from '../event-source.ts';

export interface ExportedField {
  readonly name: string;
  readonly value: FieldValue;
  /** The kernel prints it as hexadecimal. */
  readonly inHex: boolean;
}

const hexFields = new WeakMap<object, ReadonlySet<string>>();
const none: ReadonlySet<string> = new Set();

/** In the order of the event's format; undefined where the recording has its text only. */
export function listExportedFields({ fields, format }: RecordedEvent): ExportedField[] | undefined {
  if (fields === undefined) return undefined;
  const inHex = format === undefined ? none : hexFieldsOf(format);
  const shown: ExportedField[] = [];
  for (const name in fields) {
    if (!name.startsWith('__probe_')) shown.push({ name, value: fields[name]!, inHex: inHex.has(name) });
  }
  return shown;
}

function hexFieldsOf(format: NonNullable<RecordedEvent['format']>): ReadonlySet<string> {
  const known = hexFields.get(format);
  if (known !== undefined) return known;
  const names = new Set(format.fields.filter(({ shownInHex }) => shownInHex).map(({ name }) => name));
  hexFields.set(format, names);
  return names;
}
