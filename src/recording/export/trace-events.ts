/**
 * The JSON trace event format (Google's "Trace Event Format"), for ui.perfetto.dev and chrome://tracing: a track for each
 * CPU and for each task's states from the scheduler's events, call trees as slices of their tasks, all other events as
 * instants there, and gaps as instants on their CPU. Times begin at the recording's start: viewers read them as doubles,
 * which cannot hold a wall clock's nanoseconds.
 */
import { visibleText } from '../../base/text.ts';
import type { EventSource, RecordedEvent, SourceItem } from '../event-source.ts';
import type { ExportFormat } from './export-format.ts';
import { FunctionNames } from './function-names.ts';
import { quoteVisibly, viewerValue } from './json-text.ts';
import { visitPlacedCalls } from './placed-calls.ts';
import { SchedulerTracks } from './scheduler-tracks.ts';
import { countItems, placeOf } from './selected-items.ts';
import { listExportedFields } from './shown-fields.ts';
import { omittedCallsNotice, type TaskTree, TaskTrees } from './task-trees.ts';
import { TextBlock } from './text-blocks.ts';
import { formatCallArgs, formatInstant, formatSliceBegin, formatSliceEnd } from './viewer-events.ts';
import { ViewerTracks } from './viewer-tracks.ts';

export const traceEvents: ExportFormat = {
  name: 'perfetto',
  aliases: ['chrome'],
  endings: ['.json', '.trace'],
  describe: 'JSON for ui.perfetto.dev and chrome://tracing: CPUs, thread states, calls, events',
  *write(source, { selection, title }, report) {
    const block = new TextBlock();
    block.add(headText(source, title));
    let separator = '';
    const exporter = new TraceEventExporter(source, (event) => {
      block.add(separator + event);
      separator = ',\n';
    });
    for (const item of countItems(source, selection, report)) {
      exporter.add(item);
      if (block.isFull) yield* block.take();
    }
    report.notices.push(...exporter.finish());
    block.add('\n]}\n');
    yield* block.take();
  },
};

function headText({ origin, timeIsNanoseconds }: EventSource, title: string): string {
  const unit = timeIsNanoseconds ? 'nanoseconds' : 'units of the trace clock, shown as nanoseconds';
  const facts = `"recording":${quoteVisibly(title)},"exporter":"ftui","time 0":"${origin}","time unit":"${unit}"`;
  return `{"displayTimeUnit":"ns","otherData":{${facts}},"traceEvents":[\n`;
}

/** Stacks of an event come behind it: it is held until then, or until the next event of its CPU. */
interface WaitingInstant {
  readonly event: RecordedEvent;
  args: string;
}

class TraceEventExporter {
  readonly #names: FunctionNames;
  readonly #write: (event: string) => void;
  readonly #tracks: ViewerTracks;
  readonly #scheduler: SchedulerTracks;
  readonly #trees: TaskTrees;
  readonly #waiting = new Map<string, WaitingInstant>();
  /** Where the last call tree of a task ended. */
  readonly #treeEnds = new Map<string, number>();
  #time = 0;

  constructor(source: EventSource, write: (event: string) => void) {
    this.#write = write;
    this.#names = new FunctionNames(source);
    this.#tracks = new ViewerTracks(write);
    this.#scheduler = new SchedulerTracks(this.#tracks, write);
    this.#trees = new TaskTrees((tree) => this.#writeTree(tree));
  }

  add(item: SourceItem): void {
    this.#time = item.time;
    this.#trees.add(item);
    if (item.kind !== 'event') this.#writeGap(item);
    else if (item.stack !== undefined) this.#addStack(item, item.stack);
    else if (item.graph === undefined) this.#addEvent(item);
  }

  /** Ends what is open; returns what to tell the user. */
  finish(): readonly string[] {
    for (const place of [...this.#waiting.keys()]) this.#writeWaiting(place);
    this.#trees.finish();
    this.#scheduler.finish(this.#time);
    return omittedCallsNotice(this.#trees);
  }

  #addEvent(event: RecordedEvent): void {
    const place = placeOf(event);
    this.#writeWaiting(place);
    if (!this.#scheduler.add(event)) this.#waiting.set(place, { event, args: this.#argsOf(event) });
  }

  #addStack(event: RecordedEvent, { kind, frames }: NonNullable<RecordedEvent['stack']>): void {
    const place = placeOf(event);
    const lines = frames.map((frame) => visibleText(this.#names.labelOf(frame)));
    const stack = `"${kind} stack":${JSON.stringify(lines.join('\n'))}`;
    const waiting = this.#waiting.get(place);
    if (waiting?.event.pid === event.pid) waiting.args += `,${stack}`;
    else this.#waiting.set(place, { event, args: stack });
  }

  #writeWaiting(place: string): void {
    const waiting = this.#waiting.get(place);
    if (waiting === undefined) return;
    this.#waiting.delete(place);
    const { event, args } = waiting;
    const name = event.call === undefined ? event.name : this.#names.labelOf(event.call.func);
    const category = event.system ?? 'event';
    this.#write(formatInstant(this.#tracks.task(event), { name, category, time: event.time, args }));
  }

  #argsOf(event: RecordedEvent): string {
    const { cpu, call } = event;
    const head = `"on CPU":${cpu}`;
    if (call !== undefined) {
      return call.parent === undefined ? head : `${head},"caller":${quoteVisibly(this.#names.labelOf(call.parent))}`;
    }
    const fields = listExportedFields(event);
    if (fields === undefined) return `${head},"text":${quoteVisibly(event.text)}`;
    let args = head;
    for (const { name, value, inHex } of fields) args += `,${quoteVisibly(name)}:${viewerValue(value, inHex)}`;
    return args;
  }

  #writeGap(gap: Exclude<SourceItem, RecordedEvent>): void {
    const { cpu, time } = gap;
    this.#scheduler.lost(cpu, time);
    const name = gap.kind === 'damaged' ? 'unreadable data' : `${gap.count ?? 'some'} events lost`;
    const args = gap.kind === 'damaged' ? `"reason":${quoteVisibly(gap.reason)}` : `"count":${gap.count ?? null}`;
    this.#write(formatInstant(this.#tracks.cpu('', cpu), { name, category: gap.kind, time, args }));
  }

  #writeTree({ tree: { root, pid, cpu }, comm, tgid, instance }: TaskTree): void {
    const track = this.#tracks.task({ instance, pid, tgid, comm, cpu });
    const key = `${track.pid} ${track.tid}`;
    const from = this.#treeEnds.get(key) ?? 0;
    const end = visitPlacedCalls(
      root,
      { from, until: this.#time },
      {
        open: (node, start) => {
          const name = this.#names.labelOf(node.func);
          this.#write(formatSliceBegin({ track, name, category: 'function', start, args: formatCallArgs(node) }));
        },
        close: (node, end) => this.#write(formatSliceEnd({ track, name: this.#names.labelOf(node.func), end })),
      },
    );
    if (this.#treeEnds.size >= endLimit) this.#treeEnds.clear();
    this.#treeEnds.set(key, end);
  }
}

/** Tasks whose last tree's end is remembered at a time. */
const endLimit = 100_000;
