/** The models behind the screens, made anew for each source; see ui/state/models.ts for what screens see of them. */
import {
  type CallRow,
  type CallTree,
  callersNotSeen,
  compileNameQuery,
  type Diagnosis,
  EventLog,
  EventRates,
  type EventStream,
  explainError,
  fullName,
  GraphItemFeed,
  GraphModel,
  type InteractiveSession,
  isSplitBy,
  type LogIndex,
  noTraces,
  parseEventTime,
  type RecentRecording,
  type RecordedLog,
  type RecordingSession,
  readCallTree,
  type SourceItem,
  type SplitBy,
  type StateText,
  subjectOfEvent,
  visibleText,
  type WantedTraces,
} from '../../src/index.ts';
import type { ScreenId } from '../keys/key-table.ts';
import type {
  BrowseTab,
  CallList,
  FunctionName,
  LogList,
  Models,
  RecordingStatus,
  SourceStatus,
  Transport,
} from '../state/models.ts';
import { PathReader } from '../state/path-reader.ts';
import { formatStamp } from '../terminal/quantities.ts';
import { BrowseLists } from './browse-lists.ts';
import { FilteredCalls } from './call-filter.ts';
import type { CommandPane } from './command-pane.ts';
import { emptyWords } from './empty-words.ts';
import type { EngineHost } from './engine-host.ts';
import { Filters } from './filters.ts';
import { oneLine } from './item-text.ts';
import { LearnedNames } from './learned-names.ts';
import { Playback } from './playback.ts';
import { SourceClock } from './source-clock.ts';
import { isUnused, problemText, statusOf } from './source-status.ts';

export class AppModels implements Models {
  graph = new GraphModel();
  paths = new PathReader(this.graph.paths, this.graph.functions);
  rates = new EventRates();
  isSampled = false;
  readonly browse = new BrowseLists();
  readonly #clock = new SourceClock();
  readonly filters = new Filters(this.#clock);
  command: CommandPane | undefined;
  readonly #host: EngineHost;
  /** What came, where it is not a recording's to read again. */
  #received = new EventLog<SourceItem>();
  #logIndex: LogIndex | undefined;
  #indexedAt = 0;
  #stream: EventStream | undefined;
  #session: InteractiveSession | undefined;
  #playback: Playback | undefined;
  #itemFeed = new GraphItemFeed(this.graph);
  #filteredCalls: FilteredCalls | undefined;
  #filterVersion = 0;
  #logFilterVersion = 0;
  #splitBy: SplitBy = 'none';
  #diagnosis: Diagnosis | undefined;
  #recent: readonly RecentRecording[] | undefined;
  readonly #comms = new LearnedNames();
  #names: (FunctionName | undefined)[] = [];
  readonly #addresses = new Map<bigint, FunctionName>();
  readonly #trees = new Map<number, CallTree>();
  /** The query asked for last. */
  #search: { readonly query: string; readonly test: (name: string) => boolean } | undefined;
  #touched = 0;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  get version(): number {
    const { paths, calls } = this.graph;
    return (
      this.#touched +
      paths.version +
      calls.version +
      this.rates.version +
      this.#items.version +
      this.browse.version +
      this.filters.version +
      (this.command?.version ?? 0)
    );
  }

  /** There is another recording to be listed. */
  forgetRecent(): void {
    this.#recent = undefined;
    this.touch();
  }

  /** Something has changed that no model counts. */
  touch(): void {
    this.#touched += 1;
  }

  useSession(session: InteractiveSession): void {
    this.#session = session;
    this.#playback = undefined;
    this.beginAnew(session);
  }

  useRecording(recording: RecordingSession): Playback {
    this.#session = undefined;
    this.beginAnew(recording);
    this.#playback = new Playback(recording, this);
    this.#host.recent.add(recording.path, 'replayed', {});
    this.#recent = undefined;
    return this.#playback;
  }

  /** Empty models for what comes from now on. */
  beginAnew(stream: EventStream | undefined): void {
    this.#clock.use(stream);
    this.#stream = stream;
    this.graph = new GraphModel({
      splitBy: this.#splitBy,
      commOf: (pid) => this.#commOf(pid),
      isChosen: (func) => stream?.isAskedFor?.(this.graph.functions.addressOf(func)) ?? true,
    });
    this.paths = new PathReader(this.graph.paths, this.graph.functions);
    this.rates = new EventRates();
    this.isSampled = false;
    this.#received = new EventLog();
    this.#logIndex = undefined;
    this.#itemFeed = new GraphItemFeed(this.graph);
    this.#filteredCalls = undefined;
    this.#names = [];
    this.#addresses.clear();
    this.#trees.clear();
    this.touch();
  }

  /** Items of the source, in order of time. */
  take(batch: readonly SourceItem[]): void {
    this.#comms.learn(batch, performance.now());
    this.#clock.note(batch);
    for (const item of batch) {
      this.#itemFeed.add(item);
      this.#received.add(item);
      if (item.kind === 'event') {
        this.rates.add(fullName(item), item.time, item);
      } else this.rates.lost(item.kind === 'lost' ? (item.count ?? 1) : 1, item.time);
    }
  }

  takeSkipped(counts: ReadonlyMap<string, number>, time: number): void {
    this.isSampled = true;
    for (const [name, count] of counts) this.rates.count(name, time, count);
  }

  /** Live: calls that were open are not seen to end. Recording: all of it comes anew. */
  restarted(isLive: boolean): void {
    if (isLive) this.graph.paths.finish();
  }

  /** A live trace has ended: calls that are open are not seen to return. */
  finish(): void {
    this.graph.finish();
  }

  /** False when that is none. Takes effect with the next data. */
  splitBy(by: string): boolean {
    if (!isSplitBy(by)) return false;
    this.#splitBy = by;
    this.beginAnew(this.#stream);
    return true;
  }

  get calls(): CallList {
    const { calls } = this.graph;
    if (this.filters.isEmpty) {
      return { length: calls.length, rowAt: (index) => calls.rowAt(index)!, indexOf: (id) => calls.indexOf(id) };
    }
    if (this.#filteredCalls === undefined || this.#filterVersion !== this.filters.version) {
      this.#filterVersion = this.filters.version;
      this.#filteredCalls = new FilteredCalls(calls, (row) => this.#acceptsCall(row));
    }
    return this.#filteredCalls;
  }

  #acceptsCall({ comm, pid, cpu, time, duration, retval, func }: CallRow): boolean {
    return this.filters.accepts({ comm, pid, cpu, time, duration, retval, function: this.nameOf(func).name });
  }

  get #items(): EventLog<SourceItem> | RecordedLog {
    return this.#playback?.log ?? this.#received;
  }

  get log(): LogList {
    const log = this.#items;
    const textOf = (item: SourceItem) => oneLine(item, (address) => this.nameOfAddress(address).name);
    if (this.filters.isEmpty) {
      return { length: log.end - log.first, itemAt: (index) => log.at(log.first + index)!, textOf };
    }
    const isOther = this.#logFilterVersion !== this.filters.version;
    if (isOther || performance.now() - this.#indexedAt > indexEveryMs) this.filterLog(indexMs);
    const index = this.#logIndex;
    return {
      length: index?.length ?? 0,
      itemAt: (at) => log.at(index!.sequenceAt(at))!,
      textOf,
    };
  }

  /** Looks for items that pass the filters, for so many milliseconds; false when there are more to look at. */
  filterLog(budgetMs: number): boolean {
    if (this.filters.isEmpty) return true;
    if (this.#logIndex === undefined || this.#logFilterVersion !== this.filters.version) {
      this.#logIndex = this.#items.index((item) => this.#acceptsItem(item));
      this.#logFilterVersion = this.filters.version;
    }
    const isDone = this.#logIndex.update(budgetMs);
    this.#indexedAt = performance.now();
    return isDone;
  }

  #acceptsItem(item: SourceItem): boolean {
    if (item.kind !== 'event') return true;
    return this.filters.accepts(subjectOfEvent(item, (address) => this.nameOfAddress(address).name));
  }

  get status(): SourceStatus {
    return statusOf(this.#session, this.#playback, this.rates);
  }

  get transport(): Transport | undefined {
    return this.#playback?.state;
  }

  get recording(): RecordingStatus | undefined {
    return this.#session?.status().recording;
  }

  get recordingFile(): string | undefined {
    return this.recording?.path;
  }

  get wanted(): WantedTraces {
    return this.#session?.wanted ?? noTraces;
  }

  get isTracing(): boolean {
    return this.#session?.isRunning === true;
  }

  get isArming(): boolean {
    return this.#session?.status().state.kind === 'arming';
  }

  get diagnosis(): Diagnosis | undefined {
    this.#diagnosis ??= this.#host.diagnose();
    return this.#diagnosis;
  }

  get problem(): StateText | undefined {
    const state = this.#session?.status().state;
    if (state?.kind === 'failed') return explainError(state.error);
    const { error } = this.diagnosis ?? {};
    return error === undefined || this.#stream !== undefined ? undefined : problemText(error);
  }

  describe(tab: BrowseTab, name: string): readonly string[] {
    return this.browse.describe(tab, name);
  }

  get recent(): readonly RecentRecording[] {
    this.#recent ??= this.#host.recent.list();
    return this.#recent;
  }

  list<Tab extends BrowseTab>(tab: Tab) {
    return this.browse.list(tab);
  }

  treeOf(row: CallRow): CallTree | undefined {
    const kept = row.tree ?? this.#trees.get(row.id);
    if (kept !== undefined || this.#playback?.recording.source === undefined) return kept;
    const tree = readCallTree(this.#playback.recording.source, row);
    if (tree === undefined) return undefined;
    if (this.#trees.size >= treesKept) this.#trees.delete(this.#trees.keys().next().value!);
    this.#trees.set(row.id, tree);
    return tree;
  }

  nameOf(func: number): FunctionName {
    const known = this.#names[func];
    if (known !== undefined) return known;
    const name = func === 0 ? { name: 'other functions' } : this.nameOfAddress(this.graph.functions.addressOf(func));
    this.#names[func] = name;
    return name;
  }

  nameOfAddress(address: bigint): FunctionName {
    const known = this.#addresses.get(address);
    if (known !== undefined) return known;
    const symbol = this.#stream?.symbolName(address);
    const name =
      symbol === undefined
        ? { name: `0x${address.toString(16)}` }
        : {
            name: visibleText(symbol.name),
            module: symbol.module === undefined ? undefined : visibleText(symbol.module),
          };
    this.#addresses.set(address, name);
    return name;
  }

  labelOf(node: number): { readonly text: string; readonly module?: string | undefined } {
    const { paths } = this;
    switch (paths.kindOf(node)) {
      case 'all':
        return { text: 'all' };
      case 'more':
        return { text: `${paths.mergedIn(node)} more` };
      case 'group': {
        const { by, key } = paths.groupOf(node)!;
        if (key === callersNotSeen) return { text: key };
        if (by === 'task') return { text: this.taskOf(Number(key)) };
        return {
          text: by === 'comm' ? visibleText(String(key)) : by === 'errno' && key === 0 ? 'no error' : `${by} ${key}`,
        };
      }
      default: {
        const { name, module } = this.nameOf(paths.funcOf(node));
        return { text: name, module };
      }
    }
  }

  #commOf(pid: number): string {
    if (pid <= 0) return '<idle>';
    return this.#comms.nameOf(pid) ?? this.#playback?.recording.traceDat?.taskNames.get(pid) ?? '<...>';
  }

  taskOf(pid: number): string {
    return `${visibleText(this.#commOf(pid))}-${Math.max(pid, 0)}`;
  }

  stampText(time: number): string {
    return this.#clock.timeIsNanoseconds ? formatStamp(this.stampOf(time)) : String(this.stampOf(time));
  }

  timeOfText(text: string): number {
    return parseEventTime(text, this.#clock, this.#clock.start ?? 0);
  }

  stampOf(time: number): number {
    return Number(this.#stream?.origin ?? 0n) + time;
  }

  matches(text: string, query: string): boolean {
    if (this.#search?.query !== query) this.#search = { query, test: compileNameQuery(query) };
    return this.#search.test(text);
  }

  get nameFilter() {
    return this.filters.names;
  }

  filterRows() {
    return this.filters.rows(this.#session?.chipsInKernel ?? []);
  }

  emptyWords(screen: ScreenId): readonly string[] {
    const log = this.#items;
    const hidden = screen === 'log' && !this.filters.isEmpty ? log.end - log.first : 0;
    const { wanted } = this;
    const status = this.#session?.status();
    return emptyWords(screen, {
      status: status === undefined || isUnused(status) ? undefined : status,
      recording: this.#playback?.recording,
      wanted,
      hidden,
    });
  }
}

/** What looking through the log for a filter may take of a frame, and how often. */
const indexMs = 4;
const indexEveryMs = 50;

/** Trees of a recording that stay in memory after they were looked at. */
const treesKept = 50;
