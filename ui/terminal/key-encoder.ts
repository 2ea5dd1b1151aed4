/**
 * What a terminal sends for named inputs: the reverse of key-decoder.ts, for a program in a pane, by the modes that the
 * program has set (xterm's ctlseqs: DECCKM, bracketed paste).
 */
import type { KeyInput, PasteInput } from './key-decoder.ts';

interface KeyModes {
  /** Cursor keys are sent as SS3 (ESC O A) where no modifier is pressed. */
  readonly applicationCursor: boolean;
  readonly bracketedPaste: boolean;
}

const fixed: Readonly<Record<string, string>> = {
  Enter: '\r',
  Tab: '\t',
  'Shift-Tab': '\u001b[Z',
  Esc: '\u001b',
  Space: ' ',
  Backspace: '\u007f',
  'Ctrl-Space': '\u0000',
  'Ctrl-\\': '\u001c',
  'Ctrl-]': '\u001d',
  'Ctrl-^': '\u001e',
  'Ctrl-_': '\u001f',
};
const cursorKeys: Readonly<Record<string, string>> = {
  Up: 'A',
  Down: 'B',
  Right: 'C',
  Left: 'D',
  Home: 'H',
  End: 'F',
};
const functionKeys: Readonly<Record<string, string>> = { F1: 'P', F2: 'Q', F3: 'R', F4: 'S' };
const numberKeys: Readonly<Record<string, number>> = {
  ...{ Insert: 2, Delete: 3, PageUp: 5, PageDown: 6 },
  ...{ F5: 15, F6: 17, F7: 18, F8: 19, F9: 20, F10: 21, F11: 23, F12: 24 },
};

/** The bytes, as text; '' for a key that no terminal has. */
export function encodeInput(input: KeyInput | PasteInput, modes: KeyModes): string {
  return input.kind === 'key' ? encodeKey(input.key, modes) : encodePaste(input.text, modes);
}

function encodeKey(key: string, { applicationCursor }: KeyModes): string {
  if (key in fixed) return fixed[key]!;
  if ([...key].length === 1) return key;
  const control = /^Ctrl-([A-Z])$/.exec(key);
  if (control !== null) return String.fromCharCode(control[1]!.charCodeAt(0) - 64);
  const [, modifiers = '', name = ''] = /^((?:(?:Ctrl|Alt|Shift)-)*)(.+)$/.exec(key) ?? [];
  const bits = [...modifiers.matchAll(/\w+/g)].reduce((sum, [word]) => sum + modifierBits[word]!, 0);
  const sequence = encodeNamed(name, bits, applicationCursor);
  if (sequence !== '') return sequence;
  const rest = key.startsWith('Alt-') ? encodeKey(key.slice(4), { applicationCursor, bracketedPaste: false }) : '';
  return rest === '' ? '' : `\u001b${rest}`;
}

const modifierBits: Readonly<Record<string, number>> = { Shift: 1, Alt: 2, Ctrl: 4 };

function encodeNamed(name: string, bits: number, applicationCursor: boolean): string {
  const letter = cursorKeys[name] ?? functionKeys[name];
  if (letter !== undefined) {
    if (bits > 0) return `\u001b[1;${bits + 1}${letter}`;
    return applicationCursor || name in functionKeys ? `\u001bO${letter}` : `\u001b[${letter}`;
  }
  const number = numberKeys[name];
  if (number === undefined) return '';
  return bits > 0 ? `\u001b[${number};${bits + 1}~` : `\u001b[${number}~`;
}

/** What is pasted cannot end the paste by itself. */
function encodePaste(text: string, { bracketedPaste }: KeyModes): string {
  const typed = text.replaceAll('\u001b', '').replace(/\r?\n/g, '\r');
  return bracketedPaste ? `\u001b[200~${typed}\u001b[201~` : typed;
}
