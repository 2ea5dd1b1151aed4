/**
 * available_filter_functions: the functions that the function and function_graph tracers can trace, one a line
 * (`name` or `name [module]`); a line's number selects it in set_ftrace_filter.
 */

import { UsageError } from '../base/errors.ts';
import { compileGlob, isGlob } from '../base/glob.ts';
import { nearestNames } from '../base/nearest.ts';
import type { FunctionSelection } from './trace-plan.ts';

export interface FunctionList {
  /** Names by line; several static functions may share one. */
  readonly names: readonly string[];
  /** Modules by line, undefined for the kernel itself. */
  readonly modules: readonly (string | undefined)[];
}

/** Parses available_filter_functions. */
export function parseFunctionList(text: string): FunctionList {
  const names: string[] = [];
  const modules: (string | undefined)[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const space = line.indexOf(' ');
    names.push(space < 0 ? line : line.slice(0, space));
    modules.push(space < 0 ? undefined : /\[(.*)\]/.exec(line)?.[1]);
  }
  return { names, modules };
}

/** A function pattern of the command line: a name or glob, optionally `[module]:` before it. */
interface FunctionPattern {
  readonly text: string;
  readonly module: ((name: string) => boolean) | undefined;
  readonly name: (name: string) => boolean;
}

function parsePattern(text: string): FunctionPattern {
  const [, moduleGlob, nameGlob] = /^(?:\[?([^\]:]+)\]?:)?(.+)$/.exec(text) ?? [];
  if (nameGlob === undefined) throw new UsageError({ attempted: `reading the function '${text}'`, why: 'it is empty' });
  return {
    text,
    module: moduleGlob === undefined ? undefined : compileGlob(moduleGlob),
    name: compileGlob(nameGlob),
  };
}

/**
 * The functions that any of `patterns` (kernel globs, `[mod]:f`) matches, in the list's order. Throws UsageError for a
 * pattern that matches nothing, with the nearest three names.
 */
export function selectFunctions(list: FunctionList, patterns: readonly string[]): FunctionSelection {
  const lines = new Set<number>();
  for (const pattern of patterns.map(parsePattern)) {
    const before = lines.size;
    let matches = 0;
    list.names.forEach((name, line) => {
      const module = list.modules[line];
      if (!pattern.name(name)) return;
      if (pattern.module !== undefined && (module === undefined || !pattern.module(module))) return;
      lines.add(line);
      matches += 1;
    });
    if (matches === 0 && lines.size === before) throw unknownFunction(list, pattern.text);
  }
  const sorted = [...lines].sort((a, b) => a - b);
  return { names: sorted.map((line) => list.names[line]!), indexes: sorted.map((line) => line + 1) };
}

/** The refusal of a function that cannot be traced. */
export function unknownFunction(list: FunctionList, pattern: string): UsageError {
  const bare = pattern.replace(/^.*:/, '');
  const near = isGlob(bare) ? [] : nearestNames(bare, list.names);
  return new UsageError({
    attempted: `tracing ${pattern}`,
    why: isGlob(bare) ? 'no function that can be traced matches' : 'no such function in available_filter_functions',
    remedy: near.length === 0 ? undefined : `nearest: ${near.join(', ')}`,
  });
}
