/** The rows of a tab of Browse that match what is typed, and what is known of each. */
import { visibleText } from '../../../src/index.ts';
import type { BrowseTab, Models } from '../../state/models.ts';
import { type BrowseState, type ChosenRow, chosenKey, shownTab } from './browse-state.ts';

/** What the rows of all tabs have. */
export interface BrowseRow {
  readonly name: string;
  readonly module?: string | undefined;
  /** Why it cannot be traced. */
  readonly reason?: string | undefined;
}

export interface Matches {
  readonly state: 'loaded' | 'loading' | 'failed' | 'absent';
  /** All names of the tab, and those that match. */
  readonly all: number;
  readonly length: number;
  /** 0 to 1 while loading. */
  readonly share: number;
  /** Why it failed, or what is wrong with the query. */
  readonly problem: string | undefined;
  rowAt(index: number): BrowseRow;
}

/** What a list of names answered last: screens ask for the same at every frame. */
const answers = new WeakMap<object, { query: string; matches: Matches }>();

const nothing: Omit<Matches, 'state'> = {
  all: 0,
  length: 0,
  share: 0,
  problem: undefined,
  rowAt: () => ({ name: '' }),
};

export function findMatches(state: BrowseState, models: Models): Matches {
  return matchesOf(state.tab, queryOf(state), models);
}

/** What is searched for; a path typed on the symbols tab is none. */
function queryOf(state: BrowseState): string {
  const query = shownTab(state).query.text.trim();
  return state.tab === 'symbols' && isPath(query) ? '' : query;
}

export function isPath(query: string): boolean {
  return /^(\.{0,2}|~)\//.test(query);
}

function matchesOf(tab: BrowseTab, query: string, models: Models): Matches {
  const loaded = models.list(tab);
  if (loaded.state === 'loading') return { ...nothing, state: 'loading', share: loaded.share };
  if (loaded.state === 'failed') return { ...nothing, state: 'failed', problem: loaded.why };
  if (loaded.state === 'absent') return { ...nothing, state: 'absent' };
  const { list } = loaded;
  const known = answers.get(list);
  if (known !== undefined && known.query === query) return known.matches;
  const found = list.search(query, Number.POSITIVE_INFINITY);
  const all: readonly BrowseRow[] = list.rows;
  const matches: Matches = {
    state: 'loaded',
    all: all.length,
    length: found.rows.length,
    share: 1,
    problem: found.problem,
    rowAt: (index) => all[found.rows[index]!]!,
  };
  answers.set(list, { query, matches });
  return matches;
}

/** How many names a tab has, where they are read. */
export function countNames(tab: BrowseTab, models: Models): number | undefined {
  const loaded = models.list(tab);
  return loaded.state === 'loaded' ? loaded.list.rows.length : undefined;
}

export function rowUnderCursor(state: BrowseState, models: Models): BrowseRow | undefined {
  const matches = findMatches(state, models);
  const { at } = shownTab(state).cursor;
  return at < matches.length ? matches.rowAt(at) : undefined;
}

/** A row as it would be traced now. */
export function choiceOf(state: BrowseState, { name }: BrowseRow): ChosenRow {
  const { tab, binary, functionHow, symbolHow } = state;
  switch (tab) {
    case 'functions':
      return { tab, name, how: functionHow };
    case 'symbols':
      return { tab, name, how: symbolHow, binary };
    default:
      return { tab, name, how: 'event' };
  }
}

export function isChosen(state: BrowseState, { name }: BrowseRow): boolean {
  const binary = state.tab === 'symbols' ? state.binary : undefined;
  return state.chosen.has(chosenKey({ tab: state.tab, name, binary }));
}

/** `vfs_read  graph`, `bash:readline%return`. */
export function chosenText({ name, how, binary }: ChosenRow): string {
  const program = binary === undefined ? '' : `${binary.slice(binary.lastIndexOf('/') + 1)}:`;
  return visibleText(`${program}${name}${how === 'return' ? '%return' : ''}${how === 'function' ? '  call only' : ''}`);
}
