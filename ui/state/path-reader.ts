/** The merged call paths of a session as screens ask for them: by node, and by paths that outlive the node's number. */
import {
  type CallGroup,
  type CallPaths,
  callersNotSeen,
  childrenOf,
  type FunctionTable,
  findPath,
  funcOf,
  groupOf,
  isInterrupt,
  joinPathKey,
  kindOf,
  metricOf,
  type PathKind,
  type PathMetric,
  type PathStats,
  type PathSums,
  pathKey,
  pathOf,
  percentileOfNode,
  ratesOf,
  readPathStats,
  readPathSums,
} from '../../src/index.ts';

export class PathReader {
  readonly paths: CallPaths;
  readonly #functions: FunctionTable;
  /** Keys by node, until nodes are merged. */
  #keys: string[] = [];
  #keysMerges = 0;

  constructor(paths: CallPaths, functions: FunctionTable) {
    this.paths = paths;
    this.#functions = functions;
  }

  get version(): number {
    return this.paths.version;
  }

  /** Grows when numbers of nodes may have come to mean other paths. */
  get merges(): number {
    return this.paths.merges;
  }

  /** Grows with new nodes. */
  get nodeCount(): number {
    return this.paths.nodes.count;
  }

  get isEmpty(): boolean {
    return this.paths.calls === 0;
  }

  /** ns since the origin of the newest record. */
  get lastTime(): number {
    return this.paths.lastTime;
  }

  /** The whole second of the newest record: rates are those of the seconds before it. */
  get second(): number {
    return Math.floor(this.lastTime / 1e9);
  }

  /** Node 0 is all root calls. */
  children(node: number): number[] {
    return childrenOf(this.paths, node);
  }

  hasChildren(node: number): boolean {
    return this.paths.nodes.firstChild[node]! >= 0;
  }

  parentOf(node: number): number {
    return this.paths.nodes.parent[node]!;
  }

  pathOf(node: number): number[] {
    return pathOf(this.paths, node);
  }

  /** What a path is known by, whatever numbers its nodes have. */
  keyOf(node: number): string {
    if (this.#keysMerges !== this.paths.merges) {
      this.#keys = [];
      this.#keysMerges = this.paths.merges;
    }
    return this.#keys[node] ?? this.#makeKey(node);
  }

  #makeKey(node: number): string {
    const parent = node > 0 ? this.parentOf(node) : -1;
    const key =
      parent > 0
        ? joinPathKey(this.keyOf(parent), this.paths, this.#functions, node)
        : pathKey(this.paths, this.#functions, node);
    this.#keys[node] = key;
    return key;
  }

  find(key: string): number | undefined {
    return findPath(this.paths, this.#functions, key);
  }

  kindOf(node: number): PathKind {
    return kindOf(this.paths, node);
  }

  funcOf(node: number): number {
    return funcOf(this.paths, node);
  }

  groupOf(node: number): CallGroup | undefined {
    return groupOf(this.paths, node);
  }

  /** The group of root calls whose callers were not seen. */
  isUnseen(node: number): boolean {
    return groupOf(this.paths, node)?.key === callersNotSeen;
  }

  isInterrupt(node: number): boolean {
    return isInterrupt(this.paths, node);
  }

  /** How many small leaves a node of the kind `more` stands for. */
  mergedIn(node: number): number {
    return this.paths.nodes.merged[node]!;
  }

  callsOf(node: number): number {
    return this.paths.nodes.calls[node]!;
  }

  totalOf(node: number): number {
    return this.paths.nodes.total[node]!;
  }

  selfOf(node: number): number {
    return this.paths.nodes.self[node]!;
  }

  cutOf(node: number): number {
    return this.paths.nodes.cut[node]!;
  }

  runningOf(node: number): number {
    return this.paths.nodes.running(node);
  }

  metricOf(node: number, metric: PathMetric): number {
    return metricOf(this.paths, node, metric);
  }

  percentile(node: number, share: number): number | undefined {
    return percentileOfNode(this.paths, node, share);
  }

  ratesOf(node: number): number[] {
    return ratesOf(this.paths, node, this.lastTime);
  }

  sums(node: number): PathSums {
    return readPathSums(this.paths, node);
  }

  stats(node: number): PathStats {
    return readPathStats(this.paths, node);
  }
}
