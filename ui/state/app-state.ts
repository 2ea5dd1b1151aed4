/** The whole state of the interactive session besides the engine's data, and how inputs change it. Pure. */
import { visibleText } from '../../src/index.ts';
import { findAction, isPrefix, type ScreenId, screenIds } from '../keys/key-table.ts';
import { type Overlay, type OverlayUpdate, openHelp, openPrompt, updateOverlay } from '../overlays/overlay.ts';
import { transportCommand } from '../screens/record/transport.ts';
import { type AnyScreen, screens } from '../screens/screens.ts';
import type { Input } from '../terminal/key-decoder.ts';
import type { Effect } from './effect.ts';
import { atFirst } from './list-cursor.ts';
import { focusPane, hiddenPane, nextSize, type PaneState, type PaneUpdate, updatePane } from './pane.ts';
import { editPrompt, pasteInto } from './prompt.ts';
import type { ScreenEvent, ViewContext } from './screen.ts';

export interface Message {
  readonly text: string;
  readonly isError: boolean;
  /** ms; it is taken away then. */
  readonly until: number;
}

export interface AppState {
  readonly screen: ScreenId;
  /** Where `q` and Esc lead back to, the last one last. */
  readonly behind: readonly ScreenId[];
  readonly screens: Readonly<Record<ScreenId, unknown>>;
  readonly overlay: Overlay | undefined;
  /** A key that waits for a letter. */
  readonly prefix: string | undefined;
  readonly message: Message | undefined;
  /** The command's, where there is one. */
  readonly pane: PaneState;
}

export interface AppUpdate {
  readonly state: AppState;
  readonly effects: readonly Effect[];
}

/** The size of the terminal and all that screens are drawn with; `height` is that of a screen without header and key bar. */
export type AppContext = ViewContext;

/** How long a message stays, ms; a long one for each of its characters. */
const messageMs = 4_000;
const characterMs = 30;

export function initialAppState(screen: ScreenId, pane = hiddenPane): AppState {
  const states = Object.fromEntries(screenIds.map((id) => [id, screens[id].initial()])) as Record<ScreenId, unknown>;
  return { screen, behind: [], screens: states, overlay: undefined, prefix: undefined, message: undefined, pane };
}

export function updateApp(state: AppState, input: Exclude<Input, { kind: 'mouse' }>, context: AppContext): AppUpdate {
  const { command } = context.models;
  if (command !== undefined && state.pane.hasFocus && state.overlay === undefined) {
    return applyPane(state, updatePane(state.pane, input, command, context.paneRows));
  }
  return input.kind === 'paste' ? paste(state, input.text, context) : pressKey(state, input.key, context);
}

/** What is for the command goes to it as it is. */
export function applyPane(state: AppState, { pane, typed }: PaneUpdate): AppUpdate {
  return { state: { ...state, pane }, effects: typed.map((input) => ({ kind: 'type', input })) };
}

function pressKey(state: AppState, key: string, context: AppContext): AppUpdate {
  if (key === 'Ctrl-C') return act(state, 'quit-now', context);
  if (key === 'Ctrl-Z') return act(state, 'suspend', context);
  if (key === 'Ctrl-L') return act(state, 'repaint', context);
  if (state.overlay !== undefined) {
    return closeOverlay(state, updateOverlay(state.overlay, key, state.screen, context.height), context);
  }
  const screen: AnyScreen = screens[state.screen];
  if (state.prefix !== undefined) {
    const action = [...key].length === 1 ? findAction('', state.screen, state.prefix) : undefined;
    const next = { ...state, prefix: undefined };
    return action === undefined
      ? { state: next, effects: [] }
      : sendToScreen(next, { kind: 'action', action, letter: key }, context);
  }
  if (screen.takesText?.(state.screens[state.screen]) && isTyping(key)) {
    return sendToScreen(state, { kind: 'typed', key }, context);
  }
  if (isPrefix(key, state.screen)) return { state: { ...state, prefix: key }, effects: [] };
  const action = findAction(key, state.screen);
  return action === undefined ? { state, effects: [] } : act(state, action, context);
}

/** Characters and the keys that edit a line; Enter, Esc, arrows up and down stay with the screen. */
function isTyping(key: string): boolean {
  return key !== 'Up' && key !== 'Down' && editPrompt({ text: 'a', cursor: 1 }, key) !== undefined;
}

/** An action of the key table, by a key or from the palette. */
function act(state: AppState, action: string, context: AppContext): AppUpdate {
  const target = screenIds.find((id) => action === `screen-${id}`);
  if (target !== undefined) return { state: goToScreen(state, target), effects: [] };
  switch (action) {
    case 'quit-now':
      return { state, effects: [{ kind: 'quit' }] };
    case 'suspend':
    case 'repaint':
    case 'mouse':
      return { state, effects: [{ kind: action }] };
    case 'help':
      return { state: { ...state, overlay: openHelp(state.screen) }, effects: [] };
    case 'palette':
      return { state: { ...state, overlay: openPrompt('command') }, effects: [] };
    case 'search':
      return { state: { ...state, overlay: openPrompt('search') }, effects: [] };
    case 'filter':
      return { state: { ...state, overlay: openPrompt('filter') }, effects: [] };
    case 'command':
      return changePane(state, focusPane(state.pane), context);
    case 'command-pane':
      return changePane(state, nextSize(state.pane), context);
    case 'back':
    case 'quit':
      return goBack(state, action, context);
    default:
      return sendToScreen(state, { kind: 'action', action }, context);
  }
}

/** Only a command that ftui has started has a pane. */
function changePane(state: AppState, pane: PaneState, context: AppContext): AppUpdate {
  if (context.models.command !== undefined) return { state: { ...state, pane }, effects: [] };
  const text = 'no command runs here; one does after `ftui graph FUNC --ui -- COMMAND`';
  return { state: withMessage(state, text, true, context.now), effects: [] };
}

/**
 * Esc takes back a start that is under way. Else the screen may leave something of its own first (a search, an opened
 * call); then the screen before; then the program.
 */
function goBack(state: AppState, action: 'back' | 'quit', context: AppContext): AppUpdate {
  if (action === 'back' && context.models.isArming) {
    return { state, effects: [{ kind: 'trace', change: { what: 'stop' } }] };
  }
  // New data changes a screen too: it takes that in first, so that what changes then is what it leaves.
  const { state: fresh, effects } = sendToScreen(state, { kind: 'tick' }, context);
  const asked = sendToScreen(fresh, { kind: 'action', action: 'back' }, context);
  if (asked.state.screens[state.screen] !== fresh.screens[state.screen])
    return { state: asked.state, effects: [...effects, ...asked.effects] };
  const last = fresh.behind.at(-1);
  if (last !== undefined) return { state: { ...fresh, screen: last, behind: fresh.behind.slice(0, -1) }, effects };
  const left = applyEffects(fresh, action === 'quit' ? quitEffects(context) : [], context);
  return { state: left.state, effects: [...effects, ...left.effects] };
}

/** Asks first while something is being recorded. */
function quitEffects({ models }: AppContext): readonly Effect[] {
  if (models.recordingFile === undefined) return [{ kind: 'quit' }];
  const question = `Still recording to ${models.recordingFile}: finish the file and quit?`;
  return [{ kind: 'confirm', question, effects: [{ kind: 'quit' }] }];
}

function goToScreen(state: AppState, screen: ScreenId): AppState {
  if (screen === state.screen) return state;
  const behind = [...state.behind.filter((id) => id !== screen && id !== state.screen), state.screen];
  return { ...state, screen, behind };
}

/** Hands an event to a screen, and applies those of its effects that change this state. */
export function sendToScreen(state: AppState, event: ScreenEvent, context: AppContext, id = state.screen): AppUpdate {
  const screen: AnyScreen = screens[id];
  const { state: next, effects = [] } = screen.update(state.screens[id], event, context);
  const changed = next === state.screens[id] ? state : { ...state, screens: { ...state.screens, [id]: next } };
  return applyEffects(changed, effects, context);
}

/** Effects on the state itself are applied here; the rest is for the program. */
export function applyEffects(start: AppState, effects: readonly Effect[], context: AppContext): AppUpdate {
  let state = start;
  const rest: Effect[] = [];
  for (const effect of effects) {
    switch (effect.kind) {
      case 'go':
        state = goToScreen(state, effect.screen);
        break;
      case 'send': {
        const sent = sendToScreen(state, { kind: 'command', words: effect.command }, context, effect.screen);
        state = sent.state;
        rest.push(...sent.effects);
        break;
      }
      case 'ask':
        state = { ...state, overlay: openPrompt(effect.to, effect.text) };
        break;
      case 'show':
        state = { ...state, overlay: { kind: 'text', title: effect.title, lines: effect.lines, cursor: atFirst } };
        break;
      case 'pick':
        state = { ...state, overlay: { ...effect, kind: 'pick', cursor: atFirst } };
        break;
      case 'confirm':
        state = { ...state, overlay: { kind: 'confirm', question: effect.question, effects: effect.effects } };
        break;
      case 'message':
        state = withMessage(state, effect.text, effect.isError === true, context.now);
        break;
      default:
        rest.push(effect);
    }
  }
  return { state, effects: rest };
}

/** A text for a moment in place of the key bar; what it quotes may be anything. */
export function withMessage(state: AppState, text: string, isError: boolean, now: number): AppState {
  const line = visibleText(text.replaceAll('\n', ' '));
  return { ...state, message: { text: line, isError, until: now + Math.max(messageMs, line.length * characterMs) } };
}

function closeOverlay(state: AppState, update: OverlayUpdate, context: AppContext): AppUpdate {
  const next = { ...state, overlay: update.overlay };
  if (update.action !== undefined) return act(next, update.action, context);
  if (update.command !== undefined) return sendToScreen(next, { kind: 'command', words: update.command }, context);
  if (update.answer !== undefined) return takeAnswer(next, update.answer, context);
  return applyEffects(next, update.effects ?? [], context);
}

function takeAnswer(
  state: AppState,
  { to, text }: NonNullable<OverlayUpdate['answer']>,
  context: AppContext,
): AppUpdate {
  if (to === 'search') return sendToScreen(state, { kind: 'search', query: text.trim() }, context);
  if (text.trim() === '') return { state, effects: [] };
  if (to === 'filter') return sendToScreen(state, { kind: 'filter', text: text.trim() }, context);
  return runWords(state, text.trim().split(/\s+/), context);
}

/** A line of the palette: the commands that are the same everywhere; the rest is the screen's own. */
function runWords(state: AppState, words: readonly string[], context: AppContext): AppUpdate {
  const [name = '', ...rest] = words;
  const trace = (change: Extract<Effect, { kind: 'trace' }>['change']): AppUpdate => ({
    state,
    effects: [{ kind: 'trace', change }],
  });
  switch (name) {
    case 'graph':
    case 'function':
      return trace({ what: name, functions: rest });
    case 'event':
      return trace({ what: 'event', event: rest.join(' '), on: true });
    case 'kprobe':
    case 'uprobe':
      return trace({ what: 'probe', words });
    case 'depth':
      return trace({ what: 'depth', depth: Number(rest[0]) });
    case 'cpu':
      return trace({ what: 'cpus', text: rest.join(' ') });
    case 'pid':
      return trace({ what: 'pids', text: rest.join(',') });
    case 'buffer':
      return trace({ what: 'buffer', text: rest.join(' ') });
    case 'find':
      return sendToScreen(state, { kind: 'search', query: rest.join(' ') }, context);
    case 'filter':
      return sendToScreen(state, { kind: 'filter', text: rest.join(' ') }, context);
    case 'record':
      return { state, effects: [{ kind: 'record', file: rest[0] }] };
    case 'open':
      return { state, effects: [{ kind: 'replay', file: rest.join(' ') }] };
    case 'fps':
      return { state, effects: [{ kind: 'fps', fps: Math.min(30, Math.max(1, Number(rest[0]) || 10)) }] };
    case 'symbols':
      return sendToScreen(goToScreen(state, 'browse'), { kind: 'command', words }, context);
    case 'export':
      return { state, effects: [{ kind: 'export', file: rest.join(' '), content: '' }] };
    default: {
      const transport = transportCommand(words, context.models);
      if (transport !== undefined) return applyEffects(state, transport, context);
      return sendToScreen(state, { kind: 'command', words }, context);
    }
  }
}

function paste(state: AppState, text: string, context: AppContext): AppUpdate {
  const { overlay } = state;
  if (overlay?.kind === 'prompt' || overlay?.kind === 'help') {
    return { state: { ...state, overlay: { ...overlay, prompt: pasteInto(overlay.prompt, text) } }, effects: [] };
  }
  const screen: AnyScreen = screens[state.screen];
  if (!screen.takesText?.(state.screens[state.screen])) return { state, effects: [] };
  let update: AppUpdate = { state, effects: [] };
  for (const character of pasteInto({ text: '', cursor: 0 }, text).text) {
    update = sendToScreen(update.state, { kind: 'typed', key: character }, context);
  }
  return update;
}

/** The data or the time has moved on. */
export function tick(state: AppState, context: AppContext): AppUpdate {
  const isOver = state.message !== undefined && context.now >= state.message.until;
  return sendToScreen(isOver ? { ...state, message: undefined } : state, { kind: 'tick' }, context);
}
