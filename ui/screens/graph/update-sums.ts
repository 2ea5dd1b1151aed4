/** What the keys do in the lists of functions and callers, the flame view and the timeline. */
import { moveCursor } from '../../state/list-cursor.ts';
import { flameCells, flameNode } from './flame-view.ts';
import type { GraphState } from './graph-state.ts';
import { sumRows } from './sums-view.ts';
import { laneRows, zoomTimeline } from './timeline-view.ts';
import type { TreeContext } from './update-tree.ts';
import { goTo } from './update-tree.ts';

export function updateSums(state: GraphState, action: string, context: TreeContext): GraphState | undefined {
  if (state.view === 'flame') return updateFlame(state, action, context);
  if (state.view === 'timeline') return updateTimeline(state, action, context);
  const list = state.view === 'callers' ? 'callers' : 'functions';
  const rows = sumRows(state, context.models);
  const moved = moveCursor(state[list], action, rows.length, context.height);
  if (moved !== undefined) return { ...state, [list]: moved };
  const row = rows[state[list].at];
  if (row === undefined || row.title !== undefined) return undefined;
  if (action === 'callers-view' || (action === 'fold' && list === 'functions')) return showCallers(state, row.func);
  return action === 'fold' ? showCallers(state, row.func) : undefined;
}

/** The callers of a function; it is what the list of callers stands on until another one is asked for. */
export function showCallers(state: GraphState, func: number): GraphState {
  return { ...state, view: 'callers', callersOf: func, callers: { at: 1, top: 0 } };
}

function updateFlame(state: GraphState, action: string, context: TreeContext): GraphState | undefined {
  const cells = flameCells(state, context.models);
  const moved = moveCursor(state.flame, action, cells.length, cells.length);
  if (moved !== undefined) return { ...state, flame: { at: moved.at, top: 0 } };
  const node = flameNode(state, context.models);
  const { paths } = context.models;
  switch (action) {
    case 'fold':
    case 'zoom':
      if (node === undefined) return state;
      return {
        ...goTo(state, context, paths.keyOf(node)),
        flame: { at: 0, top: 0 },
        tree: { ...state.tree, zoom: paths.keyOf(node) },
      };
    case 'unzoom':
    case 'parent':
    case 'fold-or-parent':
      return { ...state, flame: { at: 0, top: 0 }, tree: { ...state.tree, zoom: '' } };
    default:
      return undefined;
  }
}

function updateTimeline(state: GraphState, action: string, context: TreeContext): GraphState | undefined {
  const { timeline } = state;
  const lanes = laneRows(state, context.models);
  const moved = moveCursor(timeline.cursor, action, lanes.length, context.height);
  if (moved !== undefined) return { ...state, timeline: { ...timeline, cursor: moved } };
  switch (action) {
    case 'level-more':
      return zoomTimeline(state, context.models, 0.5, 0);
    case 'level-less':
      return zoomTimeline(state, context.models, 2, 0);
    case 'fold-or-parent':
      return zoomTimeline(state, context.models, 1, -0.25);
    case 'unfold-or-child':
      return zoomTimeline(state, context.models, 1, 0.25);
    case 'fold':
      return { ...state, timeline: { ...timeline, by: timeline.by === 'cpu' ? 'task' : 'cpu' } };
    case 'zoom':
      if (state.spanA === undefined || state.spanB === undefined) return state;
      return {
        ...state,
        timeline: { ...timeline, from: Math.min(state.spanA, state.spanB), to: Math.max(state.spanA, state.spanB) },
      };
    case 'unzoom':
      return { ...state, timeline: { ...timeline, from: undefined, to: undefined } };
    default:
      return undefined;
  }
}
