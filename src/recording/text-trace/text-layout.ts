/**
 * Which layout a text trace has: the tracer and its columns, from the header where there is one (not in trace_pipe), and
 * from a sample of lines. Header: print_trace_header and s_show in kernel/trace/trace.c.
 */
import { parseEventHead, parseLatencyHead, parseLooseHead, parseRawHead, parseVerboseHead } from './event-head.ts';
import { type FlagColumn, parseFlagHeader } from './flag-columns.ts';
import { type GraphColumns, isGraphNote, parseGraphLine, parseSwitchLine } from './graph-line.ts';

/**
 * How lines begin. events: `comm-pid [cpu]`; loose: the same without the fixed width, from trace-cmd report; latency,
 * verbose, raw, hex: as the options of these names have it; graph: columns of function_graph; bare: without any
 * (nocontext-info).
 */
type TextForm = 'events' | 'loose' | 'latency' | 'verbose' | 'raw' | 'hex' | 'graph' | 'bare';

export interface TextLayout {
  readonly form: TextForm;
  /** As the header names it. */
  readonly tracer: string | undefined;
  readonly flagColumns: readonly FlagColumn[] | undefined;
  readonly graph: GraphColumns | undefined;
  /** Printed by trace-cmd report: event names are padded, and the tracers' records have names too. */
  readonly isReport: boolean;
  /** How many of the lines looked at the form fits. */
  readonly fits: number;
}

/**
 * The layout of a trace that begins with `header` (its lines from `#` on) and goes on with `sample`, some tens of lines.
 * Both are byte strings. The form of a trace without any readable line is `events`.
 */
export function detectTextLayout(header: readonly string[], sample: readonly string[]): TextLayout {
  const tracer = header.map((line) => /^# tracer: (\S+)/.exec(line)?.[1]).find((name) => name !== undefined);
  const flagColumns = parseFlagHeader(header);
  const lines = sample.filter((line) => !isGraphNote(line) && parseSwitchLine(line) === undefined);
  const isReport = header.some((line) => line.startsWith('cpus=')) || lines.some((line) => reportLine.test(line));
  const graph = chooseGraphColumns(header, lines, tracer !== undefined);
  const candidates: { form: TextForm; fits: number }[] = [
    { form: 'events', fits: count(lines, (line) => parseEventHead(line, flagColumns)) },
    { form: 'latency', fits: count(lines, (line) => parseLatencyHead(line, flagColumns)) },
    { form: 'verbose', fits: count(lines, (line) => parseVerboseHead(line)) },
    { form: 'raw', fits: count(lines, (line) => parseRawHead(line, 10)) },
    { form: 'hex', fits: count(lines, (line) => parseRawHead(line, 16)) },
    { form: 'graph', fits: graph.fits },
    { form: 'loose', fits: count(lines, (line) => parseLooseHead(line, flagColumns)) - (isReport ? 0 : 1) },
  ];
  // Without columns anything might be a trace: the header has to say that it is.
  if (tracer !== undefined) candidates.push({ form: 'bare', fits: lines.filter((line) => bareLine.test(line)).length });
  const { form, fits } = candidates.reduce((first, second) => (second.fits > first.fits ? second : first));
  const columns = form === 'graph' ? graph.columns : undefined;
  return { form, tracer, flagColumns, graph: columns, isReport, fits: Math.max(fits, 0) };
}

/** Events of the tracers under the names that only trace-cmd report gives them. */
const reportLine = /^.{16,60}: (?:funcgraph_entry|funcgraph_exit|function|kernel_stack|bprint|bputs|print): {2,}/;
const bareLine = /^[A-Za-z_]\w*: |^[\w.]+(?: <-[\w.]+)?$|^<stack trace>/;

function count(lines: readonly string[], parse: (line: string) => unknown): number {
  return lines.reduce((sum, line) => sum + (parse(line) === undefined ? 0 : 1), 0);
}

interface FittingColumns {
  readonly columns: GraphColumns;
  readonly fits: number;
}

/** The columns that fit most of the lines: the header's if they do, for several may fit. */
function chooseGraphColumns(header: readonly string[], lines: readonly string[], maybeBare: boolean): FittingColumns {
  const named = parseGraphHeader(header);
  if (named !== undefined) {
    const fits = countGraphLines(lines, named);
    if (fits > 0) return { columns: named, fits };
  }
  const probe = lines.slice(0, 40);
  const best = allColumns
    .filter((columns) => maybeBare || Object.values(columns).includes(true))
    .map((columns) => ({ columns, fits: countGraphLines(probe, columns) }))
    .reduce((first, second) => (second.fits > first.fits ? second : first));
  return best.fits === 0 ? best : { columns: best.columns, fits: countGraphLines(lines, best.columns) };
}

function countGraphLines(lines: readonly string[], columns: GraphColumns): number {
  return count(lines, (line) => parseGraphLine(line, columns));
}

/** The title line of function_graph: `#     TIME        CPU  TASK/PID         DURATION                  FUNCTION CALLS`. */
function parseGraphHeader(header: readonly string[]): GraphColumns | undefined {
  const title = header.find((line) => line.includes('FUNCTION CALLS'));
  if (title === undefined) return undefined;
  return {
    absolute: / TIME /.test(title.replace('REL TIME', '')),
    relative: title.includes('REL TIME'),
    cpu: title.includes('CPU'),
    task: title.includes('TASK/PID'),
    flags: title.includes('||||'),
    duration: title.includes('DURATION'),
  };
}

const both = [true, false];
/** Most columns first: of two that fit equally the one that explains more is right. */
const allColumns: readonly GraphColumns[] = both.flatMap((duration) =>
  both.flatMap((absolute) =>
    both.flatMap((cpu) =>
      both.flatMap((task) => both.map((flags) => ({ absolute, relative: false, cpu, task, flags, duration }))),
    ),
  ),
);
