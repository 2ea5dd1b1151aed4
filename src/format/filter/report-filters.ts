/**
 * The -F filters of a report together, with -v before those that hide: what trace-cmd 3.3.1 shows of a buffer's records
 * (lib/trace-cmd/trace-filter.c there).
 */

import { nearestNames } from '../../base/nearest.ts';
import type { EventFormat } from '../event-format.ts';
import { compileFilter } from './compile-filter.ts';
import type { FieldReference, FilterNode, NumericValue } from './filter-ast.ts';
import type { FilterContext, RecordTest } from './filter-context.ts';
import { findFilterField, listFilterNames, nearFilterNames } from './filter-fields.ts';
import type { FilterProblem } from './filter-problem.ts';
import { type ReportFilter, selectsEvent } from './parse-filter.ts';

export interface ChosenFilter {
  readonly filter: ReportFilter;
  /** -v stood before it: what passes it is hidden. */
  readonly hides: boolean;
}

/**
 * Without a showing filter all is shown; with some, what passes one of them. Then what passes a hiding filter is left out.
 * A stack trace right behind a shown record of its CPU is shown as well. One object for each buffer, records in order.
 */
export class ReportFilters {
  readonly #filters: readonly ChosenFilter[];
  readonly #context: FilterContext;
  /** By CPU: whether the last record that passed a showing filter was shown. */
  readonly #lastShown: boolean[] = [];

  constructor(filters: readonly ChosenFilter[], context: FilterContext) {
    this.#filters = filters;
    this.#context = context;
  }

  /** The test of the records of one event; to be called for every record, in order. */
  testOf(format: EventFormat): RecordTest {
    const shows = this.#filters.every(({ hides }) => hides) ? () => true : this.#compileAny(format, false);
    const hides = this.#compileAny(format, true);
    const isStack = format.system === 'ftrace' && (format.name === 'kernel_stack' || format.name === 'user_stack');
    const lastShown = this.#lastShown;
    return (bytes, view, start, end, cpu, time) => {
      const passes = shows(bytes, view, start, end, cpu, time);
      if (!passes && !(isStack && lastShown[cpu] === true)) return false;
      const isHidden = hides(bytes, view, start, end, cpu, time);
      lastShown[cpu] = passes && !isHidden;
      return !isHidden;
    };
  }

  /** Whether any of the filters for this event, of those that show or hide, takes a record. */
  #compileAny(format: EventFormat, hides: boolean): RecordTest {
    const tests = this.#filters
      .filter(({ filter, hides: hidesToo }) => hidesToo === hides && selectsEvent(filter, format.system, format.name))
      .map(
        ({ filter: { expression } }): RecordTest =>
          expression === undefined ? () => true : compileFilter(expression, format, this.#context),
      );
    const [first] = tests;
    if (first === undefined) return () => false;
    if (tests.length === 1) return first;
    return (bytes, view, start, end, cpu, time) => {
      for (const test of tests) if (test(bytes, view, start, end, cpu, time)) return true;
      return false;
    };
  }
}

/** The first part of the filter that is for no event at all, with the names that come near. */
export function findUnknownEvent(
  { events }: Pick<ReportFilter, 'events'>,
  known: Iterable<{ readonly system: string; readonly name: string }>,
): FilterProblem | undefined {
  const all = [...known];
  for (const choice of events) {
    if (all.some(({ system, name }) => selectsEvent({ events: [choice] }, system, name))) continue;
    const wanted = choice.text.replace(/^.*\//s, '').trim();
    const names = [...all.map(({ name }) => name), ...all.map(({ system }) => system)];
    const { position, length } = choice;
    return { position, length, why: `there is no event '${choice.text}'`, candidates: nearestNames(wanted, names) };
  }
  return undefined;
}

/** The first name in the filter's expression that no event has which the filter is for, with those that come near. */
export function findUnknownField(
  { expression }: ReportFilter,
  formats: () => Iterable<EventFormat>,
): FilterProblem | undefined {
  if (expression === undefined) return undefined;
  const { root, dialect } = expression;
  const isKnown = (name: string): boolean => {
    for (const format of formats()) if (findFilterField(format, name, dialect) !== undefined) return true;
    return false;
  };
  const unknown = fieldsOf(root).find(({ name }) => !isKnown(name));
  if (unknown === undefined) return undefined;
  const { name, position } = unknown;
  const names = [...formats()].flatMap((format) => listFilterNames(format, dialect));
  const why = `no event of this filter has a field ${name} (a text stands in quotes)`;
  return { position, length: name.length, why, candidates: nearFilterNames(name, [...new Set(names)]) };
}

function fieldsOf(node: FilterNode | NumericValue): FieldReference[] {
  switch (node.kind) {
    case 'field':
      return [node];
    case 'number':
      return [];
    case 'all':
    case 'any':
      return node.terms.flatMap(fieldsOf);
    case 'not':
      return fieldsOf(node.term);
    case 'truth':
      return fieldsOf(node.value);
    case 'comparison':
    case 'arithmetic':
      return [...fieldsOf(node.left), ...fieldsOf(node.right)];
    default:
      return [node.field];
  }
}
