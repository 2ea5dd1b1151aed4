/**
 * The same session in the three looks of a terminal (colour, NO_COLOR, a locale without UTF-8), driven by the same keys:
 * each screen becomes one golden file, whose text is followed by the attributes of its cells and by the text in ASCII.
 */
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TerminalProgram } from './terminal.ts';

export const sizes = [
  [80, 24],
  [160, 50],
] as const;
export type Size = readonly [cols: number, rows: number];

const environments = { colour: {}, NO_COLOR: { NO_COLOR: '1' }, ASCII: { LANG: 'C' } } as const;
type Look = keyof typeof environments;

/** Starts the session and resolves when it is where the test begins. */
export type StartLook = (env: Readonly<Record<string, string>>) => Promise<TerminalProgram>;

/** Colours, dim included: what a terminal with NO_COLOR must not be sent. */
const colourCodes = /\u001b\[[0-9;]*\b(?:2|3[0-8]|4[0-8]|9[0-7]|10[0-7])m/;

export interface GoldenOptions {
  /** Takes out of a line what differs from run to run; what has another width then must stand at its end. */
  readonly mask?: (line: string) => string;
  /** The same for a line of attributes. */
  readonly maskLook?: (line: string) => string;
  /** Which lines are kept; default: all. */
  readonly lines?: (row: number, rows: number) => boolean;
}

export class LookRuns {
  readonly #runs: Readonly<Record<Look, TerminalProgram>>;

  private constructor(runs: Readonly<Record<Look, TerminalProgram>>) {
    this.#runs = runs;
  }

  static async start(start: StartLook): Promise<LookRuns> {
    const [colour, without, ascii] = await Promise.all([
      start(environments.colour),
      start(environments.NO_COLOR),
      start(environments.ASCII),
    ]);
    return new LookRuns({ colour, NO_COLOR: without, ASCII: ascii });
  }

  get all(): readonly TerminalProgram[] {
    return Object.values(this.#runs);
  }

  async press(...keys: readonly string[]): Promise<void> {
    await Promise.all(this.all.map((run) => run.press(...keys)));
  }

  async each(work: (run: TerminalProgram) => Promise<void>): Promise<void> {
    await Promise.all(this.all.map(work));
  }

  async resize(cols: number, rows: number): Promise<void> {
    await Promise.all(this.all.map((run) => run.resize(cols, rows)));
  }

  /** Compares what is on the screens with the file, and the looks with each other. */
  async expectGolden(name: string, options: GoldenOptions = {}): Promise<void> {
    const texts = this.#each((run) => run.lines());
    const looks = this.#each((run) => run.looks());
    for (const lines of Object.values(texts)) expectSound(lines, this.#runs.colour, name);
    expect(texts.ASCII.join('\n'), `${name} in ASCII`).toMatch(/^[\n -~]*$/);
    expect(looks.NO_COLOR.join('\n'), `${name} with NO_COLOR`).toMatch(/^[\nibu ]*$/);
    expect(this.#runs.NO_COLOR.raw, `${name} with NO_COLOR`).not.toMatch(colourCodes);
    const kept = (lines: readonly string[], look = false) => keepLines(lines, options, look);
    expect(kept(texts.NO_COLOR), `${name} with NO_COLOR`).toBe(kept(texts.colour));
    expect(kept(looks.ASCII, true), `${name} in ASCII`).toBe(kept(looks.colour, true));
    const parts = [
      kept(texts.colour),
      `\n-- colour\n${kept(looks.colour, true)}`,
      `\n-- NO_COLOR\n${kept(looks.NO_COLOR, true)}`,
      `\n-- ASCII\n${kept(texts.ASCII)}`,
    ];
    const file = join(import.meta.dirname, 'golden', `${name}.txt`);
    await expect(`${parts.join('\n')}\n`).toMatchFileSnapshot(file);
  }

  #each<T>(read: (run: TerminalProgram) => T): Readonly<Record<Look, T>> {
    const { colour, NO_COLOR: without, ASCII: ascii } = this.#runs;
    return { colour: read(colour), NO_COLOR: read(without), ASCII: read(ascii) };
  }
}

function keepLines(lines: readonly string[], options: GoldenOptions, isLook: boolean): string {
  const keeps = options.lines ?? (() => true);
  const mask = (isLook ? options.maskLook : options.mask) ?? ((line) => line);
  return lines
    .filter((_line, row) => keeps(row, lines.length))
    .map(mask)
    .join('\n')
    .trimEnd();
}

/** Nothing outside of the screen, and no control character on it. */
function expectSound(lines: readonly string[], run: TerminalProgram, name: string): void {
  expect(run.hasOverflown, name).toBe(false);
  expect(run.isAlternate, name).toBe(true);
  expect(lines.join(''), name).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
}
