/** The Log screen as lines: every event as it came, gaps as rows of their own. */
import { explainState, type SourceItem, visibleText } from '../../../src/index.ts';
import type { ScreenView, ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatDuration, formatWhole } from '../../terminal/quantities.ts';
import type { Paint } from '../../terminal/style.ts';
import { addChips, detailBlock, emptyLines } from '../screen-lines.ts';
import { shownLength } from './log-rows.ts';
import type { LogState } from './log-state.ts';
import { messageOf, searchedText } from './log-text.ts';

export const logColumns = ['TIME', 'CPU', 'TASK', 'EVENT'] as const;

const headLines = 2;

function detailLines(height: number): number {
  return height >= 16 ? 3 : height >= 9 ? 2 : 0;
}

export function bodyHeight({ height }: Pick<ViewContext, 'height'>): number {
  return Math.max(1, height - headLines - detailLines(height));
}

function taskWidth(width: number): number {
  return width >= 100 ? 24 : width >= 76 ? 18 : 12;
}

export function logView(state: LogState, context: ViewContext): ScreenView {
  const { models, height } = context;
  const length = shownLength(state, models.log);
  return {
    crumbs: ['log'],
    head: [summaryLine(state, length, context), headingLine(state, context)],
    body: length === 0 ? emptyLines(models.emptyWords('log'), context) : bodyLines(state, length, context),
    detail: detailBlock(detailTexts(state, length, context), detailLines(height), context),
  };
}

function summaryLine(state: LogState, length: number, { width, style, models }: ViewContext): string {
  const line = new Line(width, style).add(` ${formatWhole(length)} rows`);
  const { pausedAt, following, search, cursor } = state;
  const newer = models.log.length - length;
  if (pausedAt !== undefined) line.add(`  ${explainState({ kind: 'paused', news: newer }).what}`, style.bold);
  else if (following) line.add('  following the newest', style.dim);
  else line.add(`  +${formatWhole(Math.max(0, length - 1 - cursor.at))} newer; f follows`, style.dim);
  if (models.status.showing > 1)
    line.add(`  ${explainState({ kind: 'behind', oneOf: models.status.showing }).what}`, style.warning);
  if (search !== '') line.add(`  /${visibleText(search)}`, style.match);
  return addChips(line, models, style).toString();
}

function headingLine({ hiddenColumns }: LogState, { width, style }: ViewContext): string {
  const line = new Line(width, style).add('  ');
  if (!hiddenColumns.has('TIME')) line.cell('TIME', 15, 'right').add(' ');
  if (!hiddenColumns.has('CPU')) line.cell('CPU', 4, 'right').add(' ');
  if (!hiddenColumns.has('TASK')) line.cell('TASK', taskWidth(width)).add(' ');
  return style.dim(line.add('EVENT').toString());
}

function bodyLines(state: LogState, length: number, context: ViewContext): string[] {
  const { cursor } = state;
  const lines: string[] = [];
  const end = Math.min(cursor.top + bodyHeight(context), length);
  for (let index = cursor.top; index < end; index += 1) {
    lines.push(drawRow(context.models.log.itemAt(index), index === cursor.at, state, context));
  }
  return lines;
}

function drawRow(item: SourceItem, isCursor: boolean, state: LogState, { width, style, models }: ViewContext): string {
  const paintIf = (paint: Paint): Paint | undefined => (isCursor ? undefined : paint);
  const { hiddenColumns } = state;
  const line = new Line(width, style)
    .add(isCursor ? style.glyphs.cursor : ' ')
    .add(markOf(item.time, state), paintIf(style.bold));
  if (!hiddenColumns.has('TIME')) line.cell(models.stampText(item.time), 15, 'right').add(' ');
  if (!hiddenColumns.has('CPU')) line.cell(String(item.cpu), 4, 'right').add(' ');
  if (item.kind !== 'event') {
    const isSkipped = item.kind === 'lost' && item.skipped === true;
    line.add(`~~ ${messageOf(item, models)} ~~`, paintIf(isSkipped ? style.warning : style.error));
    return isCursor ? line.filled(style.inverse) : line.toString();
  }
  if (!hiddenColumns.has('TASK')) line.cell(models.taskOf(item.pid), taskWidth(width)).add(' ');
  addMessage(line, item, state, isCursor, { style, models });
  return isCursor ? line.filled(style.inverse) : line.toString();
}

/** `NAME: TEXT`, shifted to the left as far as the columns are. */
function addMessage(
  line: Line,
  item: Extract<SourceItem, { kind: 'event' }>,
  state: LogState,
  isCursor: boolean,
  { style, models }: Pick<ViewContext, 'style' | 'models'>,
): void {
  const name = state.hiddenColumns.has('EVENT') ? '' : `${visibleText(item.name)}: `;
  const paint = isMatch(item, state, models) ? style.match : style.bold;
  line.add(name.slice(state.panX), isCursor ? undefined : paint);
  line.add(models.log.textOf(item).slice(Math.max(0, state.panX - name.length)));
}

function isMatch(item: SourceItem, { search }: LogState, models: ViewContext['models']): boolean {
  return search !== '' && models.matches(searchedText(item, models), search);
}

/** The letter of a mark at this time. */
function markOf(time: number, { marks, spanA, spanB }: LogState): string {
  if (time === spanA) return 'A';
  if (time === spanB) return 'B';
  for (const [letter, at] of marks) if (at === time) return letter;
  return ' ';
}

function detailTexts(state: LogState, length: number, { width, style, models }: ViewContext): string[] {
  const { spanA, spanB, cursor } = state;
  const item = cursor.at < length ? models.log.itemAt(cursor.at) : undefined;
  if (item === undefined) return [];
  const spans = new Line(width, style).add(' ');
  const before = cursor.at > 0 ? item.time - models.log.itemAt(cursor.at - 1).time : undefined;
  if (before !== undefined) spans.add(`${formatDuration(before)} after the row before`, style.dim);
  if (spanA !== undefined) spans.add(`   A ${signed(item.time - spanA)} ago`, style.dim);
  if (spanA !== undefined && spanB !== undefined)
    spans.add(`   A to B ${formatDuration(Math.abs(spanB - spanA))}`, style.bold);
  return [spans.toString(), new Line(width, style).add(` ${messageOf(item, models)}`).toString()];
}

function signed(ns: number): string {
  return `${ns < 0 ? '-' : ''}${formatDuration(Math.abs(ns))}`;
}
