/**
 * Saved text traces (`cat trace > file`, `cat trace_pipe > file`, `trace-cmd report > file`) as a source of events.
 * Reads in blocks and keeps no events; each reading begins anew.
 */

import type { EventSelection, EventSource, RecordedEvent, SourceItem } from '../event-source.ts';
import type { ByteSource } from '../files.ts';
import { EventAssembler } from './event-assembler.ts';
import { parseSwitchLine } from './graph-line.ts';
import { GraphTasks, type NamedTask } from './graph-tasks.ts';
import { LineReader, lineLimit } from './line-reader.ts';
import { isTextHeader, parseTextLine } from './parse-text-line.ts';
import { TextSymbols } from './symbol-table.ts';
import { detectTextLayout, type TextLayout } from './text-layout.ts';
import { TextProblems } from './text-problems.ts';

/** Lines looked at to tell the layout. */
const sampleLines = 300;
/** How far into the file the first switch between tasks of a CPU is looked for. */
const switchScanBytes = 16 << 20;

/** A text trace. Whether it is one is for isTextTrace() to say: what cannot be read is in `problems`. */
export function openTextTrace(source: ByteSource): EventSource {
  return new TextTrace(source);
}

/** Whether a file that begins with `head` (some KB) is a text trace. */
export function isTextTrace(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  const lines = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1').split('\n');
  if (lines.length > 1) lines.pop();
  if (lines[0]?.startsWith('# tracer: ')) return true;
  const { header, sample } = splitHeader(lines);
  const layout = detectTextLayout(header, sample);
  return (
    layout.fits > 0 &&
    layout.fits * 2 >= sample.filter((line) => parseTextLine(line, layout).kind !== 'note').length / 2
  );
}

interface Begin {
  readonly header: string[];
  readonly sample: string[];
}

function splitHeader(lines: readonly string[]): Begin {
  const end = lines.findIndex((line) => !isTextHeader(line));
  const at = end < 0 ? lines.length : end;
  return { header: lines.slice(0, at), sample: lines.slice(at, at + sampleLines) };
}

function detectFrom(lines: readonly string[]): TextLayout {
  const { header, sample } = splitHeader(lines);
  return detectTextLayout(header, sample);
}

class TextTrace implements EventSource {
  readonly origin: bigint;
  readonly timeIsNanoseconds: boolean;
  readonly #source: ByteSource;
  readonly #symbols = new TextSymbols();
  readonly #problems = new TextProblems();
  readonly #firstStamp: { readonly seconds: number; readonly rest: number };

  constructor(source: ByteSource) {
    this.#source = source;
    const lines = new LineReader(source).peek(sampleLines * 2);
    const layout = detectFrom(lines);
    this.#firstStamp = findFirstStamp(lines, layout);
    this.origin = BigInt(this.#firstStamp.seconds) * 1_000_000_000n + BigInt(this.#firstStamp.rest);
    this.timeIsNanoseconds = !lines.some((line) => isCounted(line, layout));
    for (const sentence of describeGaps(layout)) this.#problems.note(sentence);
  }

  get problems(): readonly string[] {
    return this.#problems.list();
  }

  symbolName(address: bigint) {
    return this.#symbols.nameOf(address);
  }

  *events(selection?: EventSelection): Iterable<SourceItem> {
    const wanted = selection && compileSelection(selection);
    for (const items of this.#read()) {
      for (const item of items) if (wanted === undefined || wanted(item)) yield item;
      items.length = 0;
    }
  }

  /** The items that have become whole, again and again in the same array, which the caller empties. */
  *#read(): Generator<SourceItem[]> {
    this.#problems.restart();
    const reader = new LineReader(this.#source);
    const layout = detectFrom(reader.peek(sampleLines * 2));
    const assembler = new EventAssembler(layout, {
      symbols: this.#symbols,
      problems: this.#problems,
      tasks: new GraphTasks(this.#findFirstTasks(layout)),
      origin: this.#firstStamp,
    });
    let isInHeader = true;
    for (let line = reader.next(); line !== undefined; line = reader.next()) {
      if (reader.isCut) this.#problems.addCut(reader.lineNumber, lineLimit);
      if (isInHeader && isTextHeader(line)) continue;
      isInHeader = false;
      if (line.startsWith('# tracer: ') && reader.peek(1)[0] === '#') {
        const next = detectFrom([line, ...reader.peek(sampleLines)]);
        if (next.fits > 0) assembler.changeLayout(next);
        isInHeader = true;
        continue;
      }
      assembler.take(line, reader.lineNumber);
      if (reader.isOpen) this.#problems.note('the last line has no end: the file may be cut off there');
      if (assembler.ready.length > 0) yield assembler.ready;
    }
    assembler.finish();
    if (this.#symbols.isFull) this.#problems.note('there are too many functions to keep all names');
    yield assembler.ready;
  }

  /** Without a column for tasks only switches name them: what a CPU ran before its first switch is told by that. */
  #findFirstTasks({ graph }: TextLayout): Map<number, NamedTask> {
    const first = new Map<number, NamedTask>();
    if (graph === undefined || graph.task) return first;
    const reader = new LineReader(this.#source);
    for (let line = reader.next(); line !== undefined && reader.offset <= switchScanBytes; line = reader.next()) {
      const found = line.includes(' => ') ? parseSwitchLine(line) : undefined;
      if (found !== undefined && !first.has(found.cpu)) first.set(found.cpu, found.from);
    }
    return first;
  }
}

function findFirstStamp(lines: readonly string[], layout: TextLayout): { seconds: number; rest: number } {
  for (const line of lines) {
    const parsed = parseTextLine(line, layout);
    if ((parsed.kind === 'event' || parsed.kind === 'graph') && parsed.seconds >= 0) {
      return { seconds: parsed.seconds, rest: parsed.rest };
    }
  }
  return { seconds: 0, rest: 0 };
}

/** Whether the line has a stamp of a clock that counts something: those are printed without a point or unit. */
function isCounted(line: string, layout: TextLayout): boolean {
  const parsed = parseTextLine(line, layout);
  if (parsed.kind !== 'event') return false;
  const head = parsed.body === '' ? line : line.slice(0, line.length - parsed.body.length);
  if (layout.form === 'events' || layout.form === 'loose') return !/\d\.\d+: ?$/.test(head);
  if (layout.form === 'latency') return !/(?:us.|\d\.\d+): ?$/.test(head);
  return layout.form === 'verbose' && !head.endsWith('ms): ');
}

function describeGaps({ form, graph }: TextLayout): string[] {
  const gaps: string[] = [];
  if (form === 'bare') gaps.push('the trace shows no tasks, CPUs and times (option nocontext-info)');
  if (form === 'latency') gaps.push('names of tasks are cut to 8 bytes (option latency-format)');
  if (form === 'raw' || form === 'hex') gaps.push('names of tasks are not shown (options raw and hex)');
  if (graph === undefined) return gaps;
  if (!graph.absolute)
    gaps.push('no times are shown (option funcgraph-abstime): they are counted from the durations of each task');
  if (!graph.cpu)
    gaps.push('CPUs are not shown (option funcgraph-cpu): they are guessed from the switches between tasks');
  if (!graph.task)
    gaps.push('tasks are not shown (option funcgraph-proc): they are known from the switches between tasks only');
  if (!graph.duration) gaps.push('durations are not shown (option funcgraph-duration)');
  return gaps;
}

function compileSelection(selection: EventSelection): (item: SourceItem) => boolean {
  const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY, cpus, instance } = selection;
  const { pids, comms, wantsEvent } = selection;
  return (item) => {
    if (item.time < from || item.time >= to || (cpus && !cpus.has(item.cpu))) return false;
    if (item.kind !== 'event') return true;
    return isWanted(item, { pids, comms, wantsEvent, instance });
  };
}

function isWanted(event: RecordedEvent, { pids, comms, wantsEvent, instance }: EventSelection): boolean {
  if (pids && !pids.has(event.pid)) return false;
  if (comms && !comms.has(event.comm)) return false;
  if (instance !== undefined && event.instance !== instance) return false;
  return wantsEvent === undefined || wantsEvent(event.system, event.name);
}
