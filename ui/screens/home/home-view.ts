/** The Home screen as lines: the kernel, what works on it or what stands in the way, and the rows to begin with. */
import { type StateText, visibleText } from '../../../src/index.ts';
import type { Models } from '../../state/models.ts';
import type { ScreenView, ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { detailBlock, firstShown, indented, wrapText } from '../screen-lines.ts';
import { canTrace, type HomeRow, listHomeRows } from './home-rows.ts';
import type { HomeState } from './home-state.ts';

/** A line of the body, and the row that it stands for. */
interface HomeLine {
  readonly text: string;
  readonly row?: number;
}

const headLines = 2;

function detailLines(height: number): number {
  return height >= 16 ? 3 : 0;
}

export function bodyHeight({ height }: Pick<ViewContext, 'height'>): number {
  return Math.max(1, height - headLines - detailLines(height));
}

export function homeView(state: HomeState, context: ViewContext): ScreenView {
  const { width, style, models, height } = context;
  const lines = homeLines(state, context);
  const from = firstLine(lines, state, context);
  const kernel = models.diagnosis === undefined ? 'looking at this kernel' : visibleText(models.diagnosis.kernel);
  return {
    crumbs: ['home'],
    head: [new Line(width, style).add(` ${kernel}`, style.bold).toString(), worksLine(context)],
    body: lines.slice(from, from + bodyHeight(context)).map(({ text }) => text),
    detail: detailBlock(rowDetail(state, context), detailLines(height), context),
  };
}

/** The row under a line of the body that is shown. */
export function rowAtLine(line: number, state: HomeState, context: ViewContext): number | undefined {
  const lines = homeLines(state, context);
  return lines[firstLine(lines, state, context) + line]?.row;
}

function firstLine(lines: readonly HomeLine[], { at }: HomeState, context: ViewContext): number {
  const chosen = at === 0 ? 0 : lines.findIndex(({ row }) => row === at);
  // The first row keeps what is said above it, where both fit.
  const top = lines.findIndex(({ row }) => row === 0);
  const height = bodyHeight(context);
  return at === 0 && top >= height ? top - height + 1 : firstShown(lines.length, chosen, height);
}

function worksLine({ width, style, models }: ViewContext): string {
  const line = new Line(width, style).add(' ');
  if (models.diagnosis === undefined) return line.toString();
  if (!canTrace(models))
    return line.add('no tracing here; demo, replay and symbols of programs work', style.warning).toString();
  for (const [name, works] of Object.entries(models.diagnosis.commands)) {
    line.add(`${name} ${works ? 'works' : 'does not work'}  `, works ? style.good : style.warning);
  }
  const missing = models.diagnosis.features.filter(({ answer }) => answer === 'no').length;
  return line
    .add(missing === 0 ? 'no feature missing' : `${missing} feature${missing === 1 ? '' : 's'} missing (v)`, style.dim)
    .toString();
}

function homeLines(state: HomeState, context: ViewContext): HomeLine[] {
  const { width, style, models } = context;
  const rows = listHomeRows(models);
  const starts = rows.filter(({ section }) => section === 'start');
  const titleWidth = Math.max(...starts.map(({ title }) => title.length)) + 2;
  const lines: HomeLine[] = [...problemLines(context), ...sourceLines(context)].map((text) => ({ text }));
  let section = '';
  rows.forEach((row, index) => {
    if (row.section !== section) {
      section = row.section;
      const title = section === 'start' ? 'Begin with' : 'Recent recordings';
      lines.push({ text: '' }, { text: new Line(width, style).add(` ${title}`, style.bold).toString() });
    }
    lines.push({ text: drawRow(row, index === state.at, titleWidth, context), row: index });
  });
  if (models.recent.length === 0) {
    lines.push(
      { text: '' },
      { text: style.dim(indented('no recordings yet: w records what is traced', width, style)) },
    );
  }
  return lines;
}

function drawRow(row: HomeRow, isCursor: boolean, titleWidth: number, { width, style }: ViewContext): string {
  const line = new Line(width, style).add(isCursor ? ` ${style.glyphs.cursor} ` : '   ');
  const isDim = row.reason !== undefined;
  const look = isCursor ? undefined : isDim ? style.dim : row.section === 'start' ? style.bold : undefined;
  line.cell(
    row.title,
    row.section === 'start' ? titleWidth : Math.max(titleWidth, Math.floor(width / 2)),
    'left',
    look,
  );
  line.add(' ').add(row.reason ?? row.purpose, isCursor ? undefined : style.dim);
  return isCursor ? line.filled(style.inverse) : line.toString();
}

/** What is traced or replayed already, and where it can be seen. */
function sourceLines({ width, style, models }: ViewContext): string[] {
  const { kind, title, badge } = models.status;
  if (kind === 'none') return [];
  const line = new Line(width, style).add(` ${badge}  `, style.bold).add(visibleText(title));
  return ['', line.add('   3 events  4 graph  5 log  6 record', style.dim).toString()];
}

/** What stands in the way, why, and what would change it. */
function problemLines(context: ViewContext): string[] {
  const problem = problemOf(context.models);
  if (problem === undefined) return [];
  const { width, style } = context;
  const paragraph = (text: string, paint = style.plain) =>
    text
      .split('\n')
      .flatMap((part) => wrapText(visibleText(part), width - 4))
      .map((line) => paint(indented(line, width, style)));
  const { what, why, remedy, command } = problem;
  return [
    '',
    ...paragraph(what, style.error),
    ...(why === '' ? [] : paragraph(why)),
    ...(remedy === undefined ? [] : paragraph(remedy)),
    ...(command === undefined || remedy?.endsWith(command)
      ? []
      : [new Line(width, style).add('  try: ').add(visibleText(command), style.bold).toString()]),
  ];
}

type ProblemText = Pick<StateText, 'what' | 'why' | 'remedy' | 'command'>;

export function problemOf({ problem, diagnosis }: Models): ProblemText | undefined {
  if (problem !== undefined) return problem;
  const what = diagnosis?.problem ?? null;
  return what === null ? undefined : { what, why: '', remedy: undefined, command: undefined };
}

function rowDetail(state: HomeState, { width, style, models }: ViewContext): string[] {
  const row = listHomeRows(models)[state.at];
  if (row === undefined) return [];
  const does =
    row.section === 'recordings'
      ? 'replays it'
      : row.reason === undefined
        ? 'begins; q comes back here'
        : 'cannot do it here';
  return [
    new Line(width, style).add(` ${row.title}`, style.bold).add(`  ${row.purpose}`).toString(),
    new Line(width, style)
      .add(` Enter ${does}${row.reason === undefined ? '' : `: ${row.reason}`}`, style.dim)
      .toString(),
  ];
}
