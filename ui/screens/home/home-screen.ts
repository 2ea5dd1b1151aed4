/** The Home screen: what this kernel can do, and the shortest ways to begin. */
import { visibleText } from '../../../src/index.ts';
import type { Effect } from '../../state/effect.ts';
import { moveCursor } from '../../state/list-cursor.ts';
import type { Models } from '../../state/models.ts';
import type { Screen, ScreenEvent, Update, ViewContext } from '../../state/screen.ts';
import { unknownCommand } from '../stream-effects.ts';
import { type HomeRow, listHomeRows } from './home-rows.ts';
import { type HomeState, initialHomeState } from './home-state.ts';
import { bodyHeight, homeView, problemOf, rowAtLine } from './home-view.ts';

export const homeScreen: Screen<HomeState> = {
  id: 'home',
  title: 'Home',
  initial: () => initialHomeState,
  view: homeView,
  update: updateHome,
};

function updateHome(state: HomeState, event: ScreenEvent, context: ViewContext): Update<HomeState> {
  const rows = listHomeRows(context.models);
  switch (event.kind) {
    case 'tick':
      return { state: moveTo(state, state.at, rows) };
    case 'wheel':
      return { state: moveTo(state, state.at + event.rows, rows) };
    case 'click':
      return clickRow(state, event.row, rows, context);
    case 'action':
      return runAction(state, event.action, rows, context);
    case 'command':
      return { state, effects: unknownCommand(event.words[0] ?? '') };
    default:
      return { state };
  }
}

function moveTo(state: HomeState, wanted: number, rows: readonly HomeRow[]): HomeState {
  const at = Math.max(0, Math.min(wanted, rows.length - 1));
  return at === state.at ? state : { at };
}

/** A click puts the cursor there; one on the row of the cursor opens it. */
function clickRow(state: HomeState, line: number, rows: readonly HomeRow[], context: ViewContext): Update<HomeState> {
  const row = rowAtLine(line, state, context);
  if (row === undefined) return { state };
  return row === state.at ? { state, effects: openRow(rows[row]) } : { state: { at: row } };
}

function runAction(
  state: HomeState,
  action: string,
  rows: readonly HomeRow[],
  context: ViewContext,
): Update<HomeState> {
  const moved = moveCursor({ at: state.at, top: 0 }, action, rows.length, bodyHeight(context));
  if (moved !== undefined) return { state: moveTo(state, moved.at, rows) };
  const row = rows[state.at];
  switch (action) {
    case 'open':
      return { state, effects: openRow(row) };
    case 'next-pane':
    case 'previous-pane':
      return { state: moveTo(state, otherSection(state, rows), rows) };
    case 'detail':
      return { state, effects: [{ kind: 'show', title: 'This kernel', lines: listFeatures(context.models) }] };
    case 'copy':
      if (row === undefined) return { state };
      return { state, effects: [{ kind: 'copy', text: copiedText(row), what: 'the row' }] };
    default:
      return { state };
  }
}

function openRow(row: HomeRow | undefined): readonly Effect[] {
  if (row === undefined) return [];
  return row.reason === undefined ? row.effects : [{ kind: 'message', text: row.reason, isError: true }];
}

/** The first row of the section that the cursor is not in. */
function otherSection({ at }: HomeState, rows: readonly HomeRow[]): number {
  const here = rows[at]?.section;
  const found = rows.findIndex(({ section }) => section !== here);
  return found < 0 ? at : found;
}

function copiedText({ section, title }: HomeRow): string {
  return section === 'recordings' ? `ftui replay ${title}` : `ftui ${title}`;
}

/** The doctor's findings: what this kernel has, and what would enable the rest. */
function listFeatures(models: Models): string[] {
  const { diagnosis } = models;
  if (diagnosis === undefined) return ['not known yet'];
  const problem = problemOf(models);
  const answers = { yes: 'yes', no: 'no', unknown: '?' } as const;
  return [
    diagnosis.kernel,
    ...(problem === undefined ? [] : [problem.what, problem.why, problem.remedy ?? '', problem.command ?? '']),
    '',
    ...diagnosis.features.map(({ title, answer, remedy }) => {
      const line = `${answers[answer].padEnd(4)} ${title}`;
      return remedy === undefined
        ? line
        : `${line.padEnd(44)} ${answer === 'no' ? 'needs' : 'could not tell; needs'} ${remedy}`;
    }),
  ].map(visibleText);
}
