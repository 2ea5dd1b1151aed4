/** What the keys do in the list of single calls, and in a tree that was opened in its place. */
import type { CallRow } from '../../../src/index.ts';
import { atFirst, moveCursor, settle } from '../../state/list-cursor.ts';
import type { CallList, Models } from '../../state/models.ts';
import { listTreeCalls } from './calls-view.ts';
import type { CallsState, GraphState } from './graph-state.ts';

export interface CallsContext {
  readonly models: Models;
  readonly height: number;
}

/** Keeps the cursor with its call, or at the newest while following. */
export function settleCalls(state: GraphState, { models, height }: CallsContext): GraphState {
  const { calls } = state;
  const { length } = models.calls;
  const at = calls.following ? length - 1 : findCall(models, calls);
  const top = calls.following ? length - height : calls.cursor.top + at - calls.cursor.at;
  const cursor = settle({ at, top }, length, height);
  return { ...state, calls: { ...calls, cursor, id: idAt(models.calls, cursor.at) } };
}

/** The call's place; that of the next one where it is not among those that are shown. */
function findCall({ calls }: Models, { id, cursor }: CallsState): number {
  if (id === undefined || idAt(calls, cursor.at) === id) return cursor.at;
  return Math.min(calls.indexOf(id), calls.length - 1);
}

/** undefined when the call is gone, or filtered out. */
export function placeOfCall(calls: CallList, id: number): number | undefined {
  const at = calls.indexOf(id);
  return idAt(calls, at) === id ? at : undefined;
}

function idAt(calls: CallList, at: number): number | undefined {
  return at >= 0 && at < calls.length ? calls.rowAt(at).id : undefined;
}

export function updateCalls(state: GraphState, action: string, context: CallsContext): GraphState | undefined {
  const { calls } = state;
  if (calls.opened !== undefined) return updateOpened(state, action, context);
  const { length } = context.models.calls;
  const moved = moveCursor(calls.cursor, action, length, context.height);
  if (moved !== undefined) {
    const following = action === 'last' || (moved.at === length - 1 && calls.following);
    return { ...state, calls: { ...calls, cursor: moved, id: idAt(context.models.calls, moved.at), following } };
  }
  switch (action) {
    case 'fold':
    case 'unfold-or-child':
      return openCall(state, context);
    case 'follow':
      return settleCalls({ ...state, calls: { ...calls, following: !calls.following } }, context);
    case 'next-slow':
    case 'previous-slow':
      return jump(state, action === 'next-slow' ? 1 : -1, context, (row) => isSlow(row, state, context.models));
    case 'next-error':
    case 'previous-error':
      return jump(state, action === 'next-error' ? 1 : -1, context, ({ errno }) => errno !== undefined);
    case 'step-back':
      return updateCalls(state, 'up', context);
    case 'step-on':
      return updateCalls(state, 'down', context);
    default:
      return undefined;
  }
}

/** At least as long as was asked for, or as 99 of 100 calls of its function. */
function isSlow(row: CallRow, { slow }: GraphState, { paths }: Models): boolean {
  if (row.duration === undefined) return false;
  if (slow !== undefined) return row.duration >= slow;
  const root = paths.children(0).find((node) => paths.funcOf(node) === row.func);
  const p99 = root === undefined ? undefined : paths.percentile(root, 0.99);
  return p99 !== undefined && row.duration >= p99;
}

/** To the next call in a direction for which `test` holds; stays where there is none. */
export function jump(
  state: GraphState,
  step: 1 | -1,
  { models, height }: CallsContext,
  test: (row: CallRow) => boolean,
): GraphState {
  const { calls } = models;
  for (let at = state.calls.cursor.at + step; at >= 0 && at < calls.length; at += step) {
    const row = calls.rowAt(at);
    if (row.kind === 'call' && test(row)) return goToCall(state, at, { models, height });
  }
  return state;
}

/** The next row of lost events; from the last on, the first. */
export function jumpToGap(state: GraphState, context: CallsContext): GraphState {
  const { calls } = context.models;
  for (let step = 1; step <= calls.length; step += 1) {
    const at = (state.calls.cursor.at + step) % calls.length;
    if (calls.rowAt(at).kind === 'gap') return goToCall(state, at, context);
  }
  return state;
}

export function goToCall(state: GraphState, at: number, { models, height }: CallsContext): GraphState {
  const top = Math.abs(at - state.calls.cursor.at) < height ? state.calls.cursor.top : at - Math.floor(height / 2);
  const cursor = settle({ at, top }, models.calls.length, height);
  const id = idAt(models.calls, cursor.at);
  return { ...state, view: 'calls', calls: { ...state.calls, cursor, id, following: false, opened: undefined } };
}

/** Shows the tree of the call under the cursor. */
export function openCall(state: GraphState, { models }: CallsContext): GraphState {
  const { cursor } = state.calls;
  if (cursor.at >= models.calls.length) return state;
  const row = models.calls.rowAt(cursor.at);
  if (row.kind === 'gap' || models.treeOf(row) === undefined) return state;
  return { ...state, calls: { ...state.calls, opened: row.id, openedCursor: atFirst, following: false } };
}

function updateOpened(state: GraphState, action: string, context: CallsContext): GraphState | undefined {
  const { calls } = state;
  if (action === 'parent' || action === 'fold-or-parent' || action === 'fold') {
    return { ...state, calls: { ...calls, opened: undefined } };
  }
  if (action === 'step-back' || action === 'step-on') {
    const stepped = updateCalls({ ...state, calls: { ...calls, opened: undefined } }, action, context);
    return stepped === undefined ? state : openCall(stepped, context);
  }
  const rows = openedRows(state, context.models).length;
  const moved = moveCursor(calls.openedCursor, action, rows, context.height);
  return moved === undefined ? undefined : { ...state, calls: { ...calls, openedCursor: moved } };
}

/** The rows of the opened tree; none when its call is gone. */
export function openedRows({ calls }: GraphState, models: Models) {
  const row = calls.opened === undefined ? undefined : models.graph.calls.rowOf(calls.opened);
  const tree = row?.kind === 'call' ? models.treeOf(row) : undefined;
  return tree === undefined ? [] : listTreeCalls(tree);
}
