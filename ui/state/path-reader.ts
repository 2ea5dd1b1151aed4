/** The merged call paths of a session as screens ask for them: by node, and by paths that outlive the node's number. */
import {
  type CallGroup,
  type CallPaths,
  childrenOf,
  type FunctionTable,
  findPath,
  funcOf,
  groupOf,
  isInterrupt,
  kindOf,
  metricOf,
  type PathKind,
  type PathMetric,
  type PathStats,
  pathKey,
  pathOf,
  percentileOfNode,
  ratesOf,
  readPathStats,
} from '../../src/index.ts';

export class PathReader {
  readonly paths: CallPaths;
  readonly #functions: FunctionTable;

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

  get isEmpty(): boolean {
    return this.paths.calls === 0;
  }

  /** ns since the origin of the newest record. */
  get lastTime(): number {
    return this.paths.lastTime;
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
    return pathKey(this.paths, this.#functions, node);
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

  stats(node: number): PathStats {
    return readPathStats(this.paths, node);
  }
}
