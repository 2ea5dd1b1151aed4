/** What the Browse screen remembers: the tab, what is typed on each, and what was chosen. Pure data. */
import { atFirst, type ListCursor } from '../../state/list-cursor.ts';
import type { BrowseTab } from '../../state/models.ts';
import { emptyPrompt, type Prompt } from '../../state/prompt.ts';

export const browseTabs = ['functions', 'events', 'probes', 'symbols'] as const satisfies readonly BrowseTab[];

/** How functions are traced, and where probes on symbols sit. */
type FunctionHow = 'graph' | 'function';
type SymbolHow = 'entry' | 'return';

interface TabState {
  readonly query: Prompt;
  readonly cursor: ListCursor;
}

export interface ChosenRow {
  readonly tab: BrowseTab;
  readonly name: string;
  readonly how: FunctionHow | SymbolHow | 'event';
  /** The program or library of a symbol. */
  readonly binary?: string | undefined;
}

export interface BrowseState {
  readonly tab: BrowseTab;
  readonly tabs: Readonly<Record<BrowseTab, TabState>>;
  /** Whether keys go into the search box. */
  readonly typing: boolean;
  readonly functionHow: FunctionHow;
  readonly symbolHow: SymbolHow;
  /** Whose symbols are listed. */
  readonly binary: string | undefined;
  /** By `chosenKey`, in the order they were chosen. */
  readonly chosen: ReadonlyMap<string, ChosenRow>;
  /** The tabs whose names have been asked for. */
  readonly asked: ReadonlySet<BrowseTab>;
}

const emptyTab: TabState = { query: emptyPrompt, cursor: atFirst };

export const initialBrowseState: BrowseState = {
  tab: 'functions',
  tabs: { functions: emptyTab, events: emptyTab, probes: emptyTab, symbols: emptyTab },
  typing: true,
  functionHow: 'graph',
  symbolHow: 'entry',
  binary: undefined,
  chosen: new Map(),
  asked: new Set(),
};

export function shownTab({ tab, tabs }: BrowseState): TabState {
  return tabs[tab];
}

export function withTab(state: BrowseState, change: Partial<TabState>): BrowseState {
  return { ...state, tabs: { ...state.tabs, [state.tab]: { ...state.tabs[state.tab], ...change } } };
}

export function chosenKey({ tab, name, binary }: Pick<ChosenRow, 'tab' | 'name' | 'binary'>): string {
  return `${tab} ${binary ?? ''} ${name}`;
}
