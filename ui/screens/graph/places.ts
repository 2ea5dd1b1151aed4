/** Jumps that can be taken back, marks a to z, and the time marks A and B. */
import type { GraphState, Place } from './graph-state.ts';
import { goToCall, openCall, placeOfCall } from './update-calls.ts';
import { showCallers } from './update-sums.ts';
import { goTo, type TreeContext } from './update-tree.ts';

const placesKept = 50;

function placeOf({ view, tree, calls }: GraphState): Place {
  return { view, key: tree.key, id: calls.id };
}

/** `next` with the place of `before` to go back to. */
export function rememberPlace(next: GraphState, before: GraphState): GraphState {
  return { ...next, places: [placeOf(before), ...before.places].slice(0, placesKept) };
}

function goToPlace(state: GraphState, { view, key, id }: Place, context: TreeContext): GraphState {
  if (view !== 'calls') return goTo({ ...state, view }, context, key);
  const at = id === undefined ? undefined : placeOfCall(context.models.calls, id);
  return at === undefined ? { ...state, view } : goToCall(state, at, context);
}

/** Marks and the way back; undefined for any other action. */
export function placeAction(
  state: GraphState,
  action: string,
  letter: string | undefined,
  context: TreeContext,
): GraphState | undefined {
  switch (action) {
    case 'mark': {
      if (letter === undefined || !/^[a-z]$/.test(letter)) return state;
      const { id } = state.calls;
      if (state.view === 'calls' && id !== undefined) context.models.graph.calls.mark(id, true);
      return { ...state, marks: new Map(state.marks).set(letter, placeOf(state)) };
    }
    case 'go-mark': {
      const place = letter === undefined ? undefined : state.marks.get(letter);
      return place === undefined ? state : rememberPlace(goToPlace(state, place, context), state);
    }
    case 'back-place': {
      const [last, ...places] = state.places;
      return last === undefined ? state : { ...goToPlace(state, last, context), places };
    }
    case 'callers-view':
      return showCallersOfCursor(state, context);
    default:
      return undefined;
  }
}

function showCallersOfCursor(state: GraphState, { models }: TreeContext): GraphState | undefined {
  if (state.view === 'functions' || state.view === 'callers') return undefined;
  const row = state.tree.rows[state.tree.cursor.at];
  if (row === undefined || models.paths.kindOf(row.node) !== 'function') return { ...state, view: 'callers' };
  return rememberPlace(showCallers(state, models.paths.funcOf(row.node)), state);
}

/** A or B at the time of the call under the cursor, or of the slowest call of the node. */
export function markHere(state: GraphState, action: 'mark-a' | 'mark-b', { models }: TreeContext): GraphState {
  const time = timeHere(state, models);
  if (time === undefined) return state;
  return action === 'mark-a' ? { ...state, spanA: time } : { ...state, spanB: time };
}

function timeHere({ view, calls, tree }: GraphState, models: TreeContext['models']): number | undefined {
  if (view === 'calls')
    return calls.cursor.at < models.calls.length ? models.calls.rowAt(calls.cursor.at).time : undefined;
  const row = tree.rows[tree.cursor.at];
  return row === undefined ? undefined : models.paths.stats(row.node).maxAt?.time;
}

/** The slowest kept call of the root that the cursor is under, of those that pass the filters, opened as it was. */
export function jumpToSlowest(state: GraphState, context: TreeContext): GraphState {
  const { paths, calls, graph } = context.models;
  const row = state.tree.rows[state.tree.cursor.at];
  if (row === undefined) return state;
  const root = paths.pathOf(row.node).find((node) => paths.kindOf(node) === 'function');
  const slowest = root === undefined ? [] : graph.calls.slowest(paths.funcOf(root));
  const at = slowest.map(({ id }) => placeOfCall(calls, id)).find((place) => place !== undefined);
  return at === undefined ? state : rememberPlace(openCall(goToCall(state, at, context), context), state);
}
