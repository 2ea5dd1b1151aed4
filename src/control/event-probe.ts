/**
 * Derived fields of trace events: `event sys_enter_openat 'file=filename:string'` becomes an event probe
 * (Documentation/trace/kprobetrace.rst, "e:" of dynamic_events), whose fetch args start from the fields of the event.
 */

import { UnsupportedError, UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { EventField } from '../format/event-field.ts';
import type { EventFormat } from '../format/event-format.ts';
import { isNumberField, isTextField, isTextPointer } from '../format/filter/filter-fields.ts';
import type { ElfMachine } from '../symbols/elf-layout.ts';
import { problemOf, refusal } from './check-filters.ts';
import type { FetchArg } from './fetch-arg.ts';
import { buildProbeEvent, eventPlace, kprobePlace, type ProbeEvent } from './probe-event.ts';
import { formatOfProbe } from './probe-format.ts';
import { chooseEventName } from './probe-spec.ts';
import { atSyscallFunction, syscallFunction } from './syscall-probe.ts';

/** `NAME=`, what is read in dereferences, the field, the type. */
const fieldWord = /^([A-Za-z_]\w*)=((?:[+-]u?(?:0x[0-9a-fA-F]+|\d+)\()*)(\$?)([A-Za-z_]\w*)(\)*)(?::(.+))?$/;
const numberType = /^(?:[usx](?:8|16|32|64)|char|symbol|b\d+@\d+\/(?:8|16|32|64))(?:\[\d+\])?$/;
const textType = /^u?string$/;

/** Whether the README offers event probes; some kernels were built without them all the same. */
export function offersEventProbes(readme: string): boolean {
  return /^\s*e\[:\[<group>/m.test(readme);
}

function noEventProbes(attempted: string): UnsupportedError {
  return new UnsupportedError({
    attempted,
    why: 'this kernel has no event probes, which fields of your own need',
    remedy: 'they exist since Linux 5.15 (CONFIG_EPROBE_EVENTS); ftui kprobe can show arguments of functions',
  });
}

/** What the kernel offers to derived fields. */
export interface DerivedSupport {
  readonly eventProbes: boolean;
  readonly machine: ElfMachine;
  /** Whether a kprobe can be put on this function. */
  canProbe(name: string): boolean;
}

/**
 * The probe that shows `words` of the event of `format`: an event probe, or a kprobe where those would not do. Throws
 * UsageError, with the position, for what does not work, and UnsupportedError where the kernel has neither.
 */
export function buildDerivedEvent(
  group: string,
  taken: Set<string>,
  format: EventFormat,
  words: readonly string[],
  support: DerivedSupport,
): ProbeEvent {
  const { system, name } = format;
  const args = words.map((word) => parseDerivedField(word, format));
  const event = chooseEventName(name, taken);
  const needed = !support.eventProbes || args.some(({ value }) => usesTextPointer(value, format));
  const atFunction = needed ? placeAtFunction(args, format, support) : undefined;
  if (atFunction !== undefined) return buildProbeEvent(group, event, atFunction.place, atFunction.args);
  if (!support.eventProbes) throw noEventProbes(`event ${system}:${name} ${words.join(' ')}`);
  return buildProbeEvent(group, event, eventPlace('e', `${system}.${name}`, name), args);
}

function usesTextPointer(value: string, { fields }: EventFormat): boolean {
  const name = /\$(\w+)/.exec(value)?.[1];
  return fields.some((field) => field.name === name && isTextPointer(field));
}

/**
 * The fields at the function of the system call; undefined for other events, and where the function cannot be probed.
 */
function placeAtFunction(args: readonly FetchArg[], { system, name, fields }: EventFormat, support: DerivedSupport) {
  const symbol = syscallFunction(system, name, support.machine);
  if (symbol === undefined || !support.canProbe(symbol)) return undefined;
  const names = fields.map((field) => field.name).filter((field) => field !== '__syscall_nr');
  const moved = args.map((arg) => atSyscallFunction(arg, names, support.machine));
  const usable = moved.filter((arg) => arg !== undefined);
  if (usable.length < moved.length) return undefined;
  const spec = { module: undefined, symbol, address: undefined, offset: 0, isReturn: false };
  return { place: kprobePlace(spec, name), args: usable };
}

/**
 * The probe with the filter as its condition, where that is about the event's own fields; undefined where it is not.
 */
export function withCondition(probe: ProbeEvent, format: EventFormat, filter: string): ProbeEvent | undefined {
  const onDerived = problemOf(filter, () => formatOfProbe(probe.definition));
  if (onDerived === undefined) return undefined;
  if (problemOf(filter, () => format) !== undefined) throw refusal(filter, onDerived, probe.label);
  const { definition } = probe;
  // A kprobe has no condition of its own.
  if (!definition.line.startsWith('e')) throw refusal(filter, onDerived, probe.label);
  const lineEnd = filter.indexOf('\n');
  if (lineEnd >= 0) {
    const why = 'the line of a definition ends here';
    throw refusal(filter, { position: lineEnd, length: 1, why, candidates: [] }, probe.label);
  }
  return { ...probe, definition: { ...definition, line: `${definition.line} if ${filter}` } };
}

function parseDerivedField(word: string, format: EventFormat): FetchArg {
  const parts = fieldWord.exec(word);
  if (parts === null) {
    throw refuse(
      word,
      word.indexOf('=') + 1,
      'it is no NAME=FIELD[:TYPE]',
      'e.g. file=filename:string or size=+8($ptr):u32',
    );
  }
  const [, name = '', opens = '', , field = '', closes = '', type] = parts;
  const depth = opens.split('(').length - 1;
  if (closes.length !== depth) {
    const why = closes.length < depth ? "')' is missing" : "there is a ')' too many";
    throw refuse(word, word.length - (type === undefined ? 0 : type.length + 1), why);
  }
  const found = findField(word, field, format);
  const chosen = chooseValue(word, { opens, closes, type }, found, format.system);
  return { name, text: `${name}=${chosen.value}${chosen.type === undefined ? '' : `:${chosen.type}`}`, ...chosen };
}

/** `comm` is the task's name, unless the event has a field that is called so. */
function findField(
  word: string,
  name: string,
  { system, name: event, fields, commonFields }: EventFormat,
): EventField | 'comm' {
  const found = [...fields, ...commonFields].find((field) => field.name === name);
  if (found !== undefined) return found;
  if (name === 'comm') return 'comm';
  const names = fields.map((field) => field.name);
  const near = nearestNames(name, names);
  const remedy = near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${names.slice(0, 12).join(', ')}`;
  throw refuse(word, word.indexOf(name, word.indexOf('=')), `${system}:${event} has no field '${name}'`, remedy);
}

interface Written {
  readonly opens: string;
  readonly closes: string;
  readonly type: string | undefined;
}

function chooseValue(
  word: string,
  { opens, closes, type }: Written,
  field: EventField | 'comm',
  system: string,
): { readonly value: string; readonly type: string | undefined } {
  if (field === 'comm') return { value: '$comm', type: 'string' };
  const value = `${opens}$${field.name}${closes}`;
  const at = word.length - (type?.length ?? 0);
  if (type !== undefined && !numberType.test(type) && !textType.test(type)) {
    throw refuse(
      word,
      at,
      `'${type}' is no type of a field`,
      'u8 to u64, s8 to s64, x8 to x64, string, ustring or symbol',
    );
  }
  const isText = type !== undefined && textType.test(type);
  if (opens !== '') return { value, type: type ?? 'x64' };
  if (isTextPointer(field) && (isText || type === undefined)) {
    // Arguments of system calls point into the program's memory.
    return { value: `+0($${field.name})`, type: system === 'syscalls' ? 'ustring' : (type ?? 'string') };
  }
  if (isTextField(field)) return { value, type: 'string' };
  if (isText && isNumberField(field) && field.size === 8) return { value: `+0($${field.name})`, type };
  if (isText) throw refuse(word, at, `${field.name} is no text (${field.type})`, 'leave the type out');
  return { value, type: type ?? typeOfNumber(field) };
}

function typeOfNumber({ size, signed, shownInHex }: EventField): string | undefined {
  if (![1, 2, 4, 8].includes(size)) return undefined;
  return `${shownInHex ? 'x' : signed ? 's' : 'u'}${size * 8}`;
}

function refuse(word: string, at: number, why: string, remedy?: string): UsageError {
  const caret = `\n  ${word}\n  ${' '.repeat(at)}^`;
  return new UsageError({ attempted: `reading the field ${word}`, why: `${why}${caret}`, remedy });
}
