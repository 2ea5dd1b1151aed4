/** The Graph screen as lines: which view, its heading, its body, and what is known of the row under the cursor. */
import { explainState } from '../../../src/index.ts';
import type { ScreenView, ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatDuration, formatStamp, formatWhole } from '../../terminal/quantities.ts';
import { emptyLines } from '../screen-lines.ts';
import { callsHeading, drawCalls, drawOpenedTree, openedHeading } from './calls-view.ts';
import { drawFlame } from './flame-view.ts';
import { type GraphState, graphViews } from './graph-state.ts';
import { drawSums, sumsHeading } from './sums-view.ts';
import { drawTimeline } from './timeline-view.ts';
import { drawTreeRows, treeDetail, treeHeading } from './tree-view.ts';
import { openedRows } from './update-calls.ts';

/** Lines below the body; fewer on low screens. */
function detailLines(height: number): number {
  return height >= 18 ? 4 : height >= 12 ? 2 : 0;
}

/** How the lines of the screen are shared out. */
export function viewHeights(
  _state: GraphState,
  { height }: Pick<ViewContext, 'height'>,
): { body: number; detail: number } {
  const detail = detailLines(height);
  return { body: Math.max(1, height - 2 - detail), detail };
}

export function graphView(state: GraphState, context: ViewContext): ScreenView {
  const { body, detail } = viewHeights(state, context);
  return {
    crumbs: crumbs(state, context),
    head: [tabs(state, context), heading(state, context)],
    body: context.models.paths.isEmpty ? emptyBody(context) : bodyOf(state, context, body),
    detail: detailOfView(state, context, detail),
  };
}

function crumbs({ view, tree, calls }: GraphState, { models }: ViewContext): string[] {
  const { paths } = models;
  const zoomed = tree.zoom === '' ? undefined : paths.find(tree.zoom);
  const path = zoomed === undefined ? [] : paths.pathOf(zoomed).map((node) => models.labelOf(node).text);
  const opened = view === 'calls' && calls.opened !== undefined ? ['one call'] : [];
  return ['graph', ...path, ...opened];
}

const letters: Readonly<Record<string, string>> = {
  tree: 't',
  calls: 'c',
  functions: 'r',
  callers: 'b',
  flame: 'i',
  timeline: 'T',
};

function tabs(state: GraphState, { width, style, models }: ViewContext): string {
  const line = new Line(width, style);
  for (const view of graphViews) {
    const isShown = view === state.view;
    line.add(' ').add(`${letters[view]} ${view}`, isShown ? style.inverse : style.dim);
  }
  const chips = models.filterRows().filter(({ on }) => on);
  for (const { name } of chips) line.add('  ').add(`&${name}`, style.warning);
  if (state.pausedAt !== undefined) {
    const { what } = explainState({ kind: 'paused', news: Math.max(0, models.status.events - state.pausedAt) });
    return line.right(`${what} `, style.bold).toString();
  }
  const order =
    state.view === 'tree' || state.view === 'functions' ? `sort ${state.metric}${state.ascending ? ' ^' : ''}` : '';
  const share = state.percent === 'absolute' ? '' : `  % ${state.percent}`;
  return line.right(`${order}${share} `, style.dim).toString();
}

function heading(state: GraphState, context: ViewContext): string {
  switch (state.view) {
    case 'tree':
      return treeHeading(state, context);
    case 'calls':
      return state.calls.opened === undefined ? callsHeading(context) : openedHeading(context);
    case 'functions':
    case 'callers':
      return sumsHeading(state, context);
    default:
      return '';
  }
}

function bodyOf(state: GraphState, context: ViewContext, height: number): readonly string[] {
  switch (state.view) {
    case 'tree':
      return drawTreeRows(state, context, height);
    case 'calls':
      if (state.calls.opened === undefined) return drawCalls(state, context, height);
      return drawOpenedTree(openedRows(state, context.models), state, context, height);
    case 'flame':
      return drawFlame(state, context, height);
    case 'timeline':
      return drawTimeline(state, context, height);
    default:
      return drawSums(state, context, height);
  }
}

/** Nothing has come yet: what is armed, and what would make it fire. */
function emptyBody(context: ViewContext): string[] {
  return emptyLines(context.models.emptyWords('graph'), context);
}

/** Whose call it is that is shown as it was. */
function openedDetail({ calls }: GraphState, { width, style, models }: ViewContext): string {
  const row = calls.cursor.at < models.calls.length ? models.calls.rowAt(calls.cursor.at) : undefined;
  if (row?.kind !== 'call') return '';
  const took = row.duration === undefined ? '' : ` for ${formatDuration(row.duration)}`;
  const place = `${models.taskOf(row.pid)} on cpu${row.cpu} at ${formatStamp(models.stampOf(row.time))}s`;
  return new Line(width, style)
    .add(` ${models.nameOf(row.func).name}`, style.bold)
    .add(`${took} by ${place}`)
    .toString();
}

function detailOfView(state: GraphState, context: ViewContext, lines: number): string[] {
  if (lines === 0) return [];
  const { width, style, models } = context;
  const rule = style.dim(style.glyphs.line.repeat(width));
  const more = models.calls.length - 1 - state.calls.cursor.at;
  const ofCalls = state.calls.following
    ? ' following the newest call; G or f again after moving up'
    : ` +${formatWhole(Math.max(0, more))} newer; f follows`;
  const text =
    state.view === 'calls' && state.calls.opened !== undefined
      ? [openedDetail(state, context)]
      : state.view === 'calls'
        ? [new Line(width, style).add(ofCalls, style.dim).toString()]
        : treeDetail(state, context);
  return [rule, ...text, '', '', ''].slice(0, lines);
}
