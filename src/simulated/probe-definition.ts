/**
 * One line of kprobe_events or uprobe_events: parsed, checked as far as the kernel does, and written as it reads back
 * (kernel/trace/trace_kprobe.c, trace_uprobe.c, trace_probe.c).
 */

import { refuse } from './file-nodes.ts';
import type { KernelTraits } from './kernel-traits.ts';
import { formatProbeFields, type ProbeArgument, ProbeProblem, parseProbeArgument } from './probe-argument.ts';

export type ProbeKind = 'kprobe' | 'uprobe';

export interface ProbeDefinition {
  readonly kind: ProbeKind;
  readonly group: string;
  readonly event: string;
  readonly isReturn: boolean;
  /** Where it sits, as the kernel lists it: `vfs_open+4` or `/bin/bash:0x0000000000040000(0x50)`. */
  readonly place: string;
  readonly args: readonly ProbeArgument[];
}

export interface ProbeContext {
  readonly kind: ProbeKind;
  readonly traits: KernelTraits;
  readonly readme: string;
  readonly hasSymbol: (symbol: string) => boolean;
  /** Whether a uprobe's file is there, or a folder is in its place. */
  readonly hasBinary: (path: string) => boolean | 'folder';
}

/** Parses `words` (the command split at white space); throws ProbeProblem with the column in their joined text. */
export function parseProbeDefinition(words: readonly string[], context: ProbeContext): ProbeDefinition {
  const [head = '', place = '', ...argWords] = words;
  const parts = /^([pr])(\d*)(?::(?:([^/.]*)[/.])?(.*))?$/.exec(head);
  if (parts === null || place === '') return refuse('EINVAL');
  const [, letter, , group, name] = parts;
  const placeAt = head.length + 1;
  const located =
    context.kind === 'kprobe' ? locateKprobe(place, placeAt, context) : locateUprobe(place, placeAt, context);
  const isReturn = letter === 'r' || located.isReturn;
  checkName(
    group,
    head.indexOf(':') + 1,
    'Group',
    context.traits.hasStrictGroups ? /^[A-Za-z_]\w*$/ : /^[A-Za-z_][\w-]*$/,
  );
  checkName(name || undefined, head.length - (name ?? '').length, 'Event', /^[A-Za-z_]\w*$/);
  const args: ProbeArgument[] = [];
  let at = placeAt + place.length + 1;
  for (const word of argWords) {
    const argument = parseProbeArgument(word, at, args.length + 1, isReturn, context);
    if (args.some((other) => other.name === argument.name)) {
      throw new ProbeProblem('EINVAL', 'This argument name is already used', at);
    }
    args.push(argument);
    at += word.length + 1;
  }
  return {
    kind: context.kind,
    group: group ?? `${context.kind}s`,
    event: name || `${isReturn ? 'r' : 'p'}_${located.defaultName}`,
    isReturn,
    place: located.text,
    args,
  };
}

interface Located {
  readonly text: string;
  readonly defaultName: string;
  readonly isReturn: boolean;
}

function checkName(name: string | undefined, at: number, what: string, rule: RegExp): void {
  if (name !== undefined && !rule.test(name)) {
    throw new ProbeProblem('EINVAL', `${what} name must follow the same rules as C identifiers`, at);
  }
}

function locateKprobe(place: string, at: number, { traits, hasSymbol }: ProbeContext): Located {
  const parts = /^([^+%]+)(?:\+(\w+))?(%return)?$/.exec(place);
  if (parts === null) throw new ProbeProblem('EINVAL', 'Invalid probed address or symbol', at);
  const [, symbol = '', offsetText, suffix] = parts;
  const offset = offsetText === undefined ? 0 : Number(offsetText);
  const isAddress = /^0x[0-9a-f]+$/i.test(symbol);
  if (!isAddress && !symbol.includes(':') && !hasSymbol(symbol)) {
    throw new ProbeProblem(traits.unknownSymbolCode, 'Invalid probed address or symbol', at);
  }
  const text = offset === 0 ? symbol : `${symbol}+${offset}`;
  const defaultName = `${symbol.replace(/\W/g, '_')}_${offset}`;
  return { text, defaultName, isReturn: suffix !== undefined };
}

function locateUprobe(place: string, at: number, { hasBinary }: ProbeContext): Located {
  const colon = place.lastIndexOf(':');
  const path = place.slice(0, colon);
  const parts = /^(\d\w*)(?:\((\w+)\))?(%return)?$/.exec(place.slice(colon + 1));
  if (colon <= 0 || !path.startsWith('/') || parts === null) return refuse('EINVAL');
  const found = hasBinary(path);
  if (found === false) throw new ProbeProblem('ENOENT', 'Failed to find the given file', at);
  if (found === 'folder') throw new ProbeProblem('EINVAL', 'Not a regular file', at);
  const offset = Number(parts[1]).toString(16);
  const reference = parts[2] === undefined ? '' : `(0x${Number(parts[2]).toString(16)})`;
  return {
    text: `${path}:0x${offset.padStart(16, '0')}${reference}`,
    defaultName: `${path.split('/').at(-1)!.split(/\W/)[0]}_0x${offset}`,
    isReturn: parts[3] !== undefined,
  };
}

/** The line that reads back. */
export function formatProbeDefinition(probe: ProbeDefinition, traits: KernelTraits): string {
  const returnLetter = probe.kind === 'kprobe' ? traits.returnPrefix : 'r';
  const args = probe.args.map(({ text }) => ` ${text}`).join('');
  return `${probe.isReturn ? returnLetter : 'p'}:${probe.group}/${probe.event} ${probe.place}${args}`;
}

/** The field lines and print fmt of the event's `format` file. */
export function formatProbeEvent(probe: ProbeDefinition): { fieldLines: string; printFormat: string } {
  const heads = probe.isReturn ? ['__probe_func', '__probe_ret_ip'] : ['__probe_ip'];
  const lines = heads.map(
    (name, index) => `\tfield:unsigned long ${name};\toffset:${8 + 8 * index};\tsize:8;\tsigned:0;\n`,
  );
  const fields = formatProbeFields(probe.args, 8 + 8 * heads.length);
  const lead = probe.isReturn ? '(%lx <- %lx)' : '(%lx)';
  const format = `"${[lead, ...fields.formats].join(' ')}"`;
  const values = [...heads.map((name) => `REC->${name}`), ...fields.values];
  return { fieldLines: lines.join('') + fields.lines, printFormat: `${format}, ${values.join(', ')}` };
}
