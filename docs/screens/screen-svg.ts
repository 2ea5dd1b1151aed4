/** A terminal's screen as an SVG picture: runs of cells that look the same become one text each, on a grid of their own. */

export interface ScreenCell {
  readonly text: string;
  /** One of the 16 colours of a terminal; undefined is the usual one. */
  readonly color: number | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isInverse: boolean;
  readonly isUnderlined: boolean;
}

/** Pixels of a cell, and around the screen. */
const cellWidth = 8.4;
const cellHeight = 18;
const margin = 14;
const baseline = 13.5;

const background = '#16181d';
const foreground = '#d3d7de';
const palette = [
  ...['#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#abb2bf'],
  ...['#5c6370', '#ef7f88', '#a9d48a', '#f0cf8f', '#7cc0ff', '#d48fe8', '#6fd0da', '#ffffff'],
];

/** Rows of cells, all of the same length. */
export function formatSvg(rows: readonly (readonly ScreenCell[])[], title: string): string {
  const width = Math.round((rows[0]?.length ?? 0) * cellWidth + 2 * margin);
  const height = rows.length * cellHeight + 2 * margin;
  const lines = rows.flatMap((row, index) => formatRow(row, margin + index * cellHeight));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
    '<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">',
    ...lines,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function formatRow(row: readonly ScreenCell[], top: number): string[] {
  const out: string[] = [];
  for (let from = 0; from < row.length; ) {
    const first = row[from]!;
    let to = from + 1;
    while (to < row.length && isSameLook(row[to]!, first)) to += 1;
    out.push(...formatRun(row.slice(from, to), margin + from * cellWidth, top));
    from = to;
  }
  return out;
}

function isSameLook(a: ScreenCell, b: ScreenCell): boolean {
  return (
    a.color === b.color &&
    a.isBold === b.isBold &&
    a.isDim === b.isDim &&
    a.isInverse === b.isInverse &&
    a.isUnderlined === b.isUnderlined
  );
}

function formatRun(run: readonly ScreenCell[], left: number, top: number): string[] {
  const { color, isBold, isDim, isInverse, isUnderlined } = run[0]!;
  const text = run.map((cell) => cell.text).join('');
  const width = round(run.length * cellWidth);
  const ink = color === undefined ? foreground : palette[color]!;
  const out: string[] = [];
  if (isInverse)
    out.push(`<rect x="${round(left)}" y="${top}" width="${width}" height="${cellHeight}" fill="${ink}"/>`);
  if (text.trim() === '') return out;
  const shown = text.trimEnd();
  const looks = [
    `x="${round(left)}" y="${top + baseline}" textLength="${round([...shown].length * cellWidth)}"`,
    `fill="${isInverse ? background : ink}"`,
    ...(isBold ? ['font-weight="bold"'] : []),
    ...(isDim ? ['fill-opacity="0.6"'] : []),
    ...(isUnderlined ? ['text-decoration="underline"'] : []),
  ];
  out.push(`<text ${looks.join(' ')}>${escapeText(shown)}</text>`);
  return out;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Spaces that no viewer takes for one. */
function escapeText(text: string): string {
  return text.replaceAll(' ', '\u00a0').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
