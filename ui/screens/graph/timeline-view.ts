/** The timeline: a strip for each CPU or task, which task ran, how much of it inside traced calls, what was lost. */
import type { TimelineCell } from '../../../src/index.ts';
import type { Models } from '../../state/models.ts';
import type { ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatDuration, formatStamp } from '../../terminal/quantities.ts';
import type { GraphState } from './graph-state.ts';

export function laneRows({ timeline }: GraphState, { graph }: Models): readonly number[] {
  return graph.timeline.lanes(timeline.by);
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function spanOf({ timeline }: GraphState, { graph }: Models): Span {
  const { begin, end } = graph.timeline;
  return { from: timeline.from ?? begin, to: Math.max(timeline.to ?? end, (timeline.from ?? begin) + 1) };
}

/** Zooms by a factor around the middle, and shifts by a share of what is shown; never beyond the data. */
export function zoomTimeline(state: GraphState, models: Models, factor: number, shift: number): GraphState {
  const { from, to } = spanOf(state, models);
  const { begin, end } = models.graph.timeline;
  const length = Math.min(Math.max((to - from) * factor, 1_000), end - begin);
  const middle = (from + to) / 2 + shift * (to - from);
  const start = Math.max(begin, Math.min(middle - length / 2, end - length));
  if (length >= end - begin) return { ...state, timeline: { ...state.timeline, from: undefined, to: undefined } };
  return { ...state, timeline: { ...state.timeline, from: start, to: start + length } };
}

const labelWidth = 18;

export function drawTimeline(state: GraphState, context: ViewContext, height: number): string[] {
  const { width, style, models } = context;
  const { from, to } = spanOf(state, models);
  const cells = Math.max(10, width - labelWidth - 1);
  const { by, cursor } = state.timeline;
  const lanes = laneRows(state, models).slice(cursor.top, cursor.top + height - 2);
  const lines = lanes.map((id, index) => {
    const isCursor = cursor.top + index === cursor.at;
    const name = by === 'cpu' ? `cpu ${id}` : models.taskOf(id);
    const line = new Line(width, style)
      .add(isCursor ? '>' : ' ')
      .cell(name, labelWidth - 1, 'left', isCursor ? style.bold : undefined);
    for (const cell of models.graph.timeline.query(by, id, from, to, cells)) drawCell(line, cell, context);
    return line.toString();
  });
  return [drawScale(from, to, cells, context), ...lines, drawLegend(state, context, to - from)];
}

/** How full a cell is: the part of it inside traced calls; else whether anything happened. */
function drawCell(line: Line, { busy, running, gaps, events, slowest }: TimelineCell, { style }: ViewContext): void {
  const { bars } = style.glyphs;
  if (gaps > 0) line.add('~', style.error);
  else if (busy > 0) {
    const paint = (slowest?.duration ?? 0) >= 10e6 ? style.error : style.good;
    line.add(style.glyphs.sparks[Math.max(1, Math.round(busy * 8))] ?? bars[8]!, paint);
  } else if (running > 0 || events > 0) line.add('.', style.dim);
  else line.add(' ');
}

function drawScale(from: number, to: number, cells: number, { width, style, models }: ViewContext): string {
  const line = new Line(width, style).to(labelWidth);
  const step = 20;
  for (let at = 0; at + step <= cells; at += step) {
    line.cell(
      `${style.glyphs.divider}${formatStamp(models.stampOf(from + ((to - from) * at) / cells))}`,
      step,
      'left',
      style.dim,
    );
  }
  return line.toString();
}

function drawLegend({ spanA, spanB }: GraphState, { width, style, models }: ViewContext, length: number): string {
  const line = new Line(width, style).add(
    ` ${formatDuration(length)} shown; + - zoom, h l shift, Enter by CPU or task`,
    style.dim,
  );
  if (spanA !== undefined) line.add(`  A ${formatStamp(models.stampOf(spanA))}`);
  if (spanB !== undefined) line.add(`  B ${formatStamp(models.stampOf(spanB))}`);
  if (spanA !== undefined && spanB !== undefined) line.add(`  A-B ${formatDuration(Math.abs(spanB - spanA))}`);
  return line.toString();
}
