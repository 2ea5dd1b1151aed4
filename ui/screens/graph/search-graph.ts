/** Searching: in the tree through all paths, folded ones too; in the lists through their rows. */
import type { Update } from '../../state/screen.ts';
import type { GraphState } from './graph-state.ts';
import { sumRows } from './sums-view.ts';
import { goToCall } from './update-calls.ts';
import { goTo, type TreeContext } from './update-tree.ts';

export function searchGraph(state: GraphState, query: string, context: TreeContext): Update<GraphState> {
  if (query === '') return { state: { ...state, search: '' } };
  return stepToMatch({ ...state, search: query }, 1, context, true);
}

/** To the next match from the cursor on, around the end; `here` takes the row of the cursor as well. */
export function stepToMatch(state: GraphState, step: 1 | -1, context: TreeContext, here = false): Update<GraphState> {
  if (state.search === '') return { state };
  const found = state.view === 'tree' ? stepInTree(state, step, context, here) : stepInList(state, step, context, here);
  if (found === undefined) {
    return { state, effects: [{ kind: 'message', text: `nothing found: ${state.search}`, isError: true }] };
  }
  return { state: found.state, effects: [{ kind: 'message', text: `${found.at} of ${found.of}: ${state.search}` }] };
}

interface Found {
  readonly state: GraphState;
  /** The match and their number, from 1. */
  readonly at: number;
  readonly of: number;
}

function stepInTree(state: GraphState, step: 1 | -1, context: TreeContext, here: boolean): Found | undefined {
  const { models } = context;
  const matches = listPaths(models).filter((node) => models.matches(models.labelOf(node).text, state.search));
  if (matches.length === 0) return undefined;
  const order = listPaths(models);
  const row = state.tree.rows[state.tree.cursor.at];
  const place = row === undefined ? -1 : order.indexOf(row.node);
  const places = matches.map((node) => order.indexOf(node));
  const index = nextIndex(places, place, step, here);
  const key = models.paths.keyOf(matches[index]!);
  return { state: goTo(state, context, key), at: index + 1, of: matches.length };
}

/** All nodes, callers before callees, in the order of their sums. */
function listPaths({ paths }: TreeContext['models']): number[] {
  const nodes: number[] = [];
  const smallestFirst = (node: number) => paths.children(node).sort((a, b) => paths.totalOf(a) - paths.totalOf(b));
  const waiting = smallestFirst(0);
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (paths.kindOf(node) !== 'more') nodes.push(node);
    waiting.push(...smallestFirst(node));
  }
  return nodes;
}

function stepInList(state: GraphState, step: 1 | -1, context: TreeContext, here: boolean): Found | undefined {
  const { models } = context;
  const isCalls = state.view === 'calls';
  const list = state.view === 'callers' ? 'callers' : 'functions';
  const rows = isCalls ? [] : sumRows(state, models);
  const length = isCalls ? models.calls.length : rows.length;
  const textAt = (at: number) => {
    const row = isCalls ? models.calls.rowAt(at) : rows[at]!;
    if ('kind' in row) return row.kind === 'gap' ? '' : `${models.nameOf(row.func).name} ${models.taskOf(row.pid)}`;
    return row.title === undefined ? models.nameOf(row.func).name : '';
  };
  const places: number[] = [];
  for (let at = 0; at < length; at += 1) if (models.matches(textAt(at), state.search)) places.push(at);
  if (places.length === 0) return undefined;
  const index = nextIndex(places, isCalls ? state.calls.cursor.at : state[list].at, step, here);
  const at = places[index]!;
  const moved = isCalls
    ? goToCall(state, at, context)
    : { ...state, [list]: { at, top: Math.max(0, at - Math.floor(context.height / 2)) } };
  return { state: moved, at: index + 1, of: places.length };
}

/** The index of the next place in a sorted list, around its ends. */
function nextIndex(places: readonly number[], from: number, step: 1 | -1, here: boolean): number {
  if (step === 1) {
    const next = places.findIndex((place) => (here ? place >= from : place > from));
    return Math.max(next, 0);
  }
  const before = places.findLastIndex((place) => place < from);
  return before < 0 ? places.length - 1 : before;
}
