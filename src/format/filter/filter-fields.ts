/** What a name in a filter stands for in one event, and what kind of value that has. */
import { nearestNames } from '../../base/nearest.ts';
import type { EventField } from '../event-field.ts';
import type { EventFormat } from '../event-format.ts';
import type { FilterDialect } from './filter-ast.ts';

/** comm: the task's name. cpu: where it was recorded. time: ns, as the record's time is given. */
export type FilterField =
  | { readonly kind: 'field'; readonly field: EventField }
  | { readonly kind: 'comm' | 'cpu' | 'time' };

/** Names that every event has, beside its fields. */
const commonNames: Readonly<Record<FilterDialect, ReadonlyMap<string, 'comm' | 'cpu' | 'time'>>> = {
  kernel: new Map([
    ['comm', 'comm'],
    ['COMM', 'comm'],
    ['cpu', 'cpu'],
    ['CPU', 'cpu'],
    ['common_cpu', 'cpu'],
  ]),
  'trace-cmd': new Map([
    ['COMM', 'comm'],
    ['CPU', 'cpu'],
    ['TIMESTAMP', 'time'],
  ]),
};

/** undefined when the event has nothing of that name. An event's own field wins. */
export function findFilterField(format: EventFormat, name: string, dialect: FilterDialect): FilterField | undefined {
  const isName = (field: EventField): boolean => field.name === name;
  const field = format.commonFields.find(isName) ?? format.fields.find(isName);
  if (field !== undefined) return { kind: 'field', field };
  const kind = commonNames[dialect].get(name);
  return kind === undefined ? undefined : { kind };
}

/** All names that may stand in a filter on this event. */
export function listFilterNames({ fields, commonFields }: EventFormat, dialect: FilterDialect): string[] {
  return [...fields.map(({ name }) => name), ...commonFields.map(({ name }) => name), ...commonNames[dialect].keys()];
}

/** Those of `names` that could have been meant by `name`, best first. */
export function nearFilterNames(name: string, names: readonly string[]): string[] {
  const sameLetters = names.filter((each) => each.toLowerCase() === name.toLowerCase());
  return [...new Set([...sameLetters, ...nearestNames(name, names)])];
}

/** A number of 1, 2, 4 or 8 bytes at a fixed place. */
export function isNumberField(field: EventField): boolean {
  return field.location === 'inline' && !field.isArray && [1, 2, 4, 8].includes(field.size);
}

/** Bytes that hold a text, wherever they are; libtraceevent takes every array of bytes for one. */
export function isTextField({ isArray, type }: EventField): boolean {
  return isArray && /char|[us]8/.test(type);
}

/** A pointer to a text, which is not in the record. */
export function isTextPointer({ isPointer, type }: EventField): boolean {
  return isPointer && /\bchar\s*\*$/.test(type);
}

export function isCpuMask({ location, type }: EventField): boolean {
  return location !== 'inline' && type.includes('cpumask_t');
}
