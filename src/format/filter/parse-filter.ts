/** Parses filters: those of the kernel's `filter` files, and those of `trace-cmd report -F` with the events they are for. */
import type { FilterAst, FilterDialect, TextSpan } from './filter-ast.ts';
import { catchFault, FilterFault, type FilterProblem, longestFilter } from './filter-problem.ts';
import { KernelFilterParser } from './kernel-filter.ts';
import { ReportFilterParser } from './report-predicate.ts';
import { regexPattern, type TextPattern } from './text-pattern.ts';

/** Which events a report filter is for: `SYSTEM/EVENT`, or one name that is taken for systems and events. */
interface EventChoice extends TextSpan {
  readonly text: string;
  readonly system: TextPattern | undefined;
  readonly event: TextPattern;
}

export interface ReportFilter {
  readonly events: readonly EventChoice[];
  /** undefined takes every record of these events. */
  readonly expression: FilterAst | undefined;
}

type Parsed<T> = T | { readonly problem: FilterProblem };

/** Parses one expression. Positions of a problem count from the start of `text`. */
export function parseFilter(text: string, dialect: FilterDialect = 'kernel'): Parsed<{ readonly ast: FilterAst }> {
  return catchFault(() => {
    const parser = dialect === 'kernel' ? new KernelFilterParser(text) : new ReportFilterParser(text);
    return { ast: { dialect, root: parser.parse() } };
  });
}

/** Parses `sched/sched_switch,sched_wakeup: prev_pid == 5 && COMM =~ "ba.*"`; names are POSIX basic regular expressions. */
export function parseReportFilter(text: string): Parsed<ReportFilter> {
  return catchFault(() => {
    if (text.length > longestFilter) {
      throw new FilterFault(`it is longer than ${longestFilter} characters`, { position: longestFilter, length: 0 });
    }
    const colon = text.indexOf(':');
    const events = parseEvents(colon === -1 ? text : text.slice(0, colon));
    if (colon === -1) return { events, expression: undefined };
    // Blanks keep the positions what they are in the whole text.
    const parser = new ReportFilterParser(`${' '.repeat(colon + 1)}${text.slice(colon + 1)}`);
    return { events, expression: { dialect: 'trace-cmd', root: parser.parse() } };
  });
}

/** Whether a filter is for an event. */
export function selectsEvent({ events }: Pick<ReportFilter, 'events'>, system: string, event: string): boolean {
  return events.some((choice) =>
    choice.system === undefined
      ? choice.event.test(system) || choice.event.test(event)
      : choice.system.test(system) && choice.event.test(event),
  );
}

const mostChoices = 1_000;

function parseEvents(text: string): EventChoice[] {
  const choices: EventChoice[] = [];
  let position = 0;
  for (const part of text.split(',')) {
    choices.push(parseChoice(part, position));
    if (choices.length > mostChoices) throw new FilterFault('too many events', { position, length: part.length });
    position += part.length + 1;
  }
  return choices;
}

function parseChoice(text: string, offset: number): EventChoice {
  const names = splitNames(text, offset);
  const [first, second] = names;
  const span = {
    text: text.trim(),
    position: offset + text.length - text.trimStart().length,
    length: text.trim().length,
  };
  if (first === undefined)
    throw new FilterFault('the name of an event is missing', { position: offset, length: text.length });
  if (second === undefined) return { ...span, system: undefined, event: wholeName(first) };
  return { ...span, system: wholeName(first), event: wholeName(second) };
}

function splitNames(text: string, offset: number): { name: string; position: number }[] {
  const names: { name: string; position: number }[] = [];
  let position = offset;
  for (const part of text.split('/')) {
    const name = part.trim();
    if (name !== '') names.push({ name, position: position + part.length - part.trimStart().length });
    position += part.length + 1;
  }
  return names;
}

/** As trace-cmd does it, `^NAME$`: of `a\|b` that anchors each half at one end. */
function wholeName({ name, position }: { name: string; position: number }): TextPattern {
  const pattern = catchFault(() => regexPattern(`^${name}$`));
  if (!('problem' in pattern)) return pattern;
  throw new FilterFault(pattern.problem.why, { position, length: name.length });
}
