/**
 * set_ftrace_filter, set_ftrace_notrace, set_graph_function and set_graph_notrace: sets of functions by name and glob,
 * in set_ftrace_* also by index and with function commands (`vfs_open:traceon`). Words take effect when the file is
 * closed; opening without O_TRUNC adds to what is there (kernel/trace/ftrace.c).
 */

import { compileGlob } from '../base/glob.ts';
import { makeFile, refuse, type SimulatedFile } from './file-nodes.ts';
import { makeWordWriter } from './word-writer.ts';

/** Lines of available_filter_functions, e.g. `vfs_open` or `btrfs_open [btrfs]`. */
export type FunctionList = readonly string[];

interface FilterKind {
  /** Text of an empty filter. */
  readonly emptyText: string;
  /** Whether it takes indexes, module and function commands, and lists in the order of the functions. */
  readonly isFtraceFilter: boolean;
}

const functionCommands = 'traceon traceoff stacktrace snapshot dump cpudump enable_event disable_event'.split(' ');

export function makeFunctionFilterFile(functions: FunctionList, kind: FilterKind): SimulatedFile {
  let chosen = new Set<string>();
  const commands: string[] = [];
  return makeFile({
    read() {
      const names = kind.isFtraceFilter ? functions.filter((name) => chosen.has(name)) : [...chosen];
      const lines = names.length === 0 ? [kind.emptyText] : names;
      return [...lines, ...commands].map((line) => `${line}\n`).join('');
    },
    openWriter(mode) {
      const next = new Set(mode === 'truncate' ? [] : chosen);
      const take = (word: string) => {
        if (kind.isFtraceFilter && word.includes(':')) takeCommand(functions, word, next, commands);
        else changeNames(next, word, matchFunctions(functions, word.replace(/^!/, ''), kind.isFtraceFilter));
      };
      return makeWordWriter(take, () => {
        chosen = next;
      });
    },
  });
}

function changeNames(names: Set<string>, word: string, matched: string[]): void {
  if (matched.length === 0) refuse('EINVAL');
  for (const name of matched) {
    if (word.startsWith('!')) names.delete(name);
    else names.add(name);
  }
}

function matchFunctions(functions: FunctionList, pattern: string, takesIndexes: boolean): string[] {
  if (takesIndexes && /^\d+$/.test(pattern)) {
    const name = functions[Number(pattern) - 1];
    return name === undefined ? [] : [name];
  }
  const matches = compileGlob(pattern);
  return functions.filter((line) => matches(line.split(' ')[0]!));
}

/** `FUNC:mod:MODULE` chooses functions; the other commands are kept as lines of their own. */
function takeCommand(functions: FunctionList, word: string, names: Set<string>, commands: string[]): void {
  const [target = '', command = '', ...rest] = word.split(':');
  const pattern = target.replace(/^!/, '');
  if (command === 'mod') {
    const isWanted = compileGlob(rest[0] ?? '*');
    const ofModule = functions.filter((line) => isWanted(/\[(.*)\]$/.exec(line)?.[1] ?? ''));
    changeNames(names, word, matchFunctions(ofModule, pattern === '' ? '*' : pattern, false));
    return;
  }
  if (!functionCommands.includes(command)) refuse('EINVAL');
  for (const line of matchFunctions(functions, pattern, false)) {
    const name = line.split(' ')[0]!;
    const listed = commands.findIndex((entry) => entry.startsWith(`${name}:${command}:`));
    if (listed >= 0) commands.splice(listed, 1);
    if (!target.startsWith('!')) {
      const isEvent = command.endsWith('_event');
      commands.push(
        [name, command, ...(isEvent ? rest : [rest[0] === undefined ? 'unlimited' : `count=${rest[0]}`])].join(':'),
      );
    }
  }
}
