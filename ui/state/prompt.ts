/** One line of text being typed, with the keys that hands know from a shell. */

export interface Prompt {
  readonly text: string;
  /** Characters before the cursor. */
  readonly cursor: number;
}

export const emptyPrompt: Prompt = { text: '', cursor: 0 };

export function promptWith(text: string): Prompt {
  return { text, cursor: [...text].length };
}

/** The prompt after a key; undefined when the key is none of text editing. */
export function editPrompt(prompt: Prompt, key: string): Prompt | undefined {
  const before = [...prompt.text].slice(0, prompt.cursor);
  const after = [...prompt.text].slice(prompt.cursor);
  const make = (left: readonly string[], right: readonly string[]): Prompt => ({
    text: [...left, ...right].join(''),
    cursor: left.length,
  });
  switch (key) {
    case 'Backspace':
      return make(before.slice(0, -1), after);
    case 'Delete':
      return make(before, after.slice(1));
    case 'Left':
      return make(before.slice(0, -1), [...before.slice(-1), ...after]);
    case 'Right':
      return make([...before, ...after.slice(0, 1)], after.slice(1));
    case 'Home':
    case 'Ctrl-A':
      return make([], [...before, ...after]);
    case 'End':
    case 'Ctrl-E':
      return make([...before, ...after], []);
    case 'Ctrl-U':
      return make([], after);
    case 'Ctrl-K':
      return make(before, []);
    case 'Ctrl-W':
      return make([...before.join('').replace(/\S*\s*$/, '')], after);
    case 'Space':
      return make([...before, ' '], after);
    default:
      return [...key].length === 1 ? make([...before, key], after) : undefined;
  }
}

/** Pasted text; line ends become spaces, control characters are left out. */
export function pasteInto(prompt: Prompt, text: string): Prompt {
  let result = prompt;
  for (const character of text.replace(/\s+/g, ' ')) {
    if (character >= ' ' && character !== '\u007f') result = editPrompt(result, character) ?? result;
  }
  return result;
}
