/**
 * What stands before the text of an event, in the forms of kernel/trace/trace_output.c: trace_print_context (the usual
 * one), lat_print_generic (latency-format), its verbose form, print_raw_fmt and print_hex_fmt; and what trace-cmd report
 * prints. Task names are padded to a fixed width, so a name with any characters in it is found by counting.
 */
import { type FlagColumn, parseFlagColumns } from './flag-columns.ts';
import type { EventLine } from './text-line.ts';

/** Columns of a task's name: its 15 bytes and one more, or cut to 8 in latency format. */
export const commColumns = 16;
export const latencyColumns = 8;
/** More flags than any kernel prints. */
const flagLimit = 12;

const space = 0x20;
const dash = 0x2d;
const dot = 0x2e;
const colon = 0x3a;
const zero = 0x30;
const nine = 0x39;

/** How many digits stand at `at`. */
function countDigits(line: string, at: number): number {
  let end = at;
  for (let code = line.charCodeAt(end); code >= zero && code <= nine; code = line.charCodeAt(end)) end += 1;
  return end - at;
}

function readDecimal(line: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + line.charCodeAt(at) - zero;
  return value;
}

function skipSpaces(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === space) at += 1;
  return at;
}

/** `            bash-138     (    138) [000] ...1.     4.042955: text`, with its columns for tgid and flags if shown. */
export function parseEventHead(
  line: string,
  columns: readonly FlagColumn[] | undefined,
  width = commColumns,
): EventLine | undefined {
  if (line.charCodeAt(width) !== dash) return undefined;
  const head = parseBehindComm(line, 0, width, '', columns);
  return head === undefined || width === commColumns ? head : { ...head, commMissing: commColumns - width };
}

/** The same with a name that is not padded to its width, and an instance before it: from trace-cmd report. */
export function parseLooseHead(line: string, columns: readonly FlagColumn[] | undefined): EventLine | undefined {
  const match = looseHead.exec(line);
  if (match === null) return undefined;
  const instance = match[1] ?? '';
  const commAt = instance === '' ? 0 : instance.length + 1;
  return parseBehindComm(line, commAt, commAt + match[2]!.length, instance, columns);
}

const looseHead = /^(?:([^\s:]{1,255}):(?= ))?(.{0,200}?)-\d+ +(?:\( *[\d-]+\) )?\[\d{3,}\] [^[\]]{0,9} *\d/;

function parseBehindComm(
  line: string,
  commAt: number,
  dashAt: number,
  instance: string,
  columns: readonly FlagColumn[] | undefined,
): EventLine | undefined {
  const pidAt = dashAt + 1;
  const pidEnd = pidAt + countDigits(line, pidAt);
  if (pidEnd === pidAt || pidEnd - pidAt > 10) return undefined;
  let at = skipSpaces(line, pidEnd);
  const group = line[at] === '(' ? readGroup(line, at) : undefined;
  if (group !== undefined) at = skipSpaces(line, at + group.length);
  if (line[at] !== '[') return undefined;
  const cpuEnd = at + 1 + countDigits(line, at + 1);
  if (cpuEnd === at + 1 || line[cpuEnd] !== ']' || line.charCodeAt(cpuEnd + 1) !== space) return undefined;
  const flags = readFlags(line, cpuEnd + 2, columns);
  const stamp = parseStamp(line, flags === undefined ? skipSpaces(line, cpuEnd + 1) : skipSpaces(line, flags.end));
  if (stamp === undefined) return undefined;
  return {
    kind: 'event',
    instance,
    commMissing: 0,
    comm: line.slice(skipSpaces(line, commAt), dashAt),
    pid: readDecimal(line, pidAt, pidEnd),
    tgid: group === undefined || group.includes('--') ? undefined : Number(group.slice(1, -1)),
    cpu: readDecimal(line, at + 1, cpuEnd),
    flags: flags?.parsed.flags,
    preemptCount: flags?.parsed.preemptCount,
    seconds: stamp.seconds,
    rest: stamp.rest,
    body: line.slice(stamp.end),
  };
}

const groupPattern = /\( *(?:\d{1,10}|-+)\)/y;

/** `(    138)`, or `(-------)` where the group is not known. */
function readGroup(line: string, at: number): string | undefined {
  groupPattern.lastIndex = at;
  return groupPattern.exec(line)?.[0];
}

/** The irq-info columns at `at`; undefined when they are not shown: there is a blank, or a stamp that fills its column. */
function readFlags(line: string, at: number, columns: readonly FlagColumn[] | undefined) {
  if (line.charCodeAt(at) === space) return undefined;
  const end = line.indexOf(' ', at);
  const parsed = end < 0 || end - at > flagLimit ? undefined : parseFlagColumns(line.slice(at, end), columns);
  return parsed && { parsed, end };
}

interface Stamp {
  readonly seconds: number;
  readonly rest: number;
  /** Behind the colon and its space. */
  readonly end: number;
}

/** `4.042955: ` in seconds (6 digits, with trace-cmd report -t 9), or `1234: ` of a clock that counts. */
function parseStamp(line: string, at: number): Stamp | undefined {
  const whole = countDigits(line, at);
  if (whole === 0 || whole > 20) return undefined;
  let end = at + whole;
  let seconds: number;
  let rest: number;
  if (line.charCodeAt(end) === dot) {
    const digits = countDigits(line, end + 1);
    if (digits === 0 || digits > 9) return undefined;
    seconds = readDecimal(line, at, end);
    rest = readDecimal(line, end + 1, end + 1 + digits) * 10 ** (9 - digits);
    end += 1 + digits;
  } else {
    const split = Math.max(at, end - 9);
    seconds = readDecimal(line, at, split);
    rest = readDecimal(line, split, end);
  }
  if (line.charCodeAt(end) !== colon) return undefined;
  return { seconds, rest, end: line.charCodeAt(end + 1) === space ? end + 2 : end + 1 };
}

/**
 * `two word-142       1d..2. 37000us#: text`: CPU and flags without a space, us since the first event; from trace-cmd
 * report with the time as usual.
 */
export function parseLatencyHead(
  line: string,
  columns: readonly FlagColumn[] | undefined,
  width = latencyColumns,
): EventLine | undefined {
  if (line.charCodeAt(width) !== dash) return undefined;
  latencyTail.lastIndex = width + 1;
  const match = latencyTail.exec(line);
  if (match === null) return undefined;
  const [whole, pid, cpu, flagText, stampText, unit] = match;
  const parsedFlags = flagText === '' ? undefined : parseFlagColumns(flagText!, columns);
  if (flagText !== '' && parsedFlags === undefined) return undefined;
  const stamp = parseStamp(`${stampText}:`, 0);
  if (stamp === undefined) return undefined;
  const isMicroseconds = unit === 'us';
  return {
    kind: 'event',
    instance: '',
    commMissing: latencyColumns - width,
    comm: line.slice(skipSpaces(line, 0), width),
    pid: Number(pid),
    tgid: undefined,
    cpu: Number(cpu),
    flags: parsedFlags?.flags,
    preemptCount: parsedFlags?.preemptCount,
    seconds: isMicroseconds ? Math.floor(Number(stampText) / 1e6) : stamp.seconds,
    rest: isMicroseconds ? (Number(stampText) % 1e6) * 1000 : stamp.rest,
    body: line.slice(width + 1 + whole.length),
  };
}

const latencyTail =
  /(\d{1,10}) +(\d{1,5}?)((?:[.dbDX][.NnpBbLl][^\s]{2,5})?) +(\d{1,20}(?:\.\d{1,9})?)(?:(us)[ +!#*@$])?: ?/y;

/** `            bash     138   0 0 00000001 00000000 [003db0cb] 22.210ms (+0.727ms): text`; count and stamp are hex. */
export function parseVerboseHead(line: string, width = commColumns): EventLine | undefined {
  if (line.charCodeAt(width) !== space) return undefined;
  verboseTail.lastIndex = width;
  const match = verboseTail.exec(line);
  if (match === null) return undefined;
  const [whole, pid, cpu, flags, preemptCount, stamp, relative] = match;
  const value = BigInt(`0x${stamp}`) * (relative!.endsWith('ms') ? 1000n : 1n);
  return {
    kind: 'event',
    instance: '',
    commMissing: commColumns - width,
    comm: line.slice(skipSpaces(line, 0), width),
    pid: Number(pid),
    tgid: undefined,
    cpu: Number(cpu),
    flags: Number(flags),
    preemptCount: Number.parseInt(preemptCount!, 16),
    seconds: Number(value / 1_000_000_000n),
    rest: Number(value % 1_000_000_000n),
    body: line.slice(width + whole.length),
  };
}

const verboseTail =
  / {1,7}(\d{1,10}) +(\d{1,5}) (\d{1,3}) ([0-9a-f]{8}) [0-9a-f]{8} \[([0-9a-f]{8,16})\] (-?[\d.]+(?:ms)?) \(\+-?[\d.]+(?:ms)?\): ?/y;

/**
 * A line that begins inside a name: its bytes up to a line break are in the lines before, `commMissing` of them in all.
 * `parse` is the head of the layout with its width as a parameter.
 */
export function parseBrokenHead(
  line: string,
  columns: number,
  parse: (line: string, width: number) => EventLine | undefined,
): EventLine | undefined {
  for (let width = 0; width < columns; width += 1) {
    const head = parse(line, width);
    if (head !== undefined) return head;
  }
  return undefined;
}

/** `138 0 4042955336 text` (raw), or all three numbers in hexadecimal (hex). */
export function parseRawHead(line: string, base: 10 | 16): EventLine | undefined {
  const match = (base === 10 ? rawHead : hexHead).exec(line);
  if (match === null) return undefined;
  const [whole, pid, cpu, stamp] = match;
  const value = BigInt(base === 10 ? stamp! : `0x${stamp}`);
  return {
    kind: 'event',
    instance: '',
    commMissing: 0,
    comm: '<...>',
    pid: Number.parseInt(pid!, base),
    tgid: undefined,
    cpu: Number.parseInt(cpu!, base),
    flags: undefined,
    preemptCount: undefined,
    seconds: Number(value / 1_000_000_000n),
    rest: Number(value % 1_000_000_000n),
    body: line.slice(whole.length),
  };
}

const rawHead = /^(\d{1,10}) (\d{1,5}) (\d{1,20}) /;
const hexHead = /^([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{16}) /;
