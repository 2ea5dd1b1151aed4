/** The calls view: single root calls in order of time, lost events as rows of their own; Enter opens the very tree. */
import {
  type CallNode,
  type CallRow,
  type CallTree,
  durationMark,
  errorName,
  formatReturnValue,
  type GapRow,
} from '../../../src/index.ts';
import type { ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatDuration, formatStamp, formatWhole } from '../../terminal/quantities.ts';
import type { Paint } from '../../terminal/style.ts';
import type { GraphState } from './graph-state.ts';

export function callsHeading({ width, style }: ViewContext): string {
  const line = new Line(width, style).add('  ');
  line.cell('TIME', 13, 'right').add('  CPU  ').cell('TASK', 20).add(' ').cell('DURATION', 11, 'right');
  line.add('  ').cell('RETURNED', 10).cell('CALLS', 7, 'right').add('  FUNCTION');
  return style.dim(line.toString());
}

export function drawCalls(state: GraphState, context: ViewContext, height: number): string[] {
  const { calls } = context.models;
  const { cursor } = state.calls;
  const lines: string[] = [];
  for (let index = cursor.top; index < Math.min(cursor.top + height, calls.length); index += 1) {
    const row = calls.rowAt(index);
    const isCursor = index === cursor.at;
    lines.push(row.kind === 'gap' ? drawGap(row, isCursor, context) : drawCall(row, isCursor, state, context));
  }
  return lines;
}

function drawCall(row: CallRow, isCursor: boolean, state: GraphState, { width, style, models }: ViewContext): string {
  const paintIf = (paint: Paint): Paint => (isCursor ? style.plain : paint);
  const line = new Line(width, style).add(models.graph.calls.isMarked(row.id) ? '*' : ' ').add(isCursor ? '>' : ' ');
  line.cell(models.stampText(row.time), 13, 'right').add('  ');
  line.cell(String(row.cpu), 3, 'right').add('  ').cell(models.taskOf(row.pid), 20).add(' ');
  drawDuration(line, row, paintIf, { style });
  const failed = row.errno === undefined ? undefined : `-${errorName(row.errno) ?? row.errno}`;
  const returned = failed ?? (row.retval === undefined ? '' : formatReturnValue(row.retval));
  line.add('  ').cell(returned, 10, 'left', failed === undefined ? undefined : paintIf(style.error));
  line.cell(row.state === 'running' ? '...' : formatWhole(row.calls), 7, 'right').add('  ');
  const name = models.nameOf(row.func);
  const isMatch = state.search !== '' && models.matches(name.name, state.search);
  line.add(name.name.slice(state.panX), isCursor ? undefined : isMatch ? style.match : undefined);
  if (name.module !== undefined) line.add(` [${name.module}]`, paintIf(style.module));
  return isCursor ? line.filled(style.inverse) : line.toString();
}

function drawDuration(
  line: Line,
  row: CallRow,
  paintIf: (paint: Paint) => Paint,
  { style }: Pick<ViewContext, 'style'>,
) {
  if (row.duration === undefined) {
    line.cell(row.state === 'running' ? '? running' : '? cut off', 11, 'right', paintIf(style.dim));
    return;
  }
  const paint = row.duration >= 100e6 ? style.error : row.duration >= 10e6 ? style.warning : style.plain;
  line.cell(`${durationMark(row.duration)} ${formatDuration(row.duration)}`, 11, 'right', paintIf(paint));
}

function drawGap({ time, cpu, count }: GapRow, isCursor: boolean, { width, style, models }: ViewContext): string {
  const what = count === undefined ? 'events' : `${formatWhole(count)} events`;
  const text = `~~ ${formatStamp(models.stampOf(time))}  ${what} lost on cpu${cpu}: calls open then are marked ? and in no total ~~`;
  const line = new Line(width, style)
    .add(' ')
    .add(isCursor ? '>' : ' ')
    .add(text, isCursor ? undefined : style.error);
  return isCursor ? line.filled(style.inverse) : line.toString();
}

/** A row of an opened tree. */
export interface OpenedRow {
  readonly node: CallNode;
  readonly level: number;
}

/** The calls of a tree in order, with their levels. */
export function listTreeCalls({ root }: CallTree): OpenedRow[] {
  const rows: OpenedRow[] = [];
  const waiting: OpenedRow[] = [{ node: root, level: 0 }];
  for (let row = waiting.pop(); row !== undefined; row = waiting.pop()) {
    rows.push(row);
    for (let index = row.node.children.length - 1; index >= 0; index -= 1) {
      waiting.push({ node: row.node.children[index]!, level: row.level + 1 });
    }
  }
  return rows;
}

export function drawOpenedTree(rows: readonly OpenedRow[], state: GraphState, context: ViewContext, height: number) {
  const { width, style, models } = context;
  const { openedCursor } = state.calls;
  return rows.slice(openedCursor.top, openedCursor.top + height).map(({ node, level }, index) => {
    const isCursor = openedCursor.top + index === openedCursor.at;
    const paintIf = (paint: Paint): Paint => (isCursor ? style.plain : paint);
    const line = new Line(width, style).add(isCursor ? ' >' : '  ');
    const { duration, selfTime } = node;
    line.add(duration === undefined ? ' ' : durationMark(duration), paintIf(style.warning));
    line.cell(duration === undefined ? '?' : formatDuration(duration), 10, 'right');
    line.cell(
      selfTime === undefined || selfTime === duration ? '' : formatDuration(selfTime),
      10,
      'right',
      paintIf(style.dim),
    );
    line.add(` ${style.glyphs.divider} `, paintIf(style.dim)).add('  '.repeat(level));
    const { name, module } = models.nameOfAddress(node.func);
    line.add(name, node.interrupt ? paintIf(style.interrupt) : undefined);
    if (module !== undefined) line.add(` [${module}]`, paintIf(style.module));
    if (node.retval !== undefined) line.add(` = ${formatReturnValue(node.retval)}`, paintIf(style.dim));
    if (node.cut !== undefined) line.add(` (cut off: ${node.cut})`, paintIf(style.error));
    return isCursor ? line.filled(style.inverse) : line.toString();
  });
}

export function openedHeading({ width, style }: ViewContext): string {
  return style.dim(new Line(width, style).add('     DURATION      SELF   CALLS').toString());
}
