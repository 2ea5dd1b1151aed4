/** The Events screen as lines: rates of all events on one scale, and the last message of each. */
import { type EventRateRow, visibleText } from '../../../src/index.ts';
import type { ScreenView, ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatCount, formatWhole } from '../../terminal/quantities.ts';
import type { Paint } from '../../terminal/style.ts';
import { addChips, detailBlock, emptyLines } from '../screen-lines.ts';
import { switchOf } from './event-rows.ts';
import type { EventsState } from './events-state.ts';

export const eventColumns = ['RATE', 'SPARK', 'TOTAL', 'MESSAGE'] as const;

const headLines = 2;

function detailLines(height: number): number {
  return height >= 16 ? 3 : height >= 9 ? 2 : 0;
}

export function bodyHeight({ height }: Pick<ViewContext, 'height'>): number {
  return Math.max(1, height - headLines - detailLines(height));
}

/** Widths of the columns on a screen this wide. */
interface Columns {
  readonly name: number;
  readonly spark: number;
}

function columnsFor(width: number, hidden: ReadonlySet<string>): Columns {
  const spark = hidden.has('SPARK') ? 0 : width >= 140 ? 60 : width >= 100 ? 20 : width >= 76 ? 12 : 10;
  return { name: Math.min(44, Math.max(24, Math.floor(width * 0.4))), spark };
}

export function eventsView(state: EventsState, context: ViewContext): ScreenView {
  const { models, height } = context;
  return {
    crumbs: ['events'],
    head: [summaryLine(state, context), headingLine(state, context)],
    body: state.rows.length === 0 ? emptyLines(models.emptyWords('events'), context) : bodyLines(state, context),
    detail: detailBlock(detailTexts(state, context), detailLines(height), context),
  };
}

function summaryLine({ rows, paused, search }: EventsState, { width, style, models }: ViewContext): string {
  const { rates, status, wanted } = models;
  const line = new Line(width, style).add(
    ` ${formatWhole(rows.length)} event${rows.length === 1 ? '' : 's'}, ${wanted.events.length} on`,
  );
  line.add(`  ${formatWhole(rates.total)} in all`, style.dim);
  if (rates.lostTotal > 0) line.add(`  lost ${formatWhole(rates.lostTotal)}`, style.error);
  if (status.showing > 1) line.add(`  every one counted, 1 of ${status.showing} shown`, style.warning);
  if (paused) line.add('  PAUSED', style.bold);
  if (search !== '') line.add(`  /${visibleText(search)}`, style.match);
  return addChips(line, models, style).toString();
}

function headingLine({ order, inverted, logScale, hiddenColumns }: EventsState, { width, style }: ViewContext): string {
  const columns = columnsFor(width, hiddenColumns);
  const arrow = inverted ? '^' : 'v';
  const mark = (title: string, by: EventsState['order']) => (by === order ? `${title} ${arrow}` : title);
  const line = new Line(width, style).add('      ').cell(mark('EVENT', 'name'), columns.name);
  if (!hiddenColumns.has('RATE')) line.add(' ').cell(mark('RATE/s', 'rate'), 8, 'right');
  if (columns.spark > 0)
    line
      .add('  ')
      .cell(
        columns.spark < 20 ? (logScale ? '60 s, log' : '60 s') : `60 s${logScale ? ', log scale' : ''}`,
        columns.spark,
      );
  if (!hiddenColumns.has('TOTAL')) line.add(' ').cell(mark('TOTAL', 'total'), 8, 'right');
  if (!hiddenColumns.has('MESSAGE')) line.add('  ').add(mark('LAST', 'last'));
  return style.dim(line.toString());
}

function bodyLines(state: EventsState, context: ViewContext): string[] {
  const { rates } = context.models;
  const shown = state.rows.slice(state.cursor.top, state.cursor.top + bodyHeight(context));
  const histories = shown.map((name) => rates.row(name)?.history() ?? []);
  const largest = Math.max(0, ...histories.map((history) => Math.max(0, ...history)));
  return shown.map((name, index) => {
    const isCursor = state.cursor.top + index === state.cursor.at;
    return drawRow(name, rates.row(name), { isCursor, history: histories[index]!, largest }, state, context);
  });
}

interface RowLook {
  readonly isCursor: boolean;
  readonly history: readonly number[];
  /** Of all rows that are shown: they share one scale. */
  readonly largest: number;
}

const switchMarks = { on: '[x]', off: '[ ]', fixed: ' - ' } as const;

function drawRow(
  name: string,
  row: EventRateRow | undefined,
  { isCursor, history, largest }: RowLook,
  state: EventsState,
  { width, style, models }: ViewContext,
): string {
  const paintIf = (paint: Paint): Paint | undefined => (isCursor ? undefined : paint);
  const { hiddenColumns } = state;
  const columns = columnsFor(width, hiddenColumns);
  const isOn = switchOf(name, state, models);
  const isMatch = state.search !== '' && models.matches(name, state.search);
  const line = new Line(width, style).add(isCursor ? ` ${style.glyphs.cursor}` : '  ');
  line.add(switchMarks[isOn], paintIf(isOn === 'on' ? style.good : style.dim)).add(' ');
  line.cell(visibleText(name), columns.name, 'left', isMatch ? paintIf(style.match) : undefined);
  if (!hiddenColumns.has('RATE')) line.add(' ').cell(row === undefined ? '-' : formatCount(row.rate), 8, 'right');
  if (columns.spark > 0) {
    const values = squeeze(history, columns.spark);
    line
      .add('  ')
      .cell(
        sparkline(values, largest, state.logScale, style.glyphs.sparks),
        columns.spark,
        'right',
        paintIf(style.interrupt),
      );
  }
  if (!hiddenColumns.has('TOTAL')) line.add(' ').cell(formatCount(row?.total ?? 0), 8, 'right');
  if (!hiddenColumns.has('MESSAGE') && line.room > 6 && row !== undefined) {
    line.add('  ').add(oneLine(row.lastText), paintIf(style.dim));
  }
  return isCursor ? line.filled(style.inverse) : line.toString();
}

function oneLine(text: string): string {
  return visibleText(text.replaceAll('\n', ' '));
}

/** Fewer values by the largest of neighbours, so that no peak is lost; the newest are at the end. */
export function squeeze(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  const step = values.length / count;
  return Array.from({ length: count }, (_, index) => {
    return Math.max(
      ...values.slice(Math.floor(index * step), Math.max(Math.floor(index * step) + 1, Math.floor((index + 1) * step))),
    );
  });
}

/** A character for each value on a scale that ends at `largest`. */
export function sparkline(
  values: readonly number[],
  largest: number,
  logScale: boolean,
  levels: readonly string[],
): string {
  const scale = (value: number) => (logScale ? Math.log1p(value) : value);
  const steps = levels.length - 1;
  return values
    .map((value) => {
      if (value <= 0 || largest <= 0) return levels[0]!;
      return levels[Math.min(steps, Math.max(1, Math.round((scale(value) / scale(largest)) * steps)))]!;
    })
    .join('');
}

function detailTexts(state: EventsState, { width, style, models }: ViewContext) {
  const { name } = state;
  if (name === '') return [];
  const row = models.rates.row(name);
  const words = { on: 'on', off: 'off', fixed: 'of a tracer or a recording: it has no switch' }[
    switchOf(name, state, models)
  ];
  const first = new Line(width, style).add(` ${visibleText(name)}`, style.bold).add(`  ${words}`);
  if (row === undefined) return [first.add('  armed, none has come yet', style.dim).toString()];
  const most = Math.max(0, ...row.history());
  first.add(
    `  ${formatWhole(row.total)} in all, ${formatCount(row.rate)}/s, at most ${formatCount(most)}/s in the last minute`,
    style.dim,
  );
  return [first.toString(), new Line(width, style).add(` ${oneLine(row.lastText)}`).toString()];
}
