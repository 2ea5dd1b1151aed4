/**
 * Lines of the function_graph tracer (kernel/trace/trace_functions_graph.c): columns as its options choose them, then the
 * call, indented by its depth.
 *
 *     11.843872 |   1)    bash-138    |  ...1. | + 21.853 us   |      do_getname();
 */
import { parseFlagColumns } from './flag-columns.ts';
import { type GraphCall, parseGraphCall } from './graph-call.ts';
import { type GraphLine, type NoteLine, noteLine, type SwitchLine } from './text-line.ts';

/** Which columns are shown. */
export interface GraphColumns {
  readonly absolute: boolean;
  readonly relative: boolean;
  readonly cpu: boolean;
  readonly task: boolean;
  readonly flags: boolean;
  readonly duration: boolean;
}

/** The tracer pads a task to this, its name cut to 7 bytes. */
const taskColumns = 14;
const taskLimit = 40;
const indent = 2;

/** Depth 4096 is beyond any return stack of the kernel. */
const depthLimit = 4096;

const absolutePattern = / *(\d{1,11})\.(\d{6}) \| {2}/y;
const relativePattern = / *(\d{1,15}) us \| {2}/y;
const cpuPattern = / *(\d{1,5})\) /y;
const flagsPattern = / ?(\S{4,7}) ?\| /y;
const durationPattern = /(?:[ $@*#!+] *(\d+)(?:\.(\d{1,3}))? us *| {10,})\| {2}/y;
const arrowPattern = / *(?:==========>|<==========) \|?$/y;
const taskPattern = /^ *(.*)-(\d{1,10}) *$/;
const switchPattern = /^ *(\d{1,5})\) (.{14,40}) => (.{14,40}?) *$/;

/** The line by the columns that are shown; undefined when it does not have them. */
export function parseGraphLine(line: string, columns: GraphColumns): GraphLine | NoteLine | undefined {
  const reader = new ColumnReader(line);
  const stamp = readStamp(reader, columns);
  const cpu = columns.cpu ? reader.match(cpuPattern)?.[1] : undefined;
  const task = columns.task ? reader.task() : undefined;
  const flagText = columns.flags ? reader.match(flagsPattern)?.[1] : undefined;
  const flags = flagText === undefined ? undefined : parseFlagColumns(flagText);
  if (reader.failed || (columns.flags && flags === undefined)) return undefined;
  if (reader.isAtArrow()) return noteLine;
  const printed = columns.duration ? reader.match(durationPattern) : undefined;
  if (reader.failed) return undefined;
  const callAt = skipIndent(line, reader.at);
  const call: GraphCall | undefined = parseGraphCall(line.slice(callAt));
  if (call === undefined) return undefined;
  return {
    kind: 'graph',
    comm: task?.comm ?? '<...>',
    pid: task?.pid,
    tgid: undefined,
    cpu: cpu === undefined ? undefined : Number(cpu),
    flags: flags?.flags,
    preemptCount: flags?.preemptCount,
    seconds: stamp.seconds,
    rest: stamp.rest,
    depth: Math.floor((callAt - reader.at) / indent),
    duration: printed?.[1] === undefined ? undefined : parseDuration(printed[1], printed[2]),
    ...call,
  };
}

/** `11.843872` is seconds, `15 us` counts from the first event. */
function readStamp(reader: ColumnReader, columns: GraphColumns): { readonly seconds: number; readonly rest: number } {
  const absolute = columns.absolute ? reader.match(absolutePattern) : undefined;
  const relative = columns.relative ? reader.match(relativePattern) : undefined;
  if (absolute) return { seconds: Number(absolute[1]), rest: Number(absolute[2]) * 1000 };
  if (!relative) return { seconds: -1, rest: 0 };
  return { seconds: Math.floor(Number(relative[1]) / 1e6), rest: (Number(relative[1]) % 1e6) * 1000 };
}

/** The kernel keeps seven digits: `1.903`, `200000.0`, `1234567` us, as ns. */
function parseDuration(whole: string, fraction = ''): number {
  return Number(whole) * 1000 + Number(fraction.padEnd(3, '0'));
}

/** Columns one after the other; once one is not as expected, all that follow fail. */
class ColumnReader {
  at = 0;
  failed = false;
  readonly #line: string;

  constructor(line: string) {
    this.#line = line;
  }

  match(pattern: RegExp): RegExpExecArray | undefined {
    if (this.failed) return undefined;
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#line);
    if (match === null) {
      this.failed = true;
      return undefined;
    }
    this.at += match[0].length;
    return match;
  }

  /** A task is padded, so that its name may hold anything; text copied from elsewhere may have lost that. */
  task(): { readonly comm: string; readonly pid: number } | undefined {
    if (this.failed) return undefined;
    for (const from of [this.at + taskColumns, this.at]) {
      const end = this.#line.indexOf(' | ', from);
      const task = end < 0 || end > this.at + taskLimit ? undefined : parseTask(this.#line.slice(this.at, end));
      if (task !== undefined) {
        this.at = end + 3;
        return task;
      }
    }
    this.failed = true;
    return undefined;
  }

  /** Whether an interrupt begins or ends here (option funcgraph-irqs). */
  isAtArrow(): boolean {
    arrowPattern.lastIndex = this.at;
    return arrowPattern.test(this.#line);
  }
}

function skipIndent(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === 0x20 && at - from < indent * depthLimit) at += 1;
  return at;
}

function parseTask(text: string): { readonly comm: string; readonly pid: number } | undefined {
  const match = taskPattern.exec(text);
  return match === null ? undefined : { comm: match[1]!, pid: Number(match[2]) };
}

/** ` 0)    <idle>-0    =>   x) | y-180  `: the tasks are padded to their width, so that names may hold anything. */
export function parseSwitchLine(line: string): SwitchLine | undefined {
  const match = switchPattern.exec(line);
  if (match === null) return undefined;
  const from = parseTask(match[2]!);
  const to = parseTask(match[3]!);
  return from && to && { kind: 'switch', cpu: Number(match[1]), from, to };
}

/** Lines around the switch of a task, and the counts of the option funcgraph-overrun. */
export function isGraphNote(line: string): boolean {
  return line === '' || /^ -{20,}$/.test(line) || /^ \(Overruns: \d+\)$/.test(line);
}
