/**
 * Filters as people add and remove them, one by one: `task:bash`, `cpu:0-3`, `dur>1ms`, `ret<0`, `!fn:irq*`, `event:sched*`,
 * `pid:12,13`, `time:1.5-2`, or a bare word for text. One grammar for the interactive session and for `replay`.
 */
import { parseCpuList } from '../base/cpu-list.ts';
import { UsageError } from '../base/errors.ts';
import { compileGlob, isGlob } from '../base/glob.ts';
import { parseDuration } from '../base/quantities.ts';

/** What a chip can look at; what a thing does not have, no chip about it lets pass. */
export interface ChipSubject {
  readonly comm?: string | undefined;
  readonly pid?: number | undefined;
  readonly cpu?: number | undefined;
  /** The stamp of the trace clock, ns. */
  readonly time?: number | undefined;
  /** ns. */
  readonly duration?: number | undefined;
  readonly retval?: bigint | undefined;
  readonly function?: string | undefined;
  readonly event?: string | undefined;
  /** Made when a chip asks for it. */
  readonly text?: (() => string) | undefined;
}

export interface FilterChip {
  /** As it was written. */
  readonly text: string;
  readonly field: ChipField;
  readonly isNegated: boolean;
  /** Of `pid:` and `cpu:`, which a kernel can apply itself. */
  readonly numbers: readonly number[] | undefined;
  accepts(subject: ChipSubject): boolean;
}

export type ChipField = 'task' | 'pid' | 'cpu' | 'dur' | 'ret' | 'fn' | 'event' | 'text' | 'time';

const otherNames: Readonly<Record<string, ChipField>> = {
  task: 'task',
  comm: 'task',
  pid: 'pid',
  tid: 'pid',
  cpu: 'cpu',
  dur: 'dur',
  duration: 'dur',
  ret: 'ret',
  retval: 'ret',
  fn: 'fn',
  func: 'fn',
  function: 'fn',
  event: 'event',
  text: 'text',
  time: 'time',
};

/** The chips of a line; throws UsageError naming the one that is wrong and where it begins. */
export function parseChips(line: string): FilterChip[] {
  return [...line.matchAll(/\S+/g)].map(({ 0: word, index }) => parseChip(word, index + 1));
}

function parseChip(word: string, column: number): FilterChip {
  const isNegated = word.startsWith('!');
  const bare = isNegated ? word.slice(1) : word;
  const [, name = '', operator = '', value = ''] = /^([a-z]+)(:|>=|<=|>|<|=)(.*)$/.exec(bare) ?? [];
  const unknown = otherNames[name] === undefined && operator !== '=' && !value.startsWith(':') ? name : '';
  const field = otherNames[name] ?? 'text';
  const isText = field === 'text' && name !== 'text';
  const refuse = (why: string, remedy: string): never => {
    throw new UsageError({ attempted: `reading the filter '${word}' at column ${column}`, why, remedy });
  };
  if (unknown !== '') refuse(`there is no field ${unknown}`, `${Object.keys(otherNames).join(' ')}; text:… searches`);
  const parts = isText ? { operator: ':', value: bare } : { operator, value };
  if (parts.value === '')
    return refuse('nothing stands behind it', 'task:bash cpu:0-3 dur>1ms ret<0 !fn:irq* event:sched*');
  const { test, numbers } = compileChip(field, parts.operator, parts.value, refuse);
  return { text: word, field, isNegated, numbers, accepts: isNegated ? (subject) => !test(subject) : test };
}

interface CompiledChip {
  readonly test: (subject: ChipSubject) => boolean;
  readonly numbers?: readonly number[] | undefined;
}

type Refuse = (why: string, remedy: string) => never;

function compileChip(field: ChipField, operator: string, value: string, refuse: Refuse): CompiledChip {
  switch (field) {
    case 'cpu':
    case 'pid': {
      if (operator !== ':' && operator !== '=') return refuse(`${field} takes no ${operator}`, `${field}:1,2`);
      const numbers = field === 'cpu' ? parseCpuList(value) : parseNumbers(value, refuse);
      const set = new Set<number>(numbers);
      return { numbers, test: (subject) => subject[field] !== undefined && set.has(subject[field]) };
    }
    case 'dur': {
      const limit = BigInt(Math.round(parseDuration(value) * 1e6));
      return {
        test: compare(operator, limit, ({ duration }) =>
          duration === undefined ? undefined : BigInt(Math.round(duration)),
        ),
      };
    }
    case 'ret': {
      if (!/^-?(?:\d+|0x[0-9a-f]+)$/i.test(value)) return refuse(`'${value}' is no number`, 'ret<0, ret:-2');
      const limit = value.startsWith('-') ? -BigInt(value.slice(1)) : BigInt(value);
      return {
        test: compare(operator, limit, ({ retval }) => (retval === undefined ? undefined : BigInt.asIntN(64, retval))),
      };
    }
    case 'time': {
      const [, from = '', to = ''] =
        /^([\d.]*)-([\d.]*)$/.exec(value) ?? refuse(`'${value}' is no span`, 'time:1.5-2 (seconds)');
      const [begin, end] = [from === '' ? -Infinity : Number(from) * 1e9, to === '' ? Infinity : Number(to) * 1e9];
      return { test: ({ time }) => time !== undefined && time >= begin && time < end };
    }
    default:
      if (operator !== ':' && operator !== '=')
        return refuse(`${field} takes no ${operator}`, `${field}:NAME, globs work`);
      return { test: compileTextTest(field, value) };
  }
}

function parseNumbers(value: string, refuse: Refuse): number[] {
  return value
    .split(',')
    .map((word) => (/^\d{1,10}$/.test(word) ? Number(word) : refuse(`'${word}' is no number`, 'pid:1,2')));
}

function compare(operator: string, limit: bigint, read: (subject: ChipSubject) => bigint | undefined) {
  const tests: Readonly<Record<string, (value: bigint) => boolean>> = {
    '>': (value) => value > limit,
    '>=': (value) => value >= limit,
    '<': (value) => value < limit,
    '<=': (value) => value <= limit,
  };
  const test = tests[operator] ?? ((value: bigint) => value === limit);
  return (subject: ChipSubject): boolean => {
    const value = read(subject);
    return value !== undefined && test(value);
  };
}

/** Names are globs, and match whole; text is searched for, letters of either case. */
function compileTextTest(field: 'task' | 'fn' | 'event' | 'text', value: string): (subject: ChipSubject) => boolean {
  if (field === 'text') {
    const wanted = value.toLowerCase();
    const has = (text: string | undefined) => text?.toLowerCase().includes(wanted) === true;
    return (subject) => has(subject.function) || has(subject.event) || has(subject.comm) || has(subject.text?.());
  }
  const matches = isGlob(value) ? compileGlob(value) : (name: string) => name === value;
  const key = ({ task: 'comm', fn: 'function', event: 'event' } as const)[field];
  return (subject) => {
    const name = subject[key];
    if (name === undefined) return false;
    return matches(name) || (field === 'event' && matches(name.slice(name.indexOf(':') + 1)));
  };
}
