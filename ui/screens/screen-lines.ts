/** Lines that several screens are made of: rules, chips, paragraphs, columns to choose from. */
import { visibleText } from '../../src/index.ts';
import type { Models } from '../state/models.ts';
import type { ViewContext } from '../state/screen.ts';
import { cellWidth, fit, Line } from '../terminal/line.ts';
import type { Style } from '../terminal/style.ts';

/** A rule and the lines below it, exactly `lines` of them; none at all on a screen that is too low. */
export function detailBlock(texts: readonly string[], lines: number, { width, style }: ViewContext): string[] {
  if (lines === 0) return [];
  const rule = style.dim(style.glyphs.line.repeat(width));
  return [rule, ...texts.slice(0, lines - 1), ...new Array<string>(Math.max(0, lines - 1 - texts.length)).fill('')];
}

/** The filters in force, as chips. */
export function addChips(line: Line, models: Models, style: Style): Line {
  for (const { name, on } of models.filterRows()) if (on) line.add('  ').add(`&${visibleText(name)}`, style.warning);
  return line;
}

/** What there is to say while a list has no rows. */
export function emptyLines(words: readonly string[], { width, style }: ViewContext): string[] {
  return ['', ...words.flatMap((text) => wrapText(text, width - 4)).map((text) => indented(text, width, style))];
}

export function indented(text: string, width: number, style: Style): string {
  return new Line(width, style).add(`  ${text}`).toString();
}

/** A text as lines of at most `width` cells, broken between words; a word that is too long is broken anywhere. */
export function wrapText(text: string, width: number): string[] {
  const room = Math.max(2, width);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (cellWidth(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (cellWidth(line) > room) {
      // Nothing is missing: no mark is left where it is broken.
      const kept = fit(line, room, '');
      lines.push(kept);
      line = line.slice(kept.length);
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line];
}

/** The part of the lines that has the chosen one in it, when not all fit. */
export function firstShown(count: number, chosen: number, height: number): number {
  return Math.max(0, Math.min(count - height, chosen - Math.floor((height * 2) / 3)));
}

/** What the list of columns sends back: `column on|off NAME`. */
export function changeColumns(
  hidden: ReadonlySet<string>,
  [, what, name = '']: readonly string[],
): ReadonlySet<string> {
  const changed = new Set(hidden);
  if (what === 'on') changed.delete(name);
  else changed.add(name);
  return changed;
}
