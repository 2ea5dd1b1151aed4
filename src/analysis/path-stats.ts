/** What CallPaths knows of a node, put together for a row or a detail line. */
import type { CallGroup } from './call-groups.ts';
import type { CallPaths } from './call-paths.ts';
import { type DurationBucket, listBuckets, percentileOf } from './duration-histogram.ts';
import type { ErrorCount } from './error-counts.ts';
import { firstGroupKey, mergedKey } from './path-nodes.ts';

/** all: node 0. more: small leaves that were merged. */
export type PathKind = 'all' | 'group' | 'function' | 'more';

export type PathMetric = 'total' | 'self' | 'calls' | 'average' | 'max' | 'errors';

export interface PathStats {
  /** Entered: returned + cut + running. */
  readonly calls: number;
  /** Those that times are known of. */
  readonly returned: number;
  readonly cut: number;
  readonly running: number;
  /** ns; of the calls that returned. Undefined where none did. */
  readonly total: number;
  readonly self: number;
  /** Of the total, what interrupts below took. */
  readonly interruptTime: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly average: number | undefined;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Of the longest call: when it began, and where it returned. */
  readonly maxAt: { readonly time: number; readonly cpu: number; readonly pid: number } | undefined;
  readonly histogram: readonly DurationBucket[];
  readonly errors: number;
  readonly errorNumbers: readonly ErrorCount[];
}

/** What a row shows of a node. */
export type PathSums = Pick<PathStats, 'calls' | 'returned' | 'total' | 'self' | 'average' | 'max' | 'errors'>;

/** Less than readPathStats: for every row of every frame. */
export function readPathSums({ nodes }: CallPaths, node: number): PathSums {
  const returned = nodes.returned[node]!;
  const total = nodes.total[node]!;
  const isKnown = returned > 0;
  return {
    calls: nodes.calls[node]!,
    returned,
    total,
    self: nodes.self[node]!,
    average: isKnown ? total / returned : undefined,
    max: isKnown ? nodes.max[node]! : undefined,
    errors: nodes.errors[node]!,
  };
}

export function kindOf({ nodes }: CallPaths, node: number): PathKind {
  if (node === 0) return 'all';
  const key = nodes.key[node]!;
  if (key === mergedKey) return 'more';
  return key <= firstGroupKey ? 'group' : 'function';
}

/** The function of a node; -1 of those that stand for none. */
export function funcOf({ nodes }: CallPaths, node: number): number {
  return node > 0 && nodes.key[node]! >= 0 ? nodes.key[node]! >> 1 : -1;
}

/** The call began as an interrupt of what is above it. */
export function isInterrupt({ nodes }: CallPaths, node: number): boolean {
  return node > 0 && nodes.key[node]! >= 0 && (nodes.key[node]! & 1) === 1;
}

export function groupOf({ nodes, groups }: CallPaths, node: number): CallGroup | undefined {
  const key = node === 0 ? 0 : nodes.key[node]!;
  return key <= firstGroupKey ? groups.groupOf(firstGroupKey - key) : undefined;
}

/** Fresh, in no order that means anything. */
export function childrenOf({ nodes }: CallPaths, node: number): number[] {
  const children: number[] = [];
  for (let child = nodes.firstChild[node]!; child >= 0; child = nodes.nextSibling[child]!) children.push(child);
  return children;
}

/** The nodes from below node 0 down to `node`. */
export function pathOf({ nodes }: CallPaths, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at > 0; at = nodes.parent[at]!) path.push(at);
  return path.reverse();
}

export function metricOf({ nodes }: CallPaths, node: number, metric: PathMetric): number {
  if (metric === 'average') return nodes.total[node]! / Math.max(nodes.returned[node]!, 1);
  return nodes[metric][node]!;
}

/** The duration that `share` (0 to 1) of a node's calls are not longer than; undefined when none returned. */
export function percentileOfNode({ nodes }: CallPaths, node: number, share: number): number | undefined {
  return percentileOf(nodes.histogramOf(node), share, { min: nodes.min[node]!, max: nodes.max[node]! });
}

/** Calls in each of the ten whole seconds before the one that `now` (ns since the origin) lies in, oldest first. */
export function ratesOf({ nodes }: CallPaths, node: number, now: number): number[] {
  return nodes.ratesOf(node, Math.floor(now / 1e9));
}

export function readPathStats(paths: CallPaths, node: number): PathStats {
  const { nodes } = paths;
  const returned = nodes.returned[node]!;
  const ofReturned = <T>(value: T) => (returned === 0 ? undefined : value);
  return {
    calls: nodes.calls[node]!,
    returned,
    cut: nodes.cut[node]!,
    running: nodes.running(node),
    total: nodes.total[node]!,
    self: nodes.self[node]!,
    interruptTime: nodes.interrupt[node]!,
    min: ofReturned(nodes.min[node]!),
    max: ofReturned(nodes.max[node]!),
    average: ofReturned(nodes.total[node]! / returned),
    p50: percentileOfNode(paths, node, 0.5),
    p99: percentileOfNode(paths, node, 0.99),
    maxAt: ofReturned({ time: nodes.maxTime[node]!, cpu: nodes.maxCpu[node]!, pid: nodes.maxPid[node]! }),
    histogram: listBuckets(nodes.histogramOf(node)),
    errors: nodes.errors[node]!,
    errorNumbers: nodes.errorNumbers.of(node),
  };
}
