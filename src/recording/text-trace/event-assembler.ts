/**
 * Lines of a text trace to events: adds the lines that belong to the event before, joins names that hold a line break,
 * gives leaf calls their exits, and keeps the order of time.
 */
import { asCpuId } from '../../base/units.ts';
import type { SourceItem } from '../event-source.ts';
import { parseEventBody } from './event-body.ts';
import { commColumns } from './event-head.ts';
import { EventPlaces } from './event-places.ts';
import { isOpenComment } from './graph-call.ts';
import { type GraphEventParts, makeGraphEvents } from './graph-events.ts';
import { parseGraphLine } from './graph-line.ts';
import type { GraphTasks } from './graph-tasks.ts';
import { HeldLines } from './held-lines.ts';
import { parseTextLine } from './parse-text-line.ts';
import type { TextSymbols } from './symbol-table.ts';
import { TextEvent } from './text-event.ts';
import type { TextLayout } from './text-layout.ts';
import type { EventLine, GraphLine, LineContext, LostLine, TextLine } from './text-line.ts';
import type { TextProblems } from './text-problems.ts';

interface AssemblerParts {
  readonly symbols: TextSymbols;
  readonly problems: TextProblems;
  readonly tasks: GraphTasks;
  /** The stamp that times are relative to. */
  readonly origin: { readonly seconds: number; readonly rest: number };
}

/** What follows `funcgraph_entry: ` in what trace-cmd report prints. */
const reportColumns = { absolute: false, relative: false, cpu: false, task: false, flags: false, duration: true };

/** The kernel formats an event in a buffer of 4 to 8 KB: a remark with more text has lost its end. */
const remarkLimit = 8192;

const damagedPattern = /^.{0,60}-\d+ +(?:\(.{1,12}\) )?\[\d{3,}\]|^ *\d+\) .*[|{;}]/;

export class EventAssembler {
  /** What has become whole, in order; the reader takes it out. */
  readonly ready: SourceItem[] = [];
  readonly #parts: AssemblerParts;
  readonly #graphParts: GraphEventParts;
  readonly #places = new EventPlaces();
  #layout: TextLayout;
  /** The event that following lines may add to. */
  #current: TextEvent | undefined;
  /** Short lines that say nothing alone: the beginning of a name with a line break, or what they seem. */
  readonly #short = new HeldLines();
  /** Lines behind a remark of function_graph whose end has not come. */
  #remark: HeldLines | undefined;
  /** Exits of leaf calls that later events may come before. */
  #exits: TextEvent[] = [];
  readonly #lost: LostLine[] = [];
  #lastTime = 0;

  constructor(layout: TextLayout, parts: AssemblerParts) {
    this.#layout = layout;
    this.#parts = parts;
    this.#graphParts = { symbols: parts.symbols, tasks: parts.tasks, places: this.#places };
  }

  /** From here on lines are of another layout: a second trace in the same file. */
  changeLayout(layout: TextLayout): void {
    this.finish();
    this.#layout = layout;
  }

  /** Takes line number `lineNumber`. */
  take(line: string, lineNumber: number): void {
    if (this.#remark !== undefined) this.#takeRemark(this.#remark, line, lineNumber);
    else this.#take(line, lineNumber, true);
  }

  /** The last line has been taken. */
  finish(): void {
    this.#giveUpRemark();
    this.#settle();
    this.#release();
    this.#flushExits(Number.POSITIVE_INFINITY, -1);
    this.#pushLosses(this.#lastTime);
  }

  #take(line: string, lineNumber: number, mayHold: boolean): void {
    const parsed = parseTextLine(line, this.#layout);
    if (parsed.kind === 'rest' && line.length < commColumns && this.#layout.form !== 'graph') {
      this.#short.add(line, lineNumber);
      if (this.#short.count > commColumns) this.#settle();
      return;
    }
    const comm = parsed.kind === 'event' && parsed.commMissing > 0 ? this.#short.takeName(parsed) : undefined;
    this.#settle();
    if (parsed.kind === 'event' && parsed.commMissing > 0) {
      if (comm === undefined) this.#takeRest(line, lineNumber);
      else this.#takeEvent({ ...parsed, comm });
      return;
    }
    this.#takeParsed(parsed, line, lineNumber);
    if (mayHold && parsed.kind === 'graph' && parsed.shape === 'comment' && isOpenComment(line)) {
      this.#remark = new HeldLines();
    }
  }

  #takeParsed(parsed: TextLine, line: string, lineNumber: number): void {
    switch (parsed.kind) {
      case 'event':
        this.#takeEvent(parsed);
        break;
      case 'graph':
        this.#takeGraph(parsed, parsed.seconds < 0 ? undefined : this.#timeOf(parsed));
        break;
      case 'switch':
        this.#parts.tasks.switchTask(parsed);
        break;
      case 'lost':
        this.#lost.push(parsed);
        break;
      case 'frame':
        if (!this.#current?.addFrame(line, parsed.frame)) this.#takeRest(line, lineNumber);
        break;
      case 'rest':
        this.#takeRest(line, lineNumber);
        break;
      case 'note':
        break;
    }
  }

  #takeEvent(line: EventLine): void {
    const body = parseEventBody(line.body, this.#layout.tracer, this.#layout.isReport);
    if (body.name === 'funcgraph_entry' || body.name === 'funcgraph_exit') {
      const graph = parseGraphLine(body.text, reportColumns);
      if (graph?.kind === 'graph' && graph.shape !== 'comment') {
        const { comm, pid, tgid, cpu, flags, preemptCount } = line;
        this.#takeGraph({ ...graph, comm, pid, tgid, cpu, flags, preemptCount }, this.#timeOf(line));
        return;
      }
    }
    const place = this.#places.placeOf(line, this.#timeOf(line), line.instance);
    this.#begin(new TextEvent(place, body, undefined, this.#parts.symbols));
  }

  #takeGraph(line: GraphLine, printed: number | undefined): void {
    const { event, exit } = makeGraphEvents(line, printed, this.#graphParts);
    this.#begin(event);
    if (exit === undefined) return;
    if (printed === undefined) this.#begin(exit);
    else this.#exits.push(exit);
  }

  /** A line behind an open remark is of its text if its end comes soon enough, whatever it looks like. */
  #takeRemark(remark: HeldLines, line: string, lineNumber: number): void {
    remark.add(line, lineNumber);
    if (!isOpenComment(line)) {
      this.#remark = undefined;
      for (const held of remark.takeAll()) this.#current?.addLine(held.line.replace(/ ?\*\/$/, ''));
    } else if (remark.length > remarkLimit) this.#giveUpRemark();
  }

  /** The remark has no end: what was held for it are lines of their own. */
  #giveUpRemark(): void {
    const held = this.#remark?.takeAll() ?? [];
    if (this.#remark === undefined) return;
    this.#remark = undefined;
    this.#parts.problems.note('a remark of function_graph has no end: its text may be incomplete');
    for (const { line, lineNumber } of held) this.#take(line, lineNumber, false);
  }

  #timeOf({ seconds, rest }: LineContext): number {
    const { origin } = this.#parts;
    return seconds < 0 ? this.#lastTime : (seconds - origin.seconds) * 1e9 + (rest - origin.rest);
  }

  /** What is held back is no part of a name. */
  #settle(): void {
    if (this.#short.count === 0) return;
    for (const { line, lineNumber } of this.#short.takeAll()) this.#takeRest(line, lineNumber);
  }

  #takeRest(line: string, lineNumber: number): void {
    if (damagedPattern.test(line)) this.#addDamage(line, lineNumber, 'a damaged event');
    else if (!this.#current?.mayGoOn || this.#layout.form === 'graph') this.#addDamage(line, lineNumber, 'no event');
    else if (!this.#current.addLine(line)) {
      this.#parts.problems.addUnreadable(lineNumber, line, 'too much text for one event');
    }
  }

  #addDamage(line: string, lineNumber: number, why: string): void {
    this.#parts.problems.addUnreadable(lineNumber, line, why);
    const cpu = this.#current?.cpu ?? asCpuId(0);
    this.#release();
    this.ready.push({ kind: 'damaged', cpu, time: this.#lastTime, reason: `line ${lineNumber}: ${why}` });
  }

  /** `event` is what the next lines may add to; what came before is whole. */
  #begin(event: TextEvent): void {
    this.#release();
    if (this.#exits.length > 0) this.#flushExits(event.time, event.cpu);
    if (this.#lost.length > 0) this.#pushLosses(event.time);
    if (event.time < this.#lastTime) {
      this.#parts.problems.note('times go back in the file: events are not all in order');
    }
    this.#lastTime = event.time;
    this.#current = event;
  }

  #release(): void {
    if (this.#current !== undefined) this.ready.push(this.#current);
    this.#current = undefined;
  }

  /** Exits that were before `time`, or on the CPU whose next event is here: its stamp may be rounded below the exit's. */
  #flushExits(time: number, cpu: number): void {
    const due = this.#exits.filter((exit) => exit.time <= time || exit.cpu === cpu);
    if (due.length === 0) return;
    this.#exits = this.#exits.filter((exit) => exit.time > time && exit.cpu !== cpu);
    for (const exit of due) exit.time = Math.max(Math.min(exit.time, time), this.#lastTime);
    due.sort((a, b) => a.time - b.time);
    this.ready.push(...due);
    this.#lastTime = due.at(-1)!.time;
  }

  #pushLosses(time: number): void {
    for (const { cpu, count } of this.#lost.splice(0)) {
      this.ready.push({ kind: 'lost', cpu: asCpuId(cpu), time, count });
    }
  }
}
