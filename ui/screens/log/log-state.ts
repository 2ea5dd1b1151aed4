/** What the Log screen remembers: the event that the cursor is bound to, marks, what is searched. Pure data. */
import { atFirst, type ListCursor } from '../../state/list-cursor.ts';

export interface LogState {
  readonly cursor: ListCursor;
  /** Time of the item under the cursor, ns since the origin: older items may go, filters may change. */
  readonly time: number | undefined;
  readonly following: boolean;
  /** While paused, items after this time are not shown. */
  readonly pausedAt: number | undefined;
  readonly hiddenColumns: ReadonlySet<string>;
  readonly panX: number;
  readonly search: string;
  readonly marks: ReadonlyMap<string, number>;
  readonly spanA: number | undefined;
  readonly spanB: number | undefined;
  /** Times before jumps, the last first. */
  readonly places: readonly number[];
}

export const initialLogState: LogState = {
  cursor: atFirst,
  time: undefined,
  following: true,
  pausedAt: undefined,
  hiddenColumns: new Set(),
  panX: 0,
  search: '',
  marks: new Map(),
  spanA: undefined,
  spanB: undefined,
  places: [],
};
