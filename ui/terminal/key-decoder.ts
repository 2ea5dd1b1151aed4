/**
 * What a terminal sends for keys, the mouse and pasted text, as named inputs. xterm's control sequences (ctlseqs), SGR
 * mouse mode (1006) and bracketed paste (2004). Held keys arrive as one chunk: every character is an input of its own.
 */

export type Input = KeyInput | MouseInput | PasteInput;

export interface KeyInput {
  readonly kind: 'key';
  /** `j`, `G`, `Enter`, `Esc`, `Up`, `F1`, `Ctrl-D`, `Shift-Left`, `Alt-x`, `Space`. */
  readonly key: string;
}

export interface MouseInput {
  readonly kind: 'mouse';
  readonly what: 'press' | 'release' | 'drag' | 'wheel-up' | 'wheel-down';
  /** Cells from the screen's left and top edge, from 0. */
  readonly x: number;
  readonly y: number;
}

export interface PasteInput {
  readonly kind: 'paste';
  readonly text: string;
}

const escapeByte = '\u001b';
const pasteBegin = '\u001b[200~';
const pasteEnd = '\u001b[201~';
/** More than this of a control sequence or a paste that does not end is thrown away. */
const longestSequence = 64;
const longestPaste = 1 << 16;

const letterKeys: Readonly<Record<string, string>> = {
  A: 'Up',
  B: 'Down',
  C: 'Right',
  D: 'Left',
  H: 'Home',
  F: 'End',
  P: 'F1',
  Q: 'F2',
  R: 'F3',
  S: 'F4',
  Z: 'Shift-Tab',
};
const numberKeys: Readonly<Record<string, string>> = {
  1: 'Home',
  2: 'Insert',
  3: 'Delete',
  4: 'End',
  5: 'PageUp',
  6: 'PageDown',
  7: 'Home',
  8: 'End',
  11: 'F1',
  12: 'F2',
  13: 'F3',
  14: 'F4',
  15: 'F5',
  17: 'F6',
  18: 'F7',
  19: 'F8',
  20: 'F9',
  21: 'F10',
  23: 'F11',
  24: 'F12',
};
const controlKeys: Readonly<Record<string, string>> = {
  '\r': 'Enter',
  '\n': 'Enter',
  '\t': 'Tab',
  ' ': 'Space',
  '\u007f': 'Backspace',
  '\b': 'Backspace',
  '\u0000': 'Ctrl-Space',
  '\u001c': 'Ctrl-\\',
  '\u001d': 'Ctrl-]',
  '\u001e': 'Ctrl-^',
  '\u001f': 'Ctrl-_',
};

export class KeyDecoder {
  #pending = '';

  /** Whether an Esc waits for what follows; it is a key of its own when nothing does. */
  get isWaiting(): boolean {
    return this.#pending !== '';
  }

  /** The inputs that a chunk completes. */
  push(chunk: string): Input[] {
    let rest = this.#pending + chunk;
    this.#pending = '';
    const inputs: Input[] = [];
    while (rest !== '') {
      const taken = takeInput(rest);
      if (taken === undefined) {
        this.#pending = rest;
        break;
      }
      if (taken.input !== undefined) inputs.push(taken.input);
      rest = rest.slice(taken.length);
    }
    return inputs;
  }

  /** Nothing came after what waits: an Esc is the key; the rest of an unfinished sequence is dropped. */
  flush(): Input[] {
    const waiting = this.#pending;
    this.#pending = '';
    if (waiting.startsWith(pasteBegin)) {
      this.#pending = waiting;
      return [];
    }
    return waiting.startsWith(escapeByte) && waiting.length <= 2 ? [{ kind: 'key', key: 'Esc' }] : [];
  }
}

interface Taken {
  readonly input: Input | undefined;
  readonly length: number;
}

/** The first input of `text`; undefined when more has to come. */
function takeInput(text: string): Taken | undefined {
  if (!text.startsWith(escapeByte)) return takeCharacter(text);
  if (text.length === 1) return undefined;
  if (text.startsWith(pasteBegin)) return takePaste(text);
  if (text[1] === '[' || text[1] === 'O') return takeSequence(text);
  if (text[1] === escapeByte) return { input: key('Esc'), length: 1 };
  const { input, length } = takeCharacter(text.slice(1));
  return { input: input?.kind === 'key' ? key(`Alt-${input.key}`) : undefined, length: length + 1 };
}

function takeCharacter(text: string): Taken {
  const character = String.fromCodePoint(text.codePointAt(0)!);
  const name = controlKeys[character];
  if (name !== undefined) return { input: key(name), length: 1 };
  const code = character.charCodeAt(0);
  if (code >= 1 && code <= 26) return { input: key(`Ctrl-${String.fromCharCode(code + 64)}`), length: 1 };
  const isPrintable = code >= 32 && !(code >= 0x80 && code < 0xa0);
  return { input: isPrintable ? key(character) : undefined, length: character.length };
}

function takePaste(text: string): Taken | undefined {
  const end = text.indexOf(pasteEnd);
  if (end < 0 && text.length < longestPaste) return undefined;
  const content = text.slice(pasteBegin.length, end < 0 ? undefined : end);
  return { input: { kind: 'paste', text: content }, length: end < 0 ? text.length : end + pasteEnd.length };
}

/** CSI and SS3: `ESC [ parameters letter`, `ESC O letter`. */
function takeSequence(text: string): Taken | undefined {
  const [whole, parameters = '', final = ''] =
    /^\u001b(?:\[([0-9:;<=>?]*)[ -/]*([@-~])|O([0-9;]*[A-Za-z]))/.exec(text) ?? [];
  if (whole === undefined) {
    const isBroken = text.length > longestSequence || !/^\u001b[[O][0-9:;<=>? -/]*$/.test(text);
    return isBroken ? { input: undefined, length: 2 } : undefined;
  }
  if (parameters.startsWith('<')) return { input: parseMouse(parameters.slice(1), final), length: whole.length };
  const letter = whole[1] === 'O' ? whole.at(-1)! : final;
  const [code = '', modifiers = '1'] = parameters.split(';');
  const name = letter === '~' ? numberKeys[code] : letterKeys[letter];
  return { input: name === undefined ? undefined : key(withModifiers(name, Number(modifiers))), length: whole.length };
}

/** xterm counts modifiers from 1: 1 is shift, 2 alt, 4 control. */
function withModifiers(name: string, modifiers: number): string {
  const bits = (Number.isFinite(modifiers) ? modifiers : 1) - 1;
  return `${bits & 4 ? 'Ctrl-' : ''}${bits & 2 ? 'Alt-' : ''}${bits & 1 ? 'Shift-' : ''}${name}`;
}

/** `button;column;row`, ended by M (pressed) or m (released); 32 is added while moving, 64 and 65 are the wheel. */
function parseMouse(parameters: string, final: string): MouseInput | undefined {
  const [button, column, row] = parameters.split(';').map(Number);
  if (button === undefined || column === undefined || row === undefined) return undefined;
  const place = { kind: 'mouse', x: column - 1, y: row - 1 } as const;
  if (button === 64) return { ...place, what: 'wheel-up' };
  if (button === 65) return { ...place, what: 'wheel-down' };
  if ((button & 3) !== 0) return undefined;
  if (button & 32) return { ...place, what: 'drag' };
  return { ...place, what: final === 'M' ? 'press' : 'release' };
}

function key(name: string): KeyInput {
  return { kind: 'key', key: name };
}
