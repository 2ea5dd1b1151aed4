/** What is asked of a report, with filters as their words, and the report that it asks for. */
import { UsageError } from '../../base/errors.ts';
import { parseChips } from '../../format/filter/filter-chips.ts';
import { type FilterProblem, formatProblem } from '../../format/filter/filter-problem.ts';
import { parseReportFilter, type ReportFilter, selectsEvent } from '../../format/filter/parse-filter.ts';
import { type ChosenFilter, findUnknownEvent, findUnknownField } from '../../format/filter/report-filters.ts';
import type { EventSelection } from '../event-source.ts';
import { sourceClock } from '../source-clock.ts';
import type { TraceDat } from '../trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../trace-dat/trace-dat-events.ts';
import { Report } from './report.ts';
import type { ReportOptions } from './report-options.ts';

export interface ReportRequest {
  readonly layout: Omit<ReportOptions, 'selection' | 'filters' | 'chips'>;
  readonly selection?: EventSelection | undefined;
  /** -F: only events that pass one of them. */
  readonly filters?: readonly string[] | undefined;
  /** -v -F: not the events that pass one of them. */
  readonly exclusions?: readonly string[] | undefined;
  /** --filter: chips. */
  readonly chips?: string | undefined;
}

/** Throws UsageError for a filter that cannot be read. */
export function openReport(
  recording: TraceDat,
  { layout, selection = {}, filters = [], exclusions = [], chips }: ReportRequest,
): Report {
  return new Report(recording, {
    ...layout,
    selection,
    filters: [...parseFilters(recording, filters, false), ...parseFilters(recording, exclusions, true)],
    chips: chips === undefined ? undefined : parseChips(chips, sourceClock(new TraceDatEvents(recording))),
  });
}

/** Throws UsageError with the place of what is wrong. */
function parseFilters({ formats }: TraceDat, words: readonly string[], hides: boolean): ChosenFilter[] {
  return words.map((text) => {
    const filter = parseReportFilter(text);
    const problem = 'problem' in filter ? filter.problem : findUnknown(filter, formats);
    if (!('problem' in filter) && problem === undefined) return { filter, hides };
    throw new UsageError({ attempted: 'reading a filter of -F', why: `\n${formatProblem(text, problem!)}` });
  });
}

/** Formats are parsed only as far as the filter's fields must be looked for. */
function findUnknown(filter: ReportFilter, formats: TraceDat['formats']): FilterProblem | undefined {
  return (
    findUnknownEvent(filter, formats.list()) ??
    findUnknownField(filter, function* () {
      for (const { id, system, name } of formats.list()) {
        const format = selectsEvent(filter, system, name) ? formats.byId(id) : undefined;
        if (format !== undefined) yield format;
      }
    })
  );
}
