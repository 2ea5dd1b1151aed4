/**
 * A node of CallPaths by what it stands for, as text: it outlives sorting, merging, a restart and a replay of the same
 * trace, which numbers of nodes do not.
 */
import type { CallPaths } from './call-paths.ts';
import type { FunctionTable } from './function-table.ts';
import { firstGroupKey, mergedKey } from './path-nodes.ts';
import { funcOf, groupOf, isInterrupt, kindOf, pathOf } from './path-stats.ts';

const moreStep = '+';

/** The path from the top down: steps are addresses, with `!` behind those of interrupts, and groups in brackets. */
export function pathKey(paths: CallPaths, functions: FunctionTable, node: number): string {
  return pathOf(paths, node)
    .map((at) => stepOf(paths, functions, at))
    .join('/');
}

/** The key of a node by that of its parent, which is not node 0. */
export function joinPathKey(parentKey: string, paths: CallPaths, functions: FunctionTable, node: number): string {
  return `${parentKey}/${stepOf(paths, functions, node)}`;
}

/** The node with a key; undefined when it is not there, or not any more. */
export function findPath(paths: CallPaths, functions: FunctionTable, key: string): number | undefined {
  let node = 0;
  if (key === '') return node;
  for (const step of key.split('/')) {
    const child = keyOfStep(paths, functions, step);
    node = child === undefined ? -1 : paths.nodes.find(node, child);
    if (node < 0) return undefined;
  }
  return node;
}

function stepOf(paths: CallPaths, functions: FunctionTable, node: number): string {
  const kind = kindOf(paths, node);
  if (kind === 'more') return moreStep;
  if (kind === 'group') return `[${encodeURIComponent(String(groupOf(paths, node)?.key))}]`;
  return `${functions.addressOf(funcOf(paths, node)).toString(16)}${isInterrupt(paths, node) ? '!' : ''}`;
}

function keyOfStep({ groups }: CallPaths, functions: FunctionTable, step: string): number | undefined {
  if (step === moreStep) return mergedKey;
  const group = /^\[(.+)\]$/.exec(step)?.[1];
  if (group !== undefined) {
    const number = groups.list().findIndex((key) => encodeURIComponent(String(key)) === group);
    return number < 0 ? undefined : firstGroupKey - number;
  }
  const parts = /^([0-9a-f]+)(!?)$/.exec(step);
  if (parts === null) return undefined;
  const address = BigInt(`0x${parts[1]}`);
  const func = address === 0n ? 0 : functions.findAddress(address);
  return func === undefined ? undefined : func * 2 + parts[2]!.length;
}
