/**
 * A dynamic probe as a whole: its line in kprobe_events or uprobe_events, and how the fields of its records are meant.
 *
 * The kernel writes a text it cannot read as nothing (before Linux 6.4) or as the word `(fault)`, which a text might
 * really be. So every text argument `NAME=+OFF(ADDR):string` brings two hidden companions: the address, and the text's
 * first byte.
 */

import { UsageError } from '../base/errors.ts';
import type { FetchArg } from './fetch-arg.ts';
import type { KprobeSpec } from './probe-spec.ts';
import type { ProbeDefinition } from './trace-plan.ts';

/**
 * hex: an address or flags. signed-and-hex: a return value of unknown type. text: a string with its companions.
 * symbol: an address in the kernel, shown as the function that it lies in.
 */
export type ProbeFieldStyle = 'plain' | 'hex' | 'signed-and-hex' | 'text' | 'symbol';

export interface ProbeField {
  readonly name: string;
  readonly style: ProbeFieldStyle;
  /** A returned value that may be a negated error number, of the kernel or of a program. */
  readonly returnedBy?: 'kernel' | 'program';
}

export interface ProbeEvent {
  readonly definition: ProbeDefinition;
  /** As the user wrote it: `readline%return`. */
  readonly label: string;
  readonly fields: readonly ProbeField[];
}

/** Names of the companions of a text field. */
export function companionsOf(name: string): { readonly address: string; readonly first: string } {
  return { address: `${name}__address`, first: `${name}__first` };
}

interface ProbePlace {
  readonly file: ProbeDefinition['file'];
  readonly place: string;
  readonly isReturn: boolean;
  readonly label: string;
  /** What the definition begins with, where it is not `p` or `r`: `f`, `t`, `e`, `r100`. */
  readonly head?: string | undefined;
}

/** Where a kprobe goes, in the words of kprobe_events. */
export function kprobePlace(spec: KprobeSpec, label: string): ProbePlace {
  const symbol = spec.symbol ?? `0x${spec.address!.toString(16)}`;
  const offset = spec.offset === 0 ? '' : `+0x${spec.offset.toString(16)}`;
  const module = spec.module === undefined ? '' : `${spec.module}:`;
  const { isReturn, maxActive } = spec;
  const head = isReturn && maxActive !== undefined ? `r${maxActive}` : undefined;
  return { file: 'kprobe_events', place: `${module}${symbol}${offset}`, isReturn, label, head };
}

/** Where an fprobe goes: the start or the return of a function, by the function tracer's hook. */
export function fprobePlace({ symbol = '', isReturn }: KprobeSpec, label: string): ProbePlace {
  return { file: 'dynamic_events', place: `${symbol}${isReturn ? '%return' : ''}`, isReturn, label, head: 'f' };
}

/** A tracepoint by its own name, or an event whose fields are taken apart. */
export function eventPlace(head: 't' | 'e', place: string, label: string): ProbePlace {
  return { file: 'dynamic_events', place, isReturn: false, label, head };
}

/** Where a uprobe goes: a file and an offset in it. */
export function uprobePlace(path: string, fileOffset: number, isReturn: boolean, label: string): ProbePlace {
  if (/\s/.test(path)) {
    throw new UsageError({
      attempted: `probing ${path}`,
      why: 'uprobe_events takes no path with a space in it',
      remedy: 'probe it through a symbolic link without spaces',
    });
  }
  return { file: 'uprobe_events', place: `${path}:0x${fileOffset.toString(16)}`, isReturn, label };
}

/** Puts place and arguments together. */
export function buildProbeEvent(
  group: string,
  event: string,
  { file, place, isReturn, label, head = isReturn ? 'r' : 'p' }: ProbePlace,
  args: readonly FetchArg[],
): ProbeEvent {
  const words = args.flatMap((arg) => [arg.text, ...textCompanions(arg)]);
  refuseDoubleNames(words, label);
  const line = [`${head}:${group}/${event}`, place, ...words].join(' ');
  return {
    definition: { file, group, event, line },
    label,
    fields: args.map((arg) => fieldOf(arg, file)),
  };
}

/** The kernel takes each name once; a text's companions have names as well. */
function refuseDoubleNames(words: readonly string[], label: string): void {
  const names = words.map((word) => word.slice(0, word.indexOf('=')));
  const double = names.find((name, index) => names.indexOf(name) < index);
  if (double === undefined) return;
  const why = `two of its values are called '${double}'`;
  throw new UsageError({ attempted: `probing ${label}`, why, remedy: 'give one of them another name: NAME=VALUE' });
}

/** `+0(%si)` and `+u8(%si)` in parts. */
const dereference = /^([+-]u?(?:0x[0-9a-fA-F]+|\d+))\((.*)\)$/;

function textCompanions({ name, value, type }: FetchArg): string[] {
  const inner = dereference.exec(value)?.[2];
  if (inner === undefined || !isText(type)) return [];
  const { address, first } = companionsOf(name);
  const readable = type === 'ustring' && !/^[+-]u/.test(value) ? value.replace(/^([+-])/, '$1u') : value;
  return [`${address}=${inner}:x64`, `${first}=${readable}:u8`];
}

function isText(type: string | undefined): boolean {
  return type === 'string' || type === 'ustring';
}

function fieldOf(arg: FetchArg, file: ProbeDefinition['file']): ProbeField {
  const field = { name: arg.name, style: styleOf(arg, file) };
  const mayBeError = arg.value === '$retval' && /^(?:[sx](?:32|64))?$/.test(arg.type ?? '');
  return mayBeError ? { ...field, returnedBy: file === 'uprobe_events' ? 'program' : 'kernel' } : field;
}

function styleOf({ value, type }: FetchArg, file: ProbeDefinition['file']): ProbeFieldStyle {
  if (isText(type)) return dereference.test(value) ? 'text' : 'plain';
  if (value === '$retval' && type === 's64') return 'signed-and-hex';
  // The kernel's symbols say nothing about addresses of a program.
  if (type === 'symbol') return file === 'uprobe_events' ? 'hex' : 'symbol';
  return type === undefined || type.startsWith('x') ? 'hex' : 'plain';
}

/** Whether any probe copies text out of memory, which a kernel may answer with a warning (docs/kernel-notes.md). */
export function copiesText(events: readonly ProbeEvent[]): boolean {
  return events.some(({ definition }) => /(?<!=\$comm):u?string(?:\[|\s|$)/.test(definition.line));
}

/** Whether any field is shown by the names of the kernel's functions. */
export function showsSymbols(events: readonly ProbeEvent[]): boolean {
  return events.some(({ fields }) => fields.some(({ style }) => style === 'symbol'));
}
