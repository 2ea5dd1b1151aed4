/** How a report is laid out and what it leaves out: the options of `trace-cmd report` that ftui has. */
import type { FilterChip } from '../../format/filter/filter-chips.ts';
import type { ChosenFilter } from '../../format/filter/report-filters.ts';
import type { EventSelection } from '../event-source.ts';

/** us and ns: seconds with 6 or 9 digits behind the point. count: a plain number, for clocks that count no time. */
export type TimeFormat = 'us' | 'ns' | 'count';

export interface ReportOptions {
  /** -l */
  readonly latencyFormat: boolean;
  /** -t */
  readonly nanoseconds: boolean;
  /** -R: fields instead of print fmt. */
  readonly raw: boolean;
  /** --ts-diff */
  readonly timeDifference: boolean;
  /** -I, -S: leave out what happened in hard or soft interrupts. */
  readonly hideHardInterrupts: boolean;
  readonly hideSoftInterrupts: boolean;
  /** Which events are shown. */
  readonly selection: EventSelection;
  /** -F, and -v -F. */
  readonly filters: readonly ChosenFilter[];
  /** All of these a line must pass. */
  readonly chips?: readonly FilterChip[] | undefined;
}

export const plainReport: ReportOptions = {
  latencyFormat: false,
  nanoseconds: false,
  raw: false,
  timeDifference: false,
  hideHardInterrupts: false,
  hideSoftInterrupts: false,
  selection: {},
  filters: [],
};
