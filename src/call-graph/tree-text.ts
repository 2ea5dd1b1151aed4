/**
 * A call tree as lines for a terminal, in the manner of the kernel's function_graph output
 * (kernel/trace/trace_functions_graph.c): duration with its mark, self time, indented calls.
 */
import { visibleText } from '../base/text.ts';
import type { CallNode, CallTree } from './call-tree.ts';
import { formatReturnValue } from './return-value.ts';

export interface SymbolName {
  readonly name: string;
  readonly module?: string | undefined;
}

interface TreeTextOptions {
  /**
   * The function around an address; undefined shows the address itself. Kernels with ENDBR record 4 bytes into some
   * functions, so the nearest symbol before it is what is asked for, and no offset is shown.
   */
  readonly symbolName: (address: bigint) => SymbolName | undefined;
  /** False where the trace clock counts something else: durations are then counts, without marks. */
  readonly timeIsNanoseconds: boolean;
}

/** What stands over the columns of formatCallTree(). */
export const callTreeHeading = '#     DURATION          SELF  |  CALLS';

const durationMarks: readonly (readonly [over: number, mark: string])[] = [
  [1_000_000_000, '$'],
  [100_000_000, '@'],
  [10_000_000, '*'],
  [1_000_000, '#'],
  [100_000, '!'],
  [10_000, '+'],
];

const noTime = ' '.repeat(13);
const noColumns = ' '.repeat(28);
const interruptBegins = `${'==========>'.padStart(28)} |`;
const interruptEnds = `${'<=========='.padStart(28)} |`;

/** The kernel's mark for a duration in ns: `$` over 1 s, `@` 100 ms, `*` 10 ms, `#` 1 ms, `!` 100 us, `+` 10 us. */
export function durationMark(duration: number): string {
  return durationMarks.find(([over]) => duration > over)?.[1] ?? ' ';
}

/** `12.345 us`, right aligned to 13 characters; longer where it must. */
export function formatDuration(duration: number): string {
  const nanoseconds = Math.max(Math.round(duration), 0);
  return `${Math.floor(nanoseconds / 1000)}.${String(nanoseconds % 1000).padStart(3, '0')} us`.padStart(13);
}

/**
 * The lines of a tree: mark, duration, self time, call. A call with children ends in a line of its own, which has the
 * times; the self time is blank where it is the whole duration. Names are safe for a terminal.
 */
export function formatCallTree(tree: CallTree, options: TreeTextOptions): string[] {
  const lines: string[] = [];
  pushCall(lines, tree.root, 0, options);
  return lines;
}

function pushCall(lines: string[], node: CallNode, level: number, options: TreeTextOptions): void {
  const indent = '  '.repeat(level);
  const call = `${indent}${callText(node, options)}`;
  if (node.interrupt) lines.push(interruptBegins);
  if (node.children.length === 0) {
    lines.push(
      `${timeColumns(node, options)} |  ${call};${comment([...entryRemarks(node, options), ...exitRemarks(node)])}`,
    );
  } else {
    lines.push(`${noColumns} |  ${call} {${comment(entryRemarks(node, options))}`);
    for (const child of node.children) pushCall(lines, child, level + 1, options);
    lines.push(`${timeColumns(node, options)} |  ${indent}}${comment(exitRemarks(node))}`);
  }
  if (node.interrupt) lines.push(interruptEnds);
}

function timeColumns(
  { duration, selfTime, children, omittedCalls }: CallNode,
  { timeIsNanoseconds }: TreeTextOptions,
): string {
  if (duration === undefined) return noColumns;
  const isWhole = children.length === 0 && omittedCalls === 0;
  const format = timeIsNanoseconds ? formatDuration : (count: number) => String(count).padStart(noTime.length);
  const self = isWhole || selfTime === undefined ? noTime : format(selfTime);
  return `${timeIsNanoseconds ? durationMark(duration) : ' '}${format(duration)} ${self}`;
}

function callText({ func, args }: CallNode, { symbolName }: TreeTextOptions): string {
  const words = args?.map((word) => `0x${word.toString(16)}`).join(', ') ?? '';
  const symbol = symbolName(func);
  const module = symbol?.module === undefined ? '' : ` [${visibleText(symbol.module)}]`;
  return `${symbolText(func, symbol)}(${words})${module}`;
}

function symbolText(address: bigint, symbol: SymbolName | undefined): string {
  return symbol === undefined ? `0x${address.toString(16)}` : visibleText(symbol.name);
}

function entryRemarks({ retaddr, cut }: CallNode, { symbolName }: TreeTextOptions): string[] {
  const caller = retaddr === undefined ? [] : [`<-${symbolText(retaddr, symbolName(retaddr))}`];
  return cut === 'start' ? [...caller, 'callers entered before the trace'] : caller;
}

function exitRemarks({ retval, cut, omittedCalls }: CallNode): string[] {
  const remarks: string[] = [];
  if (retval !== undefined) remarks.push(`ret=${formatReturnValue(retval)}`);
  if (omittedCalls > 0) remarks.push(`${omittedCalls} more calls not kept`);
  if (cut === 'end') remarks.push('still running');
  if (cut === 'lost') remarks.push('events lost here');
  return remarks;
}

function comment(remarks: readonly string[]): string {
  return remarks.length === 0 ? '' : ` /* ${remarks.join(', ')} */`;
}
