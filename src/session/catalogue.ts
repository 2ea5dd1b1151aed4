/**
 * What can be traced here, for somebody who looks around: functions with the reason where one cannot be traced, events
 * with their fields, probes that are defined, symbols of a program. Long lists are read and parsed in steps, so that a
 * screen lives on meanwhile.
 */

import { type NameMatches, NameSearch } from '../analysis/name-search.ts';
import { UnsupportedError } from '../base/errors.ts';
import { readEventList } from '../control/event-list.ts';
import { listEntries } from '../control/trace-state.ts';
import { parseEventFormat } from '../format/event-format.ts';
import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { pauseBetween, readLines } from './stepwise-reading.ts';

/** A list whose rows are found by name. */
export class NameList<T extends { readonly name: string }> {
  readonly rows: readonly T[];
  readonly #search: NameSearch;

  constructor(rows: readonly T[]) {
    this.rows = rows;
    this.#search = new NameSearch(rows.map(({ name }) => name));
  }

  /** The rows that a query matches (analysis/name-search.ts), at most `limit`, as indexes into `rows`. */
  search(query: string, limit?: number): NameMatches {
    return this.#search.search(query, limit);
  }
}

export interface FunctionRow {
  readonly name: string;
  /** undefined for the kernel itself. */
  readonly module: string | undefined;
  /** Why it cannot be traced; undefined when it can. */
  readonly reason: string | undefined;
}

export interface EventRow {
  /** `sched:sched_switch`. */
  readonly name: string;
  readonly system: string;
  readonly event: string;
}

export interface ProbeRow {
  /** `GROUP/EVENT`. */
  readonly name: string;
  /** Its line as the kernel has it. */
  readonly definition: string;
}

export interface SymbolRow {
  readonly name: string;
  readonly version: string | undefined;
  readonly address: number;
  readonly size: number;
}

export interface EventDescription {
  readonly id: number;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
  /** What a filter may name: the fields and what every event has. */
  readonly filterFields: readonly string[];
  readonly printFormat: string;
}

/** Gets the share that has been read, 0 to 1, as far as it can be told. */
type ReadProgress = (share: number) => void;

export class Catalogue {
  readonly #tracefs: Tracefs;
  #functions: Promise<NameList<FunctionRow>> | undefined;

  constructor(tracefs: Tracefs) {
    this.#tracefs = tracefs;
  }

  /** All functions, those that cannot be traced among them; read once. Rejects where the kernel lists none. */
  functions(progress: ReadProgress = () => {}): Promise<NameList<FunctionRow>> {
    if (this.#functions === undefined) {
      const reading = readFunctions(this.#tracefs, progress);
      this.#functions = reading;
      reading.catch(() => {
        this.#functions = undefined;
      });
    }
    return this.#functions;
  }

  /** All events; read anew each time, for probes and modules bring some. */
  async events(): Promise<NameList<EventRow>> {
    const names = readEventList(this.#tracefs.top).sort();
    return new NameList(
      names.map((name) => {
        const colon = name.indexOf(':');
        return { name, system: name.slice(0, colon), event: name.slice(colon + 1) };
      }),
    );
  }

  /** The dynamic events that are defined, whoever did it. */
  probes(): NameList<ProbeRow> {
    const { top } = this.#tracefs;
    const files = top.exists('dynamic_events') ? ['dynamic_events'] : ['kprobe_events', 'uprobe_events'];
    const lines = files.flatMap((file) => listEntries(top.readIfThere(file)));
    return new NameList(
      lines.map((definition) => ({ name: /^\w+:(\S+)/.exec(definition)?.[1] ?? definition, definition })),
    );
  }

  /** What an event records; throws where it is not there. */
  describeEvent({ system, event }: Pick<EventRow, 'system' | 'event'>): EventDescription {
    const format = parseEventFormat(system, this.#tracefs.top.read(`events/${system}/${event}/format`));
    const fields = format.fields.map(({ name, type }) => ({ name, type }));
    const filterFields = [...fields.map(({ name }) => name), ...usualFilterFields];
    return { id: format.id, fields, filterFields, printFormat: format.printFormat };
  }
}

/** What filters may name in every event (kernel/trace/trace_events_filter.c). */
const usualFilterFields = ['common_pid', 'cpu', 'comm'];

async function readFunctions({ top, kernel }: Tracefs, progress: ReadProgress): Promise<NameList<FunctionRow>> {
  const pause = pauseBetween();
  const rows: FunctionRow[] = [];
  const known = new Set<string>();
  const expected = readFunctionCount(top) * partsOfWork;
  let lineCount = 0;
  const tell = (lines: readonly string[]) => {
    lineCount += lines.length;
    progress(Math.min(lineCount / expected, 0.99));
  };
  for await (const lines of readLines(kernel, top.resolve('available_filter_functions'), pause)) {
    for (const line of lines) {
      const row = parseFunctionLine(line);
      known.add(row.name);
      rows.push(row);
    }
    tell(lines);
  }
  if (rows.length === 0) throw noFunctions();
  for await (const lines of readLines(kernel, '/proc/kallsyms', pause)) {
    for (const line of lines) {
      const row = parseUntraceable(line, known);
      if (row === undefined) continue;
      known.add(row.name);
      rows.push(row);
    }
    tell(lines);
  }
  return new NameList(rows);
}

/** kallsyms has about three times the lines of available_filter_functions. */
const partsOfWork = 4;
const usualFunctions = 60_000;

/** dyn_ftrace_total_info begins with the number of functions. */
function readFunctionCount(top: TraceDirectory): number {
  return Number.parseInt(top.readIfThere('dyn_ftrace_total_info') ?? '', 10) || usualFunctions;
}

/** `name` or `name [module]`. */
function parseFunctionLine(line: string): FunctionRow {
  const space = line.indexOf(' ');
  if (space < 0) return { name: line, module: undefined, reason: undefined };
  return { name: line.slice(0, space), module: line.slice(space + 2, -1), reason: undefined };
}

/** Names of code that are no functions, and those that the build made of others. */
const noFunction =
  /^(?:__pfx_|__cfi_|__SCT__|__SCK__|__traceiter_|__probestub_|__ksymtab|__kstrtab|\.L|_?_?end|_stext|_etext)|\.cold(?:\.|$)/;

/** A line of kallsyms as a function that is not among those that can be traced; undefined for anything else. */
function parseUntraceable(line: string, known: ReadonlySet<string>): FunctionRow | undefined {
  const [, type = '', symbol = '', module] = line.split(/[ \t]/);
  if (!/^[tTwW]$/.test(type) || known.has(symbol) || noFunction.test(symbol)) return undefined;
  return { name: symbol, module: module?.slice(1, -1), reason: untraceable };
}

const untraceable = 'not traceable: notrace, startup or assembly code';

function noFunctions(): UnsupportedError {
  return new UnsupportedError({
    attempted: 'listing functions',
    why: 'this kernel lists no functions (available_filter_functions is not there or empty)',
    remedy: 'ftui doctor shows what it can do',
  });
}

/** The functions of a program or library, which a uprobe can sit on; throws UsageError where it is not there. */
export async function readProgramSymbols(binary: string): Promise<NameList<SymbolRow>> {
  const [{ findBinary, readUprobeBinary }, { listSymbols }] = await Promise.all([
    import('../symbols/files.ts'),
    import('../symbols/uprobe-binary.ts'),
  ]);
  const symbols = listSymbols(readUprobeBinary(findBinary(binary).path));
  return new NameList(symbols.map(({ name, version, address, size }) => ({ name, version, address, size })));
}
