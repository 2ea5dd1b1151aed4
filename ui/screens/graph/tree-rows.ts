/**
 * The rows of the tree view: calls merged by path, as far as they are unfolded. Fold state is kept by path, so it outlives
 * sorting, new data and a replay. Built when folds, order or data change, never for a frame.
 */
import type { PathMetric } from '../../../src/index.ts';
import type { PathReader } from '../../state/path-reader.ts';

export interface TreeRow {
  readonly node: number;
  /** What fold state and cursor are bound to. */
  readonly key: string;
  /** Levels of indentation; a caller with one callee adds none. */
  readonly indent: number;
  /** For each level whether a sibling follows: the lines drawn before the name. */
  readonly trunks: readonly boolean[];
  readonly isLast: boolean;
  /** The only callee of the row above: it stays in its column. */
  readonly isChain: boolean;
  readonly foldable: boolean;
  readonly isOpen: boolean;
  readonly isHot: boolean;
  /** Of a row `… N more under 1 %`: how many callees it stands for, and their sums. */
  readonly rest?: { readonly count: number; readonly calls: number; readonly total: number; readonly self: number };
}

type RowPlace = Pick<TreeRow, 'indent' | 'trunks' | 'isLast' | 'isChain'>;

export interface TreeRequest {
  readonly paths: PathReader;
  /** The node shown as the whole: 0, or what was zoomed into. */
  readonly root: number;
  /** Paths that were folded (false) or unfolded (true) by hand. */
  readonly folds: ReadonlyMap<string, boolean>;
  readonly metric: PathMetric;
  readonly ascending: boolean;
  readonly hideInterrupts: boolean;
  /** The rows there were: values within a tenth of each other keep their order. */
  readonly before?: readonly TreeRow[] | undefined;
  /** Only nodes for which this holds; undefined shows all. */
  readonly accepts?: ((node: number) => boolean) | undefined;
  /** Everything is unfolded unless it was folded by hand: something is looked for. */
  readonly opensAll?: boolean | undefined;
}

/** The hot path is unfolded until a callee takes less than this share of the root. */
const hotShare = 0.05;
/** Callees below this share of their caller's total become one row. */
const smallShare = 0.01;
const steady = 0.1;
/** Rows beyond this are not built: nobody scrolls there, and searching unfolds what it finds. */
const mostRows = 200_000;

export function buildTreeRows(request: TreeRequest): TreeRow[] {
  return new TreeRowBuilder(request).build();
}

class TreeRowBuilder {
  readonly #request: TreeRequest;
  readonly #rows: TreeRow[] = [];
  /** Where a path was among the rows there were. */
  readonly #places: ReadonlyMap<string, number>;
  readonly #hot: ReadonlySet<number>;
  readonly #rootTotal: number;

  constructor(request: TreeRequest) {
    this.#request = request;
    const { paths, root, before = [] } = request;
    this.#places = new Map(before.map(({ key }, place) => [key, place]));
    this.#rootTotal = Math.max(paths.totalOf(root), 1);
    this.#hot = new Set(findHotPath(paths, root, request.metric));
  }

  build(): TreeRow[] {
    const { paths, root } = this.#request;
    if (root === 0) this.#addChildren(0, 0, [], true);
    else this.#add(root, { indent: 0, trunks: [], isLast: true, isChain: false });
    return paths.isEmpty ? [] : this.#rows;
  }

  #add(node: number, place: RowPlace): void {
    const { paths } = this.#request;
    const key = paths.keyOf(node);
    const foldable = paths.hasChildren(node);
    const isOpen = foldable && this.#isOpen(node, key);
    const isHot = this.#hot.has(node);
    this.#rows.push(this.#reuse({ node, key, ...place, foldable, isOpen, isHot }));
    if (isOpen) this.#addChildren(node, place.indent, place.trunks, place.isLast);
  }

  /** The same row as before where it has not changed, so that what is known of it (its line) stays. */
  #reuse(row: TreeRow): TreeRow {
    const place = this.#places.get(row.key);
    const old = place === undefined ? undefined : this.#request.before![place]!;
    return old !== undefined && areSame(row, old) ? old : row;
  }

  /** `indent`, `trunks` and `isLast` are those of the node itself. */
  #addChildren(node: number, indent: number, trunks: readonly boolean[], isLast: boolean): void {
    const { children, small } = this.#sortedChildren(node);
    if (node !== 0 && indent > 0 && children.length === 1 && small.length === 0) {
      return this.#add(children[0]!, { indent, trunks, isLast, isChain: true });
    }
    const next = node === 0 ? 0 : indent + 1;
    const below = indent === 0 ? [] : [...trunks, !isLast];
    children.forEach((child, index) => {
      if (this.#rows.length >= mostRows) return;
      const isEnd = index === children.length - 1 && small.length === 0;
      this.#add(child, { indent: next, trunks: below, isLast: isEnd, isChain: false });
    });
    if (small.length > 0) this.#addSmall(node, small, { indent: next, trunks: below, isLast: true, isChain: false });
  }

  #sortedChildren(node: number): { children: readonly number[]; small: readonly number[] } {
    const { paths, accepts, hideInterrupts } = this.#request;
    const all = paths
      .children(node)
      .filter((child) => (accepts?.(child) ?? true) && !(hideInterrupts && paths.isInterrupt(child)));
    if (all.length < 2) return { children: all, small: [] };
    const small = this.#findSmall(node, all);
    const isSmall = new Set(small);
    return { children: this.#sort(small.length === 0 ? all : all.filter((child) => !isSmall.has(child))), small };
  }

  /** The callees that one row stands for: at least two. */
  #findSmall(node: number, children: readonly number[]): readonly number[] {
    const { paths, opensAll, folds } = this.#request;
    if (node === 0 || opensAll === true) return [];
    const least = paths.totalOf(node) * smallShare;
    const small = children.filter((child) => paths.totalOf(child) < least && !this.#hot.has(child));
    // Asked last: to look for a text as long as a path takes longer than all of the above.
    return small.length < 2 || folds.get(restKey(paths.keyOf(node))) === true ? [] : small;
  }

  #sort(children: readonly number[]): number[] {
    const { paths, metric, ascending } = this.#request;
    const sign = ascending ? 1 : -1;
    const entries = children.map((node) => ({
      node,
      value: paths.metricOf(node, metric),
      isUnseen: paths.isUnseen(node),
      place: this.#places.get(paths.keyOf(node)),
    }));
    entries.sort((a, b) => {
      // What nobody asked for comes last, however large.
      if (a.isUnseen !== b.isUnseen) return a.isUnseen ? 1 : -1;
      const isClose = Math.abs(a.value - b.value) <= steady * Math.max(Math.abs(a.value), Math.abs(b.value));
      if (isClose && a.place !== undefined && b.place !== undefined) return a.place - b.place;
      return a.value === b.value ? a.node - b.node : sign * (a.value - b.value);
    });
    return entries.map(({ node }) => node);
  }

  #addSmall(node: number, small: readonly number[], place: RowPlace): void {
    const { paths } = this.#request;
    const rest = { count: small.length, calls: 0, total: 0, self: 0 };
    for (const child of small) {
      rest.calls += paths.callsOf(child);
      rest.total += paths.totalOf(child);
      rest.self += paths.selfOf(child);
    }
    const key = restKey(paths.keyOf(node));
    this.#rows.push({ node, key, ...place, foldable: true, isOpen: false, isHot: false, rest });
  }

  #isOpen(node: number, key: string): boolean {
    const byHand = this.#request.folds.get(key);
    if (byHand !== undefined) return byHand;
    const { paths, root, opensAll } = this.#request;
    if (opensAll === true || node === root || (paths.kindOf(node) === 'group' && !paths.isUnseen(node))) return true;
    return this.#hot.has(node) && paths.totalOf(node) >= this.#rootTotal * hotShare;
  }
}

/** Of rows that stand for a node each. */
function areSame(row: TreeRow, other: TreeRow): boolean {
  return (
    row.node === other.node &&
    row.indent === other.indent &&
    row.isLast === other.isLast &&
    row.isChain === other.isChain &&
    row.foldable === other.foldable &&
    row.isOpen === other.isOpen &&
    row.isHot === other.isHot &&
    row.trunks.length === other.trunks.length &&
    row.trunks.every((goesOn, level) => goesOn === other.trunks[level])
  );
}

export const restSuffix = '/rest';

/** The path of a row that stands for the small callees of `key`. */
export function restKey(key: string): string {
  return key + restSuffix;
}

/** The nodes on the way from the largest root along the largest callees, until self time is half of a node. */
function findHotPath(paths: PathReader, root: number, metric: PathMetric): number[] {
  const hot: number[] = [];
  let node = root;
  for (;;) {
    const next = largestChild(paths, node, metric);
    if (next === undefined) return hot;
    hot.push(next);
    if (paths.kindOf(next) === 'function' && paths.selfOf(next) >= paths.totalOf(next) / 2) return hot;
    node = next;
  }
}

/** The callee with the largest value; undefined when there is none. What nobody asked for only where nothing else is. */
export function largestChild(paths: PathReader, node: number, metric: PathMetric): number | undefined {
  let largest: number | undefined;
  let unseen: number | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const child of paths.children(node)) {
    const value = paths.metricOf(child, metric);
    if (paths.isUnseen(child)) unseen = child;
    else if (paths.kindOf(child) !== 'more' && value > most) {
      most = value;
      largest = child;
    }
  }
  return largest ?? unseen;
}
