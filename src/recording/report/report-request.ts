/** A report as plain data, which can be handed to another thread, and the report that it asks for. */
import { UsageError } from '../../base/errors.ts';
import { parseChips } from '../../format/filter/filter-chips.ts';
import { formatProblem } from '../../format/filter/filter-problem.ts';
import { parseReportFilter } from '../../format/filter/parse-filter.ts';
import { type ChosenFilter, findUnknownEvent } from '../../format/filter/report-filters.ts';
import { type ByteSource, openByteSource } from '../files.ts';
import { sourceClock } from '../source-clock.ts';
import { TraceDat } from '../trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../trace-dat/trace-dat-events.ts';
import { Report } from './report.ts';
import type { ReportOptions } from './report-options.ts';

export interface ReportRequest {
  readonly path: string;
  readonly layout: Omit<ReportOptions, 'selection' | 'filters' | 'chips'>;
  /** Times in ns since the recording's origin. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly cpus?: readonly number[] | undefined;
  readonly pids?: readonly number[] | undefined;
  readonly comms?: readonly string[] | undefined;
  readonly instance?: string | undefined;
  /** -F: only events that pass one of them. */
  readonly filters?: readonly string[] | undefined;
  /** -v -F: not the events that pass one of them. */
  readonly exclusions?: readonly string[] | undefined;
  /** --filter: chips. */
  readonly chips?: string | undefined;
}

export interface OpenReport {
  readonly source: ByteSource;
  readonly recording: TraceDat;
  readonly report: Report;
}

/** Makes the report of an open recording, or opens it; throws UsageError for a filter that cannot be read. */
export function openReport(
  request: ReportRequest,
  recording: TraceDat = new TraceDat(openByteSource(request.path)),
): OpenReport {
  const { layout, filters = [], exclusions = [], chips, from, to, cpus, pids, comms, instance } = request;
  const selection = { from, to, cpus: setOf(cpus), pids: setOf(pids), comms: setOf(comms), instance };
  const report = new Report(recording, {
    ...layout,
    selection,
    filters: [...parseFilters(recording, filters, false), ...parseFilters(recording, exclusions, true)],
    chips: chips === undefined ? undefined : parseChips(chips, sourceClock(new TraceDatEvents(recording))),
  });
  return { source: recording.source, recording, report };
}

/** Throws UsageError with the place of what is wrong. */
function parseFilters({ formats }: TraceDat, words: readonly string[], hides: boolean): ChosenFilter[] {
  return words.map((text) => {
    const filter = parseReportFilter(text);
    const problem = 'problem' in filter ? filter.problem : findUnknownEvent(filter, formats.list());
    if (!('problem' in filter) && problem === undefined) return { filter, hides };
    throw new UsageError({ attempted: 'reading a filter of -F', why: `\n${formatProblem(text, problem!)}` });
  });
}

function setOf<T>(values: readonly T[] | undefined): ReadonlySet<T> | undefined {
  return values && new Set(values);
}
