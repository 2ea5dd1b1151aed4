/** Cells of an emulated terminal as text for the real one. */
import { describe, expect, it } from 'vitest';
import { type Cell, type CellLook, paintCells } from '../../../ui/terminal/cells.ts';
import { Emulator } from '../../../ui/terminal/emulator.ts';
import { cellWidth } from '../../../ui/terminal/line.ts';
import { createStyle } from '../../../ui/terminal/style.ts';
import { stripLooks } from '../drive-screen.ts';
import { hostile } from '../fake-models.ts';

const many = createStyle({ color: true, has256: true, ascii: false });
const sixteen = createStyle({ color: true, ascii: false });
const none = createStyle({ color: false, ascii: false });
const ascii = createStyle({ color: false, ascii: true });

const cellsOf = (text: string, look: CellLook = {}): Cell[] =>
  [...text].map((character) => ({ text: character, width: 1, look }));

describe('paintCells', () => {
  it('paints runs of one look together and ends each', () => {
    const cells = [...cellsOf('ab', { bold: true, ink: 1 }), ...cellsOf('c')];
    expect(paintCells(cells, 80, many)).toBe('\u001b[1;31mab\u001b[22;23;24;27;39;49mc');
  });

  it.each([
    [many, 9, '91'],
    [many, 200, '38;5;200'],
    [sixteen, 9, '91'],
    [sixteen, 200, '95'],
    [sixteen, 196, '91'],
    [sixteen, 28, '32'],
    [sixteen, 232, '30'],
    [sixteen, 255, '97'],
    [none, 200, ''],
  ])('paints a colour as the terminal has it', (style, ink, codes) => {
    const begin = codes === '' ? '' : `\u001b[${codes}m`;
    expect(paintCells(cellsOf('x', { ink }), 80, style).startsWith(`${begin}x`)).toBe(true);
  });

  it('leaves bold, underline and inverse where there is no colour', () => {
    const look = { bold: true, underline: true, inverse: true, dim: true, ink: 3, ground: 4 };
    expect(paintCells(cellsOf('x', look), 80, none)).toMatch(/^\u001b\[1;4;7mx/);
  });

  it('shows the cursor, also behind the end of a line and on an inverse cell', () => {
    expect(paintCells(cellsOf('a'), 80, none, 2)).toBe(`a \u001b[7m ${'\u001b[22;23;24;27;39;49m'}`);
    expect(paintCells(cellsOf('a', { inverse: true }), 80, none, 0)).toBe('a');
  });

  it('is never wider than it may be', () => {
    const wide: Cell = { text: '日', width: 2, look: {} };
    expect(paintCells([...cellsOf('abc'), wide], 4, many)).toBe('abc');
    expect(paintCells(cellsOf('abcdef'), 4, many)).toBe('abcd');
  });

  it('replaces what is not as wide as its cells, is no character, or cannot be shown', () => {
    const odd: Cell[] = [
      { text: '😀', width: 1, look: {} },
      { text: 'a\u202e', width: 1, look: {} },
      { text: '\u009b', width: 1, look: {} },
      { text: '', width: 1, look: {} },
      { text: 'e\u0301', width: 1, look: {} },
      { text: `e${'\u0301'.repeat(1_000)}`, width: 1, look: {} },
    ];
    expect(paintCells(odd, 80, many)).toBe('\ufffd\ufffd\ufffd e\u0301\ufffd');
    expect(paintCells(cellsOf('┌─┐│é█'), 80, ascii)).toBe('+-+|?#');
  });
});

function emulate(text: string, columns = 40, rows = 5): Promise<Emulator> {
  const emulator = new Emulator({ columns, rows, onReply: () => {} });
  return new Promise((resolve) => emulator.write(Buffer.from(text), () => resolve(emulator)));
}

describe('what an emulator has of hostile output', () => {
  const attacks = [
    hostile,
    '\u001b]52;c;aGk=\u0007\u001b]0;title\u0007\u001b]8;;http://x\u0007link\u001b]8;;\u0007',
    '\u001bP+q544e\u001b\\\u001b_apc\u001b\\\u001b^pm\u001b\\\u001bXsos\u001b\\',
    '\u009b31mred\u009d0;t\u009c\u0090q\u009c',
    '\u001b[?1049h\u001b[?1000h\u001b[?2004h\u001b[5i\u001b[8;1;1t\u001b[21t\u001bc\u001b[999;999Hx',
    'a\u200d\u202eb\u2066c\ufeffd\u200ee\u2028f',
    '\u001b[38;2;300;300;300mx\u001b[48;5;999my\u001b[m',
    `${'日'.repeat(50)}\u001b[1G\u001b[1P`,
    Array.from({ length: 3000 }, (_, at) => String.fromCharCode((at * 7919) % 0x2100)).join(''),
  ];

  it.each(attacks.map((text) => [JSON.stringify(text).slice(0, 60), text]))(
    '%s: characters and looks alone',
    async (_, text) => {
      const emulator = await emulate(text);
      for (let line = 0; line < emulator.length; line += 1) {
        for (const style of [many, ascii]) {
          const painted = paintCells(emulator.lineAt(line), 40, style, 3);
          const left = stripLooks(painted);
          expect(left).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
          expect(cellWidth(left)).toBeLessThanOrEqual(40);
          if (style === ascii) expect(left).toMatch(/^[ -~]*$/);
        }
      }
    },
  );

  it('is the lines of history and of the screen, with their cursor', async () => {
    const emulator = await emulate(`${Array.from({ length: 9 }, (_, at) => `line ${at}`).join('\r\n')}\u001b[2D`);
    expect(emulator.length).toBe(9);
    const textOf = (line: number) =>
      emulator
        .lineAt(line)
        .map(({ text }) => text || ' ')
        .join('');
    expect([textOf(0), textOf(8)]).toEqual(['line 0', 'line 8']);
    expect(emulator.cursor).toEqual({ line: 8, column: 4 });
  });
});
