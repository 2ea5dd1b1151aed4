/** The Record screen: recording what is traced, and replaying recordings. */
import { type RecentRecording, visibleText } from '../../../src/index.ts';
import type { Effect } from '../../state/effect.ts';
import { moveCursor, settle } from '../../state/list-cursor.ts';
import type { Models } from '../../state/models.ts';
import type { Screen, ScreenEvent, Update, ViewContext } from '../../state/screen.ts';
import { streamEffects, unknownCommand } from '../stream-effects.ts';
import { initialRecordState, type RecordState } from './record-state.ts';
import { bodyHeight, recordView } from './record-view.ts';
import { transportAction, transportCommand } from './transport.ts';

export const recordScreen: Screen<RecordState> = {
  id: 'record',
  title: 'Record',
  initial: () => initialRecordState,
  view: recordView,
  update: updateRecord,
};

function updateRecord(state: RecordState, event: ScreenEvent, context: ViewContext): Update<RecordState> {
  const { models } = context;
  const height = bodyHeight(context);
  switch (event.kind) {
    case 'tick':
      return { state: settleRecordings(state, models, height) };
    case 'action':
      return runAction(state, event.action, models, height);
    case 'wheel':
      return { state: moveTo(state, state.cursor.at + event.rows, models, height) };
    case 'click': {
      const at = state.cursor.top + event.row;
      if (at >= models.recent.length) return { state };
      return at === state.cursor.at
        ? { state, effects: replay(models.recent[at]) }
        : { state: moveTo(state, at, models, height) };
    }
    case 'command':
      return { state, effects: transportCommand(event.words, models) ?? unknownCommand(event.words[0] ?? '') };
    default:
      return { state };
  }
}

/** Keeps the cursor with its file while others are added. */
function settleRecordings(state: RecordState, { recent }: Models, height: number): RecordState {
  const { cursor, path } = state;
  const found = recent.findIndex((recording) => recording.path === path);
  const at = found < 0 ? cursor.at : found;
  const settled = settle({ at, top: cursor.top }, recent.length, height);
  const next = recent[settled.at]?.path ?? '';
  if (settled.at === cursor.at && settled.top === cursor.top && next === path) return state;
  return { cursor: settled, path: next };
}

function moveTo({ cursor }: RecordState, at: number, { recent }: Models, height: number): RecordState {
  const moved = settle({ at, top: cursor.top }, recent.length, height);
  return { cursor: moved, path: recent[moved.at]?.path ?? '' };
}

function runAction(state: RecordState, action: string, models: Models, height: number): Update<RecordState> {
  const { recent } = models;
  const moved = moveCursor(state.cursor, action, recent.length, height);
  if (moved !== undefined) return { state: { cursor: moved, path: recent[moved.at]?.path ?? '' } };
  const recording = recent[state.cursor.at];
  switch (action) {
    case 'open':
      return { state, effects: replay(recording) };
    case 'copy':
      return {
        state,
        effects: recording === undefined ? [] : [{ kind: 'copy', text: recording.path, what: 'the path' }],
      };
    case 'detail':
      return {
        state,
        effects: recording === undefined ? [] : [{ kind: 'show', title: 'Recording', lines: factLines(recording) }],
      };
    default:
      return { state, effects: transportAction(action, models) ?? streamEffects(action, models) ?? [] };
  }
}

function replay(recording: RecentRecording | undefined): readonly Effect[] {
  if (recording === undefined) return [];
  if (recording.isThere) {
    return [
      { kind: 'replay', file: recording.path },
      { kind: 'go', screen: 'graph' },
    ];
  }
  return [{ kind: 'message', text: `${visibleText(recording.path)} is not there any more`, isError: true }];
}

function factLines({ path, time, how, bytes, events }: RecentRecording): string[] {
  const lines = [`file    ${path}`, `${how.padEnd(8)}${time}`];
  if (bytes !== undefined) lines.push(`bytes   ${bytes}`);
  if (events !== undefined) lines.push(`events  ${events}`);
  return [...lines, '', `ftui report ${path}`, `ftui info ${path}`].map(visibleText);
}
