/** Keys back to what a terminal sends for them. */
import { describe, expect, it } from 'vitest';
import { KeyDecoder } from '../../../ui/terminal/key-decoder.ts';
import { encodeInput } from '../../../ui/terminal/key-encoder.ts';

const plain = { applicationCursor: false, bracketedPaste: false };

/** What arrives at a program in the pane when a terminal sends `bytes`. */
function passOn(bytes: string, modes = plain): string {
  const decoder = new KeyDecoder();
  const inputs = [...decoder.push(bytes), ...decoder.flush()];
  return inputs.map((input) => (input.kind === 'mouse' ? '' : encodeInput(input, modes))).join('');
}

const characters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter(
  (character) => !['\n', '\b'].includes(character),
);
const sequences = [
  ...['[A', '[B', '[C', '[D', '[H', '[F', '[Z', 'OP', 'OQ', 'OR', 'OS'],
  ...['[2~', '[3~', '[5~', '[6~', '[15~', '[17~', '[18~', '[19~', '[20~', '[21~', '[23~', '[24~'],
  ...['[1;2A', '[1;5C', '[1;3D', '[1;6H', '[1;2P', '[3;5~', '[5;2~', '[24;8~'],
  ...['x', 'X', '.', '\r', '\u007f', '\u0003'],
].map((rest) => `\u001b${rest}`);

describe('encodeInput', () => {
  it.each(characters.map((character) => [JSON.stringify(character), character]))('passes %s on', (_, character) => {
    expect(passOn(character)).toBe(character);
  });

  it.each(sequences.map((sequence) => [JSON.stringify(sequence), sequence]))('passes %s on', (_, sequence) => {
    expect(passOn(sequence)).toBe(sequence);
  });

  it('passes text of any script on', () => {
    expect(passOn('naïve 日本 😀')).toBe('naïve 日本 😀');
  });

  it('sends cursor keys as the program has asked for them', () => {
    const modes = { ...plain, applicationCursor: true };
    expect(passOn('\u001b[A\u001b[H\u001b[1;5A\u001b[5~', modes)).toBe('\u001bOA\u001bOH\u001b[1;5A\u001b[5~');
  });

  it('sends a paste as typed text, marked where the program has asked for that', () => {
    const paste = '\u001b[200~one\r\ntwo\u001b[31m\u001b[201~';
    expect(passOn(paste)).toBe('one\rtwo[31m');
    expect(passOn(paste, { ...plain, bracketedPaste: true })).toBe('\u001b[200~one\rtwo[31m\u001b[201~');
  });

  it('sends nothing for what no terminal has', () => {
    expect(encodeInput({ kind: 'key', key: 'Hyper-x' }, plain)).toBe('');
  });
});
