/** What is to be traced, as effects: the chosen rows of all tabs, and what is said before many are armed. */
import type { Effect } from '../../state/effect.ts';
import type { BrowseState, ChosenRow } from './browse-state.ts';

/** More functions than this are traced after a question only. */
const askedAbove = 1_000;

/** The effects that trace `rows`; above `askedAbove` functions they come after a question. */
export function traceEffects(rows: readonly ChosenRow[]): readonly Effect[] {
  if (rows.length === 0) return [];
  const all = [...functionEffects(rows), ...otherEffects(rows)];
  const effects: Effect[] = [
    { kind: 'message', text: `tracing ${describeRows(rows)}` },
    ...all,
    { kind: 'go', screen: screenFor(rows) },
  ];
  const functions = rows.filter(({ tab }) => tab === 'functions').length;
  if (functions <= askedAbove) return effects;
  const question = `Trace ${functions.toLocaleString('en')} functions? Arming that many takes seconds, and they slow the system down.`;
  return [{ kind: 'confirm', question, effects }];
}

function functionEffects(rows: readonly ChosenRow[]): Effect[] {
  return (['graph', 'function'] as const).flatMap((what): Effect[] => {
    const functions = rows.filter(({ how }) => how === what).map(({ name }) => name);
    return functions.length === 0 ? [] : [{ kind: 'trace', change: { what, functions } }];
  });
}

function otherEffects(rows: readonly ChosenRow[]): Effect[] {
  return rows
    .filter(({ tab }) => tab !== 'functions')
    .map(({ name, how, binary }) => {
      // Probes are listed as `GROUP/EVENT`.
      if (how === 'event') return { kind: 'trace', change: { what: 'event', event: name.replace('/', ':'), on: true } };
      const words = ['uprobe', binary ?? '', how === 'return' ? `${name}%return` : name];
      return { kind: 'trace', change: { what: 'probe', words } };
    });
}

/** Where they can be watched: trees before single events before rates. */
function screenFor(rows: readonly ChosenRow[]): 'graph' | 'log' | 'events' {
  if (rows.some(({ how }) => how === 'graph')) return 'graph';
  return rows.some(({ tab }) => tab === 'functions' || tab === 'symbols') ? 'log' : 'events';
}

/** `12 functions, 1 event, 2 probes`. */
export function describeRows(rows: readonly ChosenRow[]): string {
  const counts = [
    [rows.filter(({ tab }) => tab === 'functions').length, 'function'],
    [rows.filter(({ tab }) => tab === 'events' || tab === 'probes').length, 'event'],
    [rows.filter(({ tab }) => tab === 'symbols').length, 'probe'],
  ] as const;
  const parts = counts.filter(([count]) => count > 0);
  return parts.map(([count, noun]) => `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`).join(', ');
}

/** The rows that Enter would trace: the chosen ones, else the one under the cursor. */
export function rowsToTrace({ chosen }: BrowseState, underCursor: ChosenRow | undefined): readonly ChosenRow[] {
  if (chosen.size > 0) return [...chosen.values()];
  return underCursor === undefined ? [] : [underCursor];
}
