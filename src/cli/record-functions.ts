/** The functions of `ftui record`'s -l and -n, as trace-cmd understands them. */

import { UsageError } from '../base/errors.ts';
import { compileGlob } from '../base/glob.ts';
import { type FunctionList, unknownFunction } from '../control/function-list.ts';
import type { FunctionSelection } from '../control/trace-plan.ts';
import type { FunctionRequest } from './record-request.ts';

/** The functions that any of the patterns matches; undefined without a pattern. Throws UsageError for one without a match. */
export function chooseFilter(list: FunctionList, requests: readonly FunctionRequest[]): FunctionSelection | undefined {
  if (requests.length === 0) return undefined;
  const lines = new Set<number>();
  for (const request of requests) {
    const found = matchLines(list, request);
    if (found.length === 0) throw unknownFunction(list, request.pattern);
    for (const line of found) lines.add(line);
  }
  const sorted = [...lines].sort((a, b) => a - b);
  return { names: sorted.map((line) => list.names[line]!), indexes: sorted.map((line) => line + 1) };
}

function matchLines(list: FunctionList, { pattern, module }: FunctionRequest): number[] {
  const matches = compilePattern(pattern);
  const found: number[] = [];
  list.names.forEach((name, line) => {
    if (module !== undefined && list.modules[line] !== module) return;
    if (matches(name)) found.push(line);
  });
  return found;
}

/** Letters, digits, `_ * ? .` only make a glob of the whole name; anything else a regular expression of a part of it. */
function compilePattern(pattern: string): (name: string) => boolean {
  if (/^[\w*?.]+$/.test(pattern)) return compileGlob(pattern);
  try {
    const expression = new RegExp(pattern);
    return (name) => expression.test(name);
  } catch {
    throw new UsageError({
      attempted: `reading the functions '${pattern}'`,
      why: 'it is neither a glob nor a regular expression',
      remedy: "e.g. 'vfs_*' or '^vfs_(read|write)$'",
    });
  }
}
