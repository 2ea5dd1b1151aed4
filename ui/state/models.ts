/** What the screens show: the engine's models of the running session or recording, and the names in them. */
import type {
  CallRow,
  CallTree,
  CommandEnd,
  Diagnosis,
  EventRates,
  EventRow,
  FunctionRow,
  GapRow,
  GraphModel,
  NameList,
  ProbeRow,
  RecentRecording,
  SourceItem,
  StateText,
  SymbolRow,
  WantedTraces,
} from '../../src/index.ts';
import type { ScreenId } from '../keys/key-table.ts';
import type { NameFilter } from '../screens/graph/tree-filter.ts';
import type { Cell } from '../terminal/cells.ts';
import type { PathReader } from './path-reader.ts';

export interface FunctionName {
  readonly name: string;
  readonly module?: string | undefined;
}

/** The calls that pass the filters, in order of time. */
export interface CallList {
  readonly length: number;
  rowAt(index: number): CallRow | GapRow;
  /** The place of a row by its id, or where it would be. */
  indexOf(id: number): number;
}

/** The events that pass the filters, in order of time. */
export interface LogList {
  readonly length: number;
  itemAt(index: number): SourceItem;
  /** The message of an event, safe for a terminal, one line. */
  textOf(item: SourceItem): string;
}

/** Where the data comes from and how that goes: the header of every screen. */
export interface SourceStatus {
  readonly kind: 'none' | 'live' | 'recording';
  /** `graph do_sys_open`, or the name of the file. */
  readonly title: string;
  /** `LIVE`, `ARMING`, `STOPPED`, `EXITED 0`, `FAILED`, `REPLAY`, `LOADING 40%`. */
  readonly badge: string;
  readonly eventsPerSecond: number;
  readonly events: number;
  readonly lost: number;
  /** 1 shows everything; N one event of N. */
  readonly showing: number;
  /** Largest fill of a CPU's buffer, 0 to 1. */
  readonly fill: number;
  readonly runningMs: number;
  /** What the user must know, the newest last. */
  readonly notices: readonly string[];
  /** Share of a recording that is loaded or played, 0 to 1; undefined when live. */
  readonly share: number | undefined;
}

export interface RecordingStatus {
  readonly path: string;
  readonly bytes: number;
  readonly events: number;
  readonly ms: number;
  readonly lost: number;
}

/** Where a recording is being replayed. */
export interface Transport {
  /** Place and length, ms. */
  readonly atMs: number;
  readonly lengthMs: number;
  readonly isPlaying: boolean;
  /** 1 as it was; 0 all at once. */
  readonly speed: number;
}

export type BrowseTab = 'functions' | 'events' | 'probes' | 'symbols';

export interface BrowseRows {
  readonly functions: FunctionRow;
  readonly events: EventRow;
  readonly probes: ProbeRow;
  readonly symbols: SymbolRow;
}

/** A list of names: read, being read, or why it cannot be. */
export type LoadedList<Row extends { readonly name: string }> =
  | { readonly state: 'loaded'; readonly list: NameList<Row> }
  | { readonly state: 'loading'; readonly share: number }
  | { readonly state: 'failed'; readonly why: string }
  | { readonly state: 'absent' };

/** A traced command that has a terminal of its own, and what that shows. */
export interface CommandView {
  /** The command's words, safe for a terminal. */
  readonly title: string;
  /** It is let go when everything is armed. */
  readonly hasBegun: boolean;
  /** How it ended; undefined while it waits or runs. */
  readonly end: CommandEnd | undefined;
  /** Why it has no real terminal; undefined where it has. */
  readonly lack: string | undefined;
  /** When it last had to wait because it wrote faster than is shown, as performance.now() counts. */
  readonly heldBackAt: number;
  /** Lines that were there and those of its screen, the newest last. */
  readonly length: number;
  lineAt(index: number): readonly Cell[];
  readonly cursor: { readonly line: number; readonly column: number };
  /** It draws a whole screen of its own: there is no history to look at. */
  readonly isAlternate: boolean;
}

export interface Models {
  /** The command that is shown in a pane. */
  readonly command: CommandView | undefined;
  readonly graph: GraphModel;
  /** The merged calls of `graph`. */
  readonly paths: PathReader;
  readonly calls: CallList;
  readonly log: LogList;
  readonly rates: EventRates;
  readonly status: SourceStatus;
  readonly recording: RecordingStatus | undefined;
  readonly wanted: WantedTraces;
  /** The recording that is being replayed; undefined when live. */
  readonly transport: Transport | undefined;
  readonly diagnosis: Diagnosis | undefined;
  /** Some records since the sums began were only counted: the sums are of the others. */
  readonly isSampled: boolean;
  /** Why nothing can be traced here, or what ended the session, and what would help; undefined when all is well. */
  readonly problem: StateText | undefined;
  readonly recent: readonly RecentRecording[];
  /** The names of a tab of Browse; `absent` until the effect `load` has asked for them. */
  list<Tab extends BrowseTab>(tab: Tab): LoadedList<BrowseRows[Tab]>;
  /**
   * What is known of a row of Browse without much work: prototype, fields, print format; lines that are safe for a
   * terminal, the most important first. Asked for at every frame: answers are kept.
   */
  describe(tab: BrowseTab, name: string): readonly string[];
  /** The tree of a call, read again where the source is a recording. */
  treeOf(row: CallRow): CallTree | undefined;
  /** Names are safe for a terminal. */
  nameOf(func: number): FunctionName;
  nameOfAddress(address: bigint): FunctionName;
  /** What a node of the tree is called: function, group, or `N more`. */
  labelOf(node: number): { readonly text: string; readonly module?: string | undefined };
  /** `bash-4121`. */
  taskOf(pid: number): string;
  /** The time of the trace clock, ns, of a time since the origin. */
  stampOf(time: number): number;
  /** As events show it: seconds, or counts where the clock counts. */
  stampText(time: number): string;
  /** The time of such a text, or of one since the first event (`+1.5`); throws UsageError for what is none. */
  timeOfText(text: string): number;
  /** Whether a text is found by what was typed behind `/`: smart case, `re:REGEX`, `=exact`. */
  matches(text: string, query: string): boolean;
  /** The filters, each of which can be turned off. */
  filterRows(): readonly { readonly name: string; readonly on: boolean; readonly note?: string }[];
  /** What the filters say of function names. */
  readonly nameFilter: NameFilter | undefined;
  /** Whether the kernel is tracing for this session now. */
  readonly isTracing: boolean;
  /** Whether it is about to: that can be cancelled. */
  readonly isArming: boolean;
  /** The file that is being recorded to. */
  readonly recordingFile: string | undefined;
  /** What to say while there is nothing to show on a screen. */
  emptyWords(screen: ScreenId): readonly string[];
  /** Grows with every change of anything. */
  readonly version: number;
}
