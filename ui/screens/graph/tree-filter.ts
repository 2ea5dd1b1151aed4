/** Filters by function names on the merged tree: what is left out with all below it, and what is looked for. */
import type { PathReader } from '../../state/path-reader.ts';

/** What filters say of names; everything else about them is for single calls. */
export interface NameFilter {
  /** Grows with every change of the filters. */
  readonly version: number;
  /** Not to be shown, nor what it calls. */
  hides(name: string): boolean;
  /** Looked for, to be shown with the way to it and all below it; undefined when nothing is. */
  readonly wants: ((name: string) => boolean) | undefined;
}

/** Which nodes pass. Costs a walk over all paths. */
export function chooseNodes(
  paths: PathReader,
  filter: NameFilter,
  nameOf: (node: number) => string,
): (node: number) => boolean {
  const shown = new Set<number>();
  // Depth first, and from the end: a caller is shown when something that it calls is.
  const order: { readonly node: number; readonly above: boolean }[] = [];
  const waiting = paths.children(0).map((node) => ({ node, above: filter.wants === undefined }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node } = next;
    const isNamed = paths.kindOf(node) === 'function';
    const name = isNamed ? nameOf(node) : '';
    if (isNamed && filter.hides(name)) continue;
    const isWanted = next.above || (isNamed && filter.wants?.(name) === true);
    order.push({ node, above: isWanted });
    for (const child of paths.children(node)) waiting.push({ node: child, above: isWanted });
  }
  for (const { node, above } of order.reverse()) {
    if (above) shown.add(node);
    if (shown.has(node)) shown.add(paths.parentOf(node));
  }
  return (node) => shown.has(node);
}
