/** The Graph screen: call trees, merged or one by one, of a live session or a recording. */
import { parseDuration } from '../../../src/index.ts';
import type { Effect } from '../../state/effect.ts';
import type { Screen, ScreenEvent, ScreenView, Update, ViewContext } from '../../state/screen.ts';
import { streamEffects } from '../stream-effects.ts';
import { sourceOfFunction } from './function-here.ts';
import { type GraphState, type GraphViewName, graphViews, initialGraphState } from './graph-state.ts';
import { copyRow, copySubtree, detailOf } from './graph-text.ts';
import { graphView, viewHeights } from './graph-view.ts';
import { jumpToSlowest, markHere, placeAction, rememberPlace } from './places.ts';
import { searchGraph, stepToMatch } from './search-graph.ts';
import { treeColumns } from './tree-columns.ts';
import { sortableMetrics } from './tree-view.ts';
import { jumpToGap, settleCalls, updateCalls } from './update-calls.ts';
import { updateSums } from './update-sums.ts';
import { rebuildTree, refreshNodes, updateTree } from './update-tree.ts';

export const graphScreen: Screen<GraphState> = {
  id: 'graph',
  title: 'Graph',
  initial: () => initialGraphState,
  view: (state, context): ScreenView => graphView(refreshNodes(state, context.models), context),
  update: updateGraph,
};

function updateGraph(before: GraphState, event: ScreenEvent, context: ViewContext): Update<GraphState> {
  const state = refreshNodes(before, context.models);
  const place = { models: context.models, now: context.now, height: viewHeights(state, context).body };
  switch (event.kind) {
    case 'tick':
      return { state: refresh(state, place) };
    case 'action':
      return runAction(state, event.action, event.letter, context);
    case 'search':
      return searchGraph(state, event.query, place);
    case 'filter':
      return { state, effects: [{ kind: 'filters', change: { what: 'add', text: event.text } }] };
    case 'wheel':
      return { state: moveBy(state, event.rows, place) };
    case 'click':
      return { state: clickRow(state, event.row, place) };
    case 'command':
      return runCommand(state, event.words, context);
    default:
      return { state };
  }
}

interface PlaceContext {
  readonly models: ViewContext['models'];
  readonly now: number;
  readonly height: number;
}

/** New data; while paused everything stays. */
function refresh(state: GraphState, place: PlaceContext): GraphState {
  if (state.pausedAt !== undefined) return state;
  return settleCalls(rebuildTree(state, place, false), place);
}

function moveBy(state: GraphState, rows: number, place: PlaceContext): GraphState {
  let next = state;
  for (let step = 0; step < Math.abs(rows); step += 1) next = updateView(next, rows > 0 ? 'down' : 'up', place) ?? next;
  return next;
}

/** A click puts the cursor there; one on the row of the cursor folds it. */
function clickRow(state: GraphState, row: number, place: PlaceContext): GraphState {
  const cursor = cursorOf(state);
  const by = cursor.top + row - cursor.at;
  return by === 0 ? (updateView(state, 'fold', place) ?? state) : moveBy(state, by, place);
}

function cursorOf(state: GraphState) {
  if (state.view === 'tree') return state.tree.cursor;
  if (state.view === 'calls') return state.calls.opened === undefined ? state.calls.cursor : state.calls.openedCursor;
  return state[state.view === 'timeline' ? 'functions' : state.view];
}

/** What the view that is shown makes of an action; undefined when it knows none. */
function updateView(state: GraphState, action: string, place: PlaceContext): GraphState | undefined {
  if (state.view === 'tree') return updateTree(state, action, place);
  if (state.view === 'calls') return updateCalls(state, action, place);
  return updateSums(state, action, place);
}

function runAction(
  state: GraphState,
  action: string,
  letter: string | undefined,
  context: ViewContext,
): Update<GraphState> {
  const place = { models: context.models, now: context.now, height: viewHeights(state, context).body };
  const jumped = placeAction(state, action, letter, place);
  if (jumped !== undefined) return { state: jumped };
  switch (action) {
    case 'next-match':
    case 'previous-match':
      return stepToMatch(state, action === 'next-match' ? 1 : -1, place);
    case 'next-slow':
    case 'previous-slow':
    case 'next-error':
    case 'previous-error':
      return { state: updateCalls(rememberPlace({ ...state, view: 'calls' }, state), action, place) ?? state };
    case 'slowest':
      return { state: jumpToSlowest(state, place) };
    case 'next-gap':
      return { state: jumpToGap(rememberPlace(state, state), place) };
    case 'mark-a':
    case 'mark-b':
      return { state: markHere(state, action, place) };
    case 'back':
      return { state: leave(state) };
    case 'pause': {
      const pausedAt = state.pausedAt === undefined ? context.models.status.events : undefined;
      return { state: settleAfter({ ...state, pausedAt }, state, place) };
    }
    default: {
      const effects = effectsOf(state, action, context);
      if (effects !== undefined) return { state, effects };
      const next = changeView(state, action) ?? updateView(state, action, place) ?? state;
      return { state: next === state ? state : settleAfter(next, state, place) };
    }
  }
}

/** What `Esc` and `q` take back first: an opened call, the search, the zoom, a view that is not the tree. */
function leave(state: GraphState): GraphState {
  if (state.calls.opened !== undefined && state.view === 'calls')
    return { ...state, calls: { ...state.calls, opened: undefined } };
  if (state.search !== '') return { ...state, search: '' };
  return state;
}

const viewActions: Readonly<Record<string, GraphViewName>> = {
  'tree-view': 'tree',
  'calls-view': 'calls',
  'functions-view': 'functions',
  'flame-view': 'flame',
  timeline: 'timeline',
};

function changeView(state: GraphState, action: string): GraphState | undefined {
  const view = viewActions[action];
  if (view !== undefined) return { ...state, view, calls: { ...state.calls, opened: undefined } };
  switch (action) {
    case 'next-pane':
    case 'previous-pane': {
      const step = action === 'next-pane' ? 1 : graphViews.length - 1;
      return { ...state, view: graphViews[(graphViews.indexOf(state.view) + step) % graphViews.length]! };
    }
    case 'sort-left':
    case 'sort-right': {
      const at = sortableMetrics.indexOf(state.metric) + (action === 'sort-right' ? 1 : -1);
      return { ...state, metric: sortableMetrics[(at + sortableMetrics.length) % sortableMetrics.length]! };
    }
    case 'invert':
      return { ...state, ascending: !state.ascending };
    case 'percent': {
      const next = { absolute: 'of root', 'of root': 'of caller', 'of caller': 'absolute' } as const;
      return { ...state, percent: next[state.percent] };
    }
    case 'pan-left':
    case 'pan-right':
      return { ...state, panX: Math.max(0, state.panX + (action === 'pan-right' ? 8 : -8)) };
    default:
      return undefined;
  }
}

/** After a change of order or view the rows are built anew. */
function settleAfter(next: GraphState, before: GraphState, place: PlaceContext): GraphState {
  const isReordered = next.metric !== before.metric || next.ascending !== before.ascending;
  const rebuilt = isReordered ? rebuildTree(next, place, true) : next;
  if (next.view !== before.view || before.pausedAt !== next.pausedAt) return settleCalls(rebuilt, place);
  return rebuilt;
}

function effectsOf(state: GraphState, action: string, context: ViewContext): readonly Effect[] | undefined {
  switch (action) {
    case 'copy':
      return [{ kind: 'copy', ...copyRow(state, context.models) }];
    case 'copy-all':
      return [{ kind: 'copy', ...copySubtree(state, context.models) }];
    case 'detail':
      return [{ kind: 'show', ...detailOf(state, context.models) }];
    case 'columns': {
      const rows = treeColumns.map(({ name, from }) => ({
        name,
        on: !state.hiddenColumns.has(name),
        ...(context.width < from ? { note: `from ${from} columns on` } : {}),
      }));
      return [{ kind: 'pick', title: 'Columns', rows, command: 'column' }];
    }
    case 'source':
      return sourceOfFunction(state, context.models);
    case 'export':
      return [{ kind: 'ask', to: 'command', text: 'export trace.folded' }];
    default:
      return streamEffects(action, context.models);
  }
}

/** `:slow 5ms`, `:by task`, `:hot`, and what pick lists send back. */
function runCommand(state: GraphState, words: readonly string[], context: ViewContext): Update<GraphState> {
  const [name, first = '', second = ''] = words;
  const place = { models: context.models, now: context.now, height: viewHeights(state, context).body };
  switch (name) {
    case 'column': {
      const hiddenColumns = new Set(state.hiddenColumns);
      if (first === 'on') hiddenColumns.delete(second);
      else hiddenColumns.add(second);
      return { state: { ...state, hiddenColumns } };
    }
    case 'chip':
      return { state, effects: [{ kind: 'filters', change: chipChange(first, words.slice(2).join(' '), context) }] };
    case 'slow':
      try {
        return { state: { ...state, slow: parseDuration(first) * 1e6 } };
      } catch (error) {
        return { state, effects: [{ kind: 'message', text: (error as Error).message, isError: true }] };
      }
    case 'hot':
      return { state: toEndOfHotPath(state, place) };
    case 'by':
      return { state, effects: [{ kind: 'split', by: first }] };
    case 'view':
      return { state: changeView(state, `${first}-view`) ?? state };
    default:
      return {
        state,
        effects: [{ kind: 'message', text: `there is no command ${name} on this screen`, isError: true }],
      };
  }
}

function chipChange(what: string, text: string, { models }: ViewContext) {
  const index = models.filterRows().findIndex(({ name }) => name === text);
  return { what: what === 'remove' ? 'remove' : 'toggle', index } as const;
}

function toEndOfHotPath(state: GraphState, place: PlaceContext): GraphState {
  const last = state.tree.rows.findLastIndex(({ isHot }) => isHot);
  return last < 0 ? state : moveBy({ ...state, view: 'tree' }, last - state.tree.cursor.at, place);
}
