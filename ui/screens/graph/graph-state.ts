/** What the Graph screen remembers: its view, what is folded, where the cursors are. Pure data. */
import type { PathMetric } from '../../../src/index.ts';
import { atFirst, type ListCursor } from '../../state/list-cursor.ts';
import type { TreeRow } from './tree-rows.ts';

export const graphViews = ['tree', 'calls', 'functions', 'callers', 'flame', 'timeline'] as const;
export type GraphViewName = (typeof graphViews)[number];

export type Percent = 'absolute' | 'of root' | 'of caller';

export interface TreeState {
  /** Path of the subtree that is shown; '' is all. */
  readonly zoom: string;
  readonly folds: ReadonlyMap<string, boolean>;
  /** Rows as built last, and from what. */
  readonly rows: readonly TreeRow[];
  readonly builtVersion: number;
  readonly builtMerges: number;
  /** Version of the filter by names that the rows were built with; 0 without one. */
  readonly builtFilter: number;
  /** How many nodes there were. */
  readonly builtNodes: number;
  /** When the rows were put in order last, and when they were looked through for new ones. */
  readonly builtAt: number;
  readonly grownAt: number;
  /** The path that the cursor is bound to. */
  readonly key: string;
  readonly cursor: ListCursor;
}

export interface CallsState {
  readonly cursor: ListCursor;
  /** The call that the cursor is bound to. */
  readonly id: number | undefined;
  readonly following: boolean;
  /** The call whose very tree is shown in place of the list. */
  readonly opened: number | undefined;
  readonly openedCursor: ListCursor;
}

export interface TimelineState {
  readonly by: 'cpu' | 'task';
  /** The span shown, ns since the origin; undefined is all of it. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly cursor: ListCursor;
}

export interface GraphState {
  readonly view: GraphViewName;
  readonly metric: PathMetric;
  readonly ascending: boolean;
  readonly percent: Percent;
  readonly hiddenColumns: ReadonlySet<string>;
  readonly hideInterrupts: boolean;
  readonly tree: TreeState;
  readonly calls: CallsState;
  readonly functions: ListCursor;
  readonly callers: ListCursor;
  /** The function whose callers are shown, by id of the function table. */
  readonly callersOf: number | undefined;
  readonly flame: ListCursor;
  readonly timeline: TimelineState;
  readonly search: string;
  /** ns; calls as long as this are slow. undefined: the p99 of their function. */
  readonly slow: number | undefined;
  readonly panX: number;
  /** While paused, how many events there were when it began. */
  readonly pausedAt: number | undefined;
  readonly marks: ReadonlyMap<string, Place>;
  readonly spanA: number | undefined;
  readonly spanB: number | undefined;
  /** Places before jumps, the last first. */
  readonly places: readonly Place[];
}

export interface Place {
  readonly view: GraphViewName;
  readonly key: string;
  readonly id: number | undefined;
}

export const initialGraphState: GraphState = {
  view: 'tree',
  metric: 'total',
  ascending: false,
  percent: 'absolute',
  hiddenColumns: new Set(),
  hideInterrupts: false,
  tree: {
    zoom: '',
    folds: new Map(),
    rows: [],
    builtVersion: -1,
    builtMerges: 0,
    builtFilter: 0,
    builtNodes: 0,
    builtAt: 0,
    grownAt: 0,
    key: '',
    cursor: atFirst,
  },
  calls: { cursor: atFirst, id: undefined, following: true, opened: undefined, openedCursor: atFirst },
  functions: atFirst,
  callers: atFirst,
  callersOf: undefined,
  flame: atFirst,
  timeline: { by: 'cpu', from: undefined, to: undefined, cursor: atFirst },
  search: '',
  slow: undefined,
  panX: 0,
  pausedAt: undefined,
  marks: new Map(),
  spanA: undefined,
  spanB: undefined,
  places: [],
};
