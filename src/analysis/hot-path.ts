/** Where the time of a node went: the path along the child with the most of a metric. */
import type { CallPaths } from './call-paths.ts';
import { childrenOf, kindOf, metricOf, type PathMetric } from './path-stats.ts';

/**
 * The nodes below `node`, callers first, until one has at least half of its time for itself. Along another metric than
 * times, until no child has any of it.
 */
export function findHotPath(paths: CallPaths, node: number, metric: PathMetric = 'total'): number[] {
  const path: number[] = [];
  const { nodes } = paths;
  const isTime = metric === 'total' || metric === 'self';
  const measure = metric === 'self' ? 'total' : metric;
  for (let at = node; ; ) {
    if (at !== 0 && isTime && kindOf(paths, at) === 'function' && nodes.self[at]! >= nodes.total[at]! / 2) return path;
    const hottest = largestChild(paths, at, measure);
    if (hottest < 0) return path;
    path.push(hottest);
    at = hottest;
  }
}

/** -1 when no child has any of the metric. */
function largestChild(paths: CallPaths, node: number, metric: PathMetric): number {
  let largest = -1;
  let most = 0;
  for (const child of childrenOf(paths, node)) {
    const value = metricOf(paths, child, metric);
    if (value <= most || kindOf(paths, child) === 'more') continue;
    largest = child;
    most = value;
  }
  return largest;
}
