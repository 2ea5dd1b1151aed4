/** What the keys do in the tree view. */
import { moveCursor, settle } from '../../state/list-cursor.ts';
import type { Models } from '../../state/models.ts';
import type { PathReader } from '../../state/path-reader.ts';
import type { GraphState, TreeState } from './graph-state.ts';
import { chooseNodes } from './tree-filter.ts';
import { buildTreeRows, largestChild, restKey, restSuffix, type TreeRow } from './tree-rows.ts';

/** Rows are put in order anew at most this often while data comes in. */
const orderMs = 2_000;
/** New rows appear this soon. */
const growMs = 250;

export interface TreeContext {
  readonly models: Models;
  readonly now: number;
  /** Rows of the body. */
  readonly height: number;
}

/** Builds the rows when the data or the request has changed; `force` after a key. The cursor stays with its node. */
export function rebuildTree(state: GraphState, context: TreeContext, isAsked: boolean): GraphState {
  const { tree } = state;
  const { paths, nameFilter } = context.models;
  const builtFilter = nameFilter?.version ?? 0;
  const force = isAsked || builtFilter !== tree.builtFilter;
  const isNew = paths.version !== tree.builtVersion;
  const keepOrder = !force && context.now - tree.builtAt < orderMs && !isRead(context.models);
  if (!force && !(isNew && isDue(tree, context, keepOrder))) return state;
  const root = tree.zoom === '' ? 0 : (paths.find(tree.zoom) ?? 0);
  const rows = buildTreeRows({
    paths,
    root,
    folds: tree.folds,
    metric: state.metric,
    ascending: state.ascending,
    hideInterrupts: state.hideInterrupts,
    accepts: nameFilter && chooseNodes(paths, nameFilter, (node) => context.models.labelOf(node).text),
    opensAll: nameFilter?.wants !== undefined,
    before: force && !isNew ? undefined : tree.rows,
  });
  // Between two orderings only what is new is added: the numbers change in place.
  const seen = { builtNodes: paths.nodeCount, grownAt: context.now };
  if (keepOrder && rows.length === tree.rows.length) return { ...state, tree: { ...tree, ...seen } };
  const at = rows.findIndex(({ key }) => key === tree.key);
  const cursor = settle({ at: at < 0 ? tree.cursor.at : at, top: shiftTop(tree, at) }, rows.length, context.height);
  const key = rows[cursor.at]?.key ?? '';
  return {
    ...state,
    tree: {
      ...tree,
      ...seen,
      rows,
      cursor,
      key,
      builtMerges: paths.merges,
      builtFilter,
      builtVersion: paths.version,
      builtAt: force ? tree.builtAt : context.now,
    },
  };
}

/** Between two orderings only new nodes are a reason to build, and not too often. */
function isDue(tree: TreeState, { models, now }: TreeContext, keepOrder: boolean): boolean {
  if (tree.rows.length === 0 || !keepOrder) return true;
  return now - tree.grownAt >= growMs && models.paths.nodeCount !== tree.builtNodes;
}

/** All of a recording is there, or tracing is over: what comes last is the order to stay. */
function isRead({ transport, status, isTracing }: Models): boolean {
  if (status.kind === 'live') return !isTracing && status.events > 0;
  return transport?.speed === 0 && status.share === 1;
}

/** The row under the cursor stays at its height on the screen. */
function shiftTop({ cursor }: TreeState, at: number): number {
  return at < 0 ? cursor.top : cursor.top + at - cursor.at;
}

/** Small leaves were merged since the rows were built: their nodes are found again by their paths. */
export function refreshNodes(state: GraphState, { paths }: Models): GraphState {
  const { tree } = state;
  if (paths.merges === tree.builtMerges) return state;
  const rows = tree.rows.flatMap((row) => {
    const node = paths.find(row.rest === undefined ? row.key : row.key.slice(0, -restSuffix.length));
    return node === undefined ? [] : [{ ...row, node }];
  });
  const at = rows.findIndex(({ key }) => key === tree.key);
  const cursor = settle({ at: at < 0 ? tree.cursor.at : at, top: tree.cursor.top }, rows.length, rows.length);
  return {
    ...state,
    tree: {
      ...tree,
      rows,
      cursor: { ...cursor, top: Math.min(tree.cursor.top, cursor.at) },
      builtMerges: paths.merges,
    },
  };
}

export function updateTree(state: GraphState, action: string, context: TreeContext): GraphState | undefined {
  const { tree } = state;
  const moved = moveCursor(tree.cursor, action, tree.rows.length, context.height);
  if (moved !== undefined) return { ...state, tree: { ...tree, cursor: moved, key: tree.rows[moved.at]?.key ?? '' } };
  const row = tree.rows[tree.cursor.at];
  if (row === undefined) return undefined;
  const { paths } = context.models;
  switch (action) {
    case 'fold':
      return row.foldable ? setFolds(state, context, [[row.key, row.rest !== undefined || !row.isOpen]]) : state;
    case 'fold-or-parent':
      return row.isOpen ? setFolds(state, context, [[row.key, false]]) : goTo(state, context, parentKey(row, paths));
    case 'unfold-or-child':
      if (!row.foldable) return state;
      if (!row.isOpen) return setFolds(state, context, [[row.key, true]]);
      return updateTree(state, 'down', context);
    case 'parent':
      return goTo(state, context, parentKey(row, paths));
    case 'unfold-all':
    case 'fold-all':
      return setFolds(state, context, keysBelow(row.node, paths, action === 'unfold-all'));
    case 'hot-only':
      return rebuildTree({ ...state, tree: { ...tree, folds: new Map() } }, context, true);
    case 'level-more':
    case 'level-less':
      return changeLevel(state, context, action === 'level-more');
    case 'longest':
      return stepToLongest(state, row, context);
    case 'next-sibling':
    case 'previous-sibling':
      return goTo(state, context, siblingKey(row, tree.rows, paths, action === 'next-sibling' ? 1 : -1));
    case 'zoom':
      return row.rest === undefined
        ? rebuildTree({ ...state, tree: { ...tree, zoom: row.key } }, context, true)
        : state;
    case 'unzoom':
      return rebuildTree({ ...state, tree: { ...tree, zoom: '' } }, context, true);
    default:
      return undefined;
  }
}

/** Moves the cursor to a path, unfolding what hides it. */
export function goTo(state: GraphState, context: TreeContext, key: string | undefined): GraphState {
  if (key === undefined) return state;
  const { paths } = context.models;
  const node = paths.find(key);
  const isShown = ({ tree }: GraphState) => tree.rows.some((row) => row.key === key);
  let next = state;
  if (node !== undefined && !isShown(next)) next = unfoldAbove(state, context, node, false);
  if (node !== undefined && !isShown(next)) next = unfoldAbove(state, context, node, true);
  const at = next.tree.rows.findIndex((row) => row.key === key);
  if (at < 0) return next;
  const cursor = settle({ at, top: next.tree.cursor.top }, next.tree.rows.length, context.height);
  return { ...next, tree: { ...next.tree, cursor, key } };
}

/** Unfolds the callers of a node; `withSmall` what is drawn as `… N more` among their callees as well. */
function unfoldAbove(state: GraphState, context: TreeContext, node: number, withSmall: boolean): GraphState {
  const { paths } = context.models;
  const keys = paths
    .pathOf(node)
    .slice(0, -1)
    .map((above) => paths.keyOf(above));
  const all = withSmall ? keys.flatMap((key) => [key, restKey(key)]) : keys;
  return setFolds(
    state,
    context,
    all.map((key) => [key, true] as const),
  );
}

function setFolds(
  state: GraphState,
  context: TreeContext,
  changes: readonly (readonly [string, boolean])[],
): GraphState {
  const folds = new Map(state.tree.folds);
  for (const [key, isOpen] of changes) folds.set(key, isOpen);
  return rebuildTree({ ...state, tree: { ...state.tree, folds } }, context, true);
}

function parentKey({ node, rest }: TreeRow, paths: PathReader): string | undefined {
  const parent = rest === undefined ? paths.parentOf(node) : node;
  return parent > 0 ? paths.keyOf(parent) : undefined;
}

function siblingKey(row: TreeRow, rows: readonly TreeRow[], paths: PathReader, step: 1 | -1): string | undefined {
  const parent = paths.parentOf(row.node);
  const siblings = rows.filter(({ node, rest }) => rest === undefined && paths.parentOf(node) === parent);
  return siblings[siblings.findIndex(({ key }) => key === row.key) + step]?.key;
}

/** More than this below a node is not unfolded at once. */
const mostUnfolded = 20_000;

function keysBelow(node: number, paths: PathReader, isOpen: boolean): [string, boolean][] {
  const changes: [string, boolean][] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined && changes.length < mostUnfolded; next = waiting.pop()) {
    const children = paths.children(next);
    if (children.length === 0) continue;
    const key = paths.keyOf(next);
    changes.push([key, isOpen], [restKey(key), isOpen]);
    waiting.push(...children);
  }
  return changes;
}

/** One level more: the outermost folded rows open; one less: the innermost open rows fold. */
function changeLevel(state: GraphState, context: TreeContext, more: boolean): GraphState {
  const { rows } = state.tree;
  const { paths } = context.models;
  const depthOf = ({ node }: TreeRow) => paths.pathOf(node).length;
  const candidates = rows.filter((row) => row.foldable && row.rest === undefined && row.isOpen !== more);
  if (candidates.length === 0) return state;
  const depths = candidates.map(depthOf);
  const level = more ? Math.min(...depths) : Math.max(...depths);
  const chosen = candidates.filter((_, index) => depths[index] === level);
  return setFolds(
    state,
    context,
    chosen.map(({ key }) => [key, more] as const),
  );
}

function stepToLongest(state: GraphState, row: TreeRow, context: TreeContext): GraphState {
  const { paths } = context.models;
  const child = largestChild(paths, row.node, state.metric);
  return child === undefined ? state : goTo(state, context, paths.keyOf(child));
}
