/** What the chips of filter-chips.ts ask: one test for each field, over whatever has such a thing. */
import { parseCpuList } from '../../base/cpu-list.ts';
import { FtuiError } from '../../base/errors.ts';
import { type EventTimeScale, isEventTime, parseEventTime } from '../../base/event-time.ts';
import { compileGlob, isGlob } from '../../base/glob.ts';
import { isDuration, parseDuration } from '../../base/quantities.ts';

export type ChipField = 'task' | 'pid' | 'cpu' | 'dur' | 'ret' | 'fn' | 'event' | 'text' | 'time';

/** What a chip can look at; what a thing does not have, no chip about it lets pass. */
export interface ChipSubject {
  readonly comm?: string | undefined;
  readonly pid?: number | undefined;
  readonly cpu?: number | undefined;
  /** In ns, or units of the clock, since the source's origin. */
  readonly time?: number | undefined;
  /** ns. */
  readonly duration?: number | undefined;
  readonly retval?: bigint | undefined;
  readonly function?: string | undefined;
  /** `SYSTEM:NAME`, or what stands for it. */
  readonly event?: string | undefined;
  /** Made when a chip asks for it. */
  readonly text?: (() => string) | undefined;
}

/** What `time:` is about. It is asked when a chip looks at something: a live source has no origin before it begins. */
export interface ChipClock extends EventTimeScale {
  /** The first event, since the origin; undefined while there is none. */
  readonly start: number | undefined;
}

interface Comparison {
  readonly operator: '<' | '<=' | '>' | '>=' | '==';
  readonly limit: bigint;
}

/** A chip taken apart: `dur:>1ms` has the value `>1ms`. */
export interface ChipParts {
  readonly field: ChipField;
  readonly operator: string;
  readonly value: string;
}

export interface CompiledChip {
  /** Of `pid:` and `cpu:`. */
  readonly numbers?: readonly number[] | undefined;
  /** Of `task:`, `fn:`, `event:` and text: the name, glob or words. */
  readonly pattern?: string | undefined;
  /** Of `ret:` and, in ns, `dur:`. */
  readonly comparison?: Comparison | undefined;
  readonly test: (subject: ChipSubject) => boolean;
}

/** Throws UsageError with the chip and its place. */
export type Refuse = (why: string, remedy: string) => never;

/** What a chip asks of its subject, and in a form that can be handed to a kernel. */
export function compileChip(field: ChipField, parts: ChipParts, clock: ChipClock, refuse: Refuse): CompiledChip {
  switch (field) {
    case 'cpu':
    case 'pid': {
      const value = plainValue(parts, `${field}:1,2`, refuse);
      const numbers =
        field === 'cpu' ? explained(() => parseCpuList(value), 'cpu:0-3,8', refuse) : readPids(value, refuse);
      const set = new Set<number>(numbers);
      return { numbers, test: (subject) => subject[field] !== undefined && set.has(subject[field]) };
    }
    case 'dur':
    case 'ret':
      return compileComparison(field, parts, refuse);
    case 'time':
      return { test: compileSpan(plainValue(parts, 'time:1.5-2', refuse), clock, refuse) };
    default: {
      const pattern = plainValue(parts, `${field}:NAME, globs work`, refuse);
      return { pattern, test: compileTextTest(field, pattern) };
    }
  }
}

/** The value of a field that is not compared. */
function plainValue({ field, operator, value }: ChipParts, remedy: string, refuse: Refuse): string {
  if (operator !== ':' && operator !== '=') return refuse(`${field} takes no ${operator}`, remedy);
  return value;
}

/** The error of another parser, with the place of the chip. */
function explained<T>(parse: () => T, remedy: string, refuse: Refuse): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof FtuiError) return refuse(error.why, error.remedy ?? remedy);
    throw error;
  }
}

function readPids(value: string, refuse: Refuse): number[] {
  return value
    .split(',')
    .map((word) => (/^\d{1,10}$/.test(word) ? Number(word) : refuse(`'${word}' is no number`, 'pid:1,2')));
}

/** `dur>1ms`, `dur:>1ms`, `ret:-2`. */
function compileComparison(field: 'dur' | 'ret', parts: ChipParts, refuse: Refuse): CompiledChip {
  const [, inner = '', value = ''] =
    parts.operator === ':' ? /^(>=|<=|==?|>|<|)(.*)$/s.exec(parts.value)! : ['', parts.operator, parts.value];
  const operator = ({ '': '==', '=': '==' }[inner] ?? inner) as Comparison['operator'];
  const limit = field === 'dur' ? readDuration(value, refuse) : readReturnValue(value, refuse);
  const comparison: Comparison = { operator, limit };
  const holds = compileOperator(comparison);
  if (field === 'dur') {
    return { comparison, test: ({ duration }) => duration !== undefined && holds(BigInt(Math.round(duration))) };
  }
  return { comparison, test: ({ retval }) => retval !== undefined && holds(BigInt.asIntN(64, retval)) };
}

/** ns. */
function readDuration(value: string, refuse: Refuse): bigint {
  if (!isDuration(value)) return refuse(`'${value}' is no duration`, 'dur:>1ms (ns us ms s m h)');
  const milliseconds = parseDuration(value);
  return BigInt(Math.round(milliseconds * 1e6));
}

function readReturnValue(value: string, refuse: Refuse): bigint {
  if (!/^-?(?:\d+|0x[0-9a-f]+)$/i.test(value)) return refuse(`'${value}' is no number`, 'ret:<0, ret:-2');
  return value.startsWith('-') ? -BigInt(value.slice(1)) : BigInt(value);
}

function compileOperator({ operator, limit }: Comparison): (value: bigint) => boolean {
  switch (operator) {
    case '>':
      return (value) => value > limit;
    case '>=':
      return (value) => value >= limit;
    case '<':
      return (value) => value < limit;
    case '<=':
      return (value) => value <= limit;
    case '==':
      return (value) => value === limit;
  }
}

/** `1.5-2`, `+1.5-`, `-+2`: from the first on, before the second. */
function compileSpan(value: string, clock: ChipClock, refuse: Refuse): (subject: ChipSubject) => boolean {
  const remedy = 'time:1.5-2 (seconds), time:+1- (since the first event)';
  const [, from = '', to = ''] = /^([^-]*)-([^-]*)$/.exec(value) ?? refuse(`'${value}' is no span`, remedy);
  const words = [from, to].filter((word) => word !== '');
  if (words.length === 0 || !words.every(isEventTime)) refuse(`'${value}' is no span`, remedy);
  for (const word of words) explained(() => parseEventTime(word, clock, 0), remedy, refuse);
  const isRelative = words.some((word) => word.startsWith('+'));
  let known:
    | { readonly origin: bigint; readonly start: number | undefined; readonly span: [number, number] }
    | undefined;
  const spanOf = (origin: bigint, start: number): [number, number] => [
    from === '' ? -Infinity : parseEventTime(from, { ...scaleOf(clock, from), origin }, start),
    to === '' ? Infinity : parseEventTime(to, { ...scaleOf(clock, to), origin }, start),
  ];
  return ({ time }) => {
    const start = isRelative ? clock.start : 0;
    if (time === undefined || start === undefined) return false;
    const { origin } = clock;
    if (known?.origin !== origin || known.start !== start) known = { origin, start, span: spanOf(origin, start) };
    const [begin, end] = known.span;
    return time >= begin && time < end;
  };
}

/** A time with a fraction stays seconds when another source comes whose clock counts: nothing lies there. */
function scaleOf({ timeIsNanoseconds }: ChipClock, word: string): Pick<EventTimeScale, 'timeIsNanoseconds'> {
  return { timeIsNanoseconds: timeIsNanoseconds || word.includes('.') };
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
