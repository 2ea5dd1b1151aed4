/** The Browse screen as lines: tabs, search box, names, and at the right of a wide screen what was chosen. */
import { visibleText } from '../../../src/index.ts';
import type { ScreenView, ViewContext } from '../../state/screen.ts';
import { Line } from '../../terminal/line.ts';
import { formatShare, formatWhole } from '../../terminal/quantities.ts';
import type { Paint } from '../../terminal/style.ts';
import { detailBlock, emptyLines } from '../screen-lines.ts';
import {
  type BrowseRow,
  choiceOf,
  chosenText,
  countNames,
  findMatches,
  isChosen,
  isPath,
  type Matches,
  rowUnderCursor,
} from './browse-rows.ts';
import { type BrowseState, browseTabs, shownTab } from './browse-state.ts';
import { describeRows, rowsToTrace } from './trace-chosen.ts';

const headLines = 2;
/** From this many columns on the chosen rows have a pane of their own. */
const paneFrom = 100;

function detailLines(height: number): number {
  return height >= 18 ? 4 : height >= 9 ? 2 : 0;
}

export function bodyHeight({ height }: Pick<ViewContext, 'height'>): number {
  return Math.max(1, height - headLines - detailLines(height));
}

export function browseView(state: BrowseState, context: ViewContext): ScreenView {
  const matches = findMatches(state, context.models);
  return {
    crumbs: ['browse', state.tab],
    head: [tabsLine(state, context), boxLine(state, matches, context)],
    body: bodyLines(state, matches, context),
    detail: detailBlock(detailTexts(state, context), detailLines(context.height), context),
  };
}

function tabsLine(state: BrowseState, { width, style, models }: ViewContext): string {
  const line = new Line(width, style);
  for (const tab of browseTabs) {
    const count = countNames(tab, models);
    const text = `${tab}${count === undefined ? '' : ` ${formatWhole(count)}`}`;
    line.add(' ').add(` ${text} `, tab === state.tab ? style.inverse : style.dim);
  }
  const binary = state.binary === undefined ? '' : visibleText(state.binary);
  if (state.tab === 'symbols' && binary !== '') line.add(`  ${binary}`, style.user);
  return line.right(state.typing ? 'Tab next  Esc leaves the box ' : 'Tab next  / types ', style.dim).toString();
}

/** What is typed, how much of the list matches, and what Enter would do. */
function boxLine(state: BrowseState, matches: Matches, { width, style, models }: ViewContext): string {
  const { query } = shownTab(state);
  const line = new Line(width, style).add(' / ', state.typing ? style.bold : style.dim);
  const characters = [...query.text];
  const room = Math.max(8, Math.floor(width / 3));
  const from = Math.max(0, query.cursor - room);
  line.add(visibleText(characters.slice(from, query.cursor).join('')));
  if (state.typing) {
    line.add(visibleText(characters[query.cursor] ?? ' '), style.inverse);
    line.add(visibleText(characters.slice(query.cursor + 1, from + room).join('')));
  } else line.add(visibleText(characters.slice(query.cursor, from + room).join('')));
  if (matches.state === 'loaded') line.add(`  ${formatWhole(matches.length)} match`, style.dim);
  return line.right(`${hintFor(state, matches, models)} `, style.dim).toString();
}

function hintFor(state: BrowseState, matches: Matches, models: ViewContext['models']): string {
  if (state.tab === 'symbols' && isPath(shownTab(state).query.text.trim())) return 'Enter reads its symbols';
  if (matches.state !== 'loaded') return '';
  const row = rowUnderCursor(state, models);
  const rows = rowsToTrace(state, row === undefined || row.reason !== undefined ? undefined : choiceOf(state, row));
  return rows.length === 0 ? '' : `Enter traces ${describeRows(rows)}${howText(state)}`;
}

function howText({ tab, functionHow, symbolHow }: BrowseState): string {
  if (tab === 'functions') return functionHow === 'graph' ? ' as call trees' : ', calls alone';
  return tab === 'symbols' ? ` at ${symbolHow}` : '';
}

function bodyLines(state: BrowseState, matches: Matches, context: ViewContext): string[] {
  const height = bodyHeight(context);
  const { width, style } = context;
  if (matches.length === 0) return emptyLines(wordsFor(state, matches), context).slice(0, height);
  const { cursor } = shownTab(state);
  const hasPane = width >= paneFrom;
  const listWidth = hasPane ? Math.floor(width * 0.62) : width;
  const shown = Math.max(0, Math.min(height, matches.length - cursor.top));
  const lines: string[] = [];
  for (let row = 0; row < (hasPane ? height : shown); row += 1) {
    const index = cursor.top + row;
    const list = row < shown ? drawRow(matches.rowAt(index), index === cursor.at, state, listWidth, context) : '';
    if (!hasPane) {
      lines.push(list);
      continue;
    }
    const line = new Line(width, style);
    if (list === '') line.to(listWidth);
    else line.addPainted(list, listWidth);
    addPaneRow(line.add(`${style.glyphs.divider} `, style.dim), row, state, height, context);
    lines.push(line.toString());
  }
  return lines;
}

/** A row of the list, padded to `width`. */
function drawRow(row: BrowseRow, isCursor: boolean, state: BrowseState, width: number, { style }: ViewContext): string {
  const paintIf = (paint: Paint): Paint | undefined => (isCursor ? undefined : paint);
  const line = new Line(width, style).add(isCursor ? ` ${style.glyphs.cursor}` : '  ');
  const { name, module, reason } = row;
  const mark = reason !== undefined ? '-' : isChosen(state, row) ? style.glyphs.marked : ' ';
  line.add('[', paintIf(style.dim)).add(mark, paintIf(style.good)).add('] ', paintIf(style.dim));
  if (reason !== undefined) {
    line.add(visibleText(name), paintIf(style.dim)).add(`  ${visibleText(reason)}`, paintIf(style.dim));
  } else {
    addName(line, visibleText(name), shownTab(state).query.text.trim(), paintIf(style.match));
    if (module !== undefined) line.add(`  [${visibleText(module)}]`, paintIf(style.module));
  }
  return isCursor ? line.filled(style.inverse) : line.to(width).toString();
}

/** The name, with what was typed marked where it stands in it. */
function addName(line: Line, name: string, query: string, match: Paint | undefined): void {
  const isPlain = query !== '' && !query.startsWith('re:') && !query.startsWith('=');
  const at = isPlain ? name.toLowerCase().indexOf(query.toLowerCase()) : -1;
  if (at < 0) {
    line.add(name);
    return;
  }
  const end = at + query.length;
  line.add(name.slice(0, at)).add(name.slice(at, end), match).add(name.slice(end));
}

/** A row of the pane at the right: how many are chosen, then each of them. */
function addPaneRow(line: Line, row: number, { chosen }: BrowseState, height: number, { style }: ViewContext): Line {
  if (row === 0) {
    return chosen.size === 0
      ? line.add('Space chooses, Enter traces', style.dim)
      : line.add(`Chosen: ${formatWhole(chosen.size)}`, style.bold);
  }
  const isLast = row === height - 1;
  if (isLast && chosen.size > row) return line.add(`and ${formatWhole(chosen.size - row + 1)} more`, style.dim);
  const shown = chosen
    .values()
    .drop(row - 1)
    .next().value;
  return shown === undefined ? line : line.add(chosenText(shown), shown.tab === 'symbols' ? style.user : undefined);
}

function wordsFor(state: BrowseState, { state: loaded, share, problem }: Matches): string[] {
  const { tab } = state;
  if (problem !== undefined)
    return loaded === 'failed' ? [`the ${tab} cannot be read:`, visibleText(problem)] : [visibleText(problem)];
  if (tab === 'symbols' && loaded === 'absent') {
    return ['Whose symbols? Type the path of a program or library and press Enter:', '/bin/bash'];
  }
  if (loaded === 'loaded') {
    const query = shownTab(state).query.text.trim();
    return query === ''
      ? [`there are no ${tab}`]
      : [`no name has '${visibleText(query)}'; re:REGEX and =exact work, too`];
  }
  return [`reading the ${tab}${share > 0 ? `: ${formatShare(share)}` : ''}`];
}

function detailTexts(state: BrowseState, { width, style, models }: ViewContext): string[] {
  const row = rowUnderCursor(state, models);
  const known = row === undefined ? [] : row.reason === undefined ? models.describe(state.tab, row.name) : [row.reason];
  const texts = known.map((text) => new Line(width, style).add(` ${visibleText(text)}`).toString());
  if (width >= paneFrom || state.chosen.size === 0) return texts;
  const chosen = [...state.chosen.values()];
  const line = new Line(width, style).add(` chosen ${describeRows(chosen)}: `, style.bold);
  // More than a line of them is not shown.
  return [line.add(chosen.slice(0, 20).map(chosenText).join(' ')).toString(), ...texts];
}
