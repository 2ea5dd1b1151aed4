/** The function that the cursor of the Graph screen is on, whichever view is shown. */
import type { Effect } from '../../state/effect.ts';
import type { FunctionName, Models } from '../../state/models.ts';
import { flameNode } from './flame-view.ts';
import type { GraphState } from './graph-state.ts';
import { sumRows } from './sums-view.ts';
import { openedRows } from './update-calls.ts';

export function sourceOfFunction(state: GraphState, models: Models): readonly Effect[] {
  const found = functionHere(state, models);
  if (found === undefined) return [{ kind: 'message', text: 'there is no function under the cursor', isError: true }];
  return [{ kind: 'source', subject: { kind: 'kernel-function', ...found } }];
}

function functionHere(state: GraphState, models: Models): FunctionName | undefined {
  switch (state.view) {
    case 'tree':
      return functionOfNode(state.tree.rows[state.tree.cursor.at]?.node, models);
    case 'flame':
      return functionOfNode(flameNode(state, models), models);
    case 'calls':
      return functionOfCall(state, models);
    case 'timeline':
      return undefined;
    default: {
      const row = sumRows(state, models)[state[state.view].at];
      return row === undefined || row.title !== undefined ? undefined : models.nameOf(row.func);
    }
  }
}

function functionOfNode(node: number | undefined, models: Models): FunctionName | undefined {
  const { paths } = models;
  return node === undefined || paths.kindOf(node) !== 'function' ? undefined : models.nameOf(paths.funcOf(node));
}

function functionOfCall(state: GraphState, models: Models): FunctionName | undefined {
  const { opened, openedCursor, cursor } = state.calls;
  if (opened !== undefined) {
    const row = openedRows(state, models)[openedCursor.at];
    return row === undefined ? undefined : models.nameOfAddress(row.node.func);
  }
  const row = cursor.at < models.calls.length ? models.calls.rowAt(cursor.at) : undefined;
  return row === undefined || row.kind === 'gap' ? undefined : models.nameOf(row.func);
}
