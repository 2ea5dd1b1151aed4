/**
 * How things look: SGR attributes by purpose, and the glyphs. 16-colour names only, so that the terminal's own theme
 * decides; without colour, bold, underline and inverse remain, and nothing is told by colour alone.
 */

/** Puts a look around text that has been measured already. */
export type Paint = (text: string) => string;

export interface Style {
  readonly plain: Paint;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly underline: Paint;
  /** The row under the cursor, the header. */
  readonly inverse: Paint;
  /** Errors and losses. */
  readonly error: Paint;
  readonly warning: Paint;
  readonly good: Paint;
  /** Functions of modules. */
  readonly module: Paint;
  /** User space: uprobes, symbols of programs. */
  readonly user: Paint;
  readonly interrupt: Paint;
  readonly match: Paint;
  readonly glyphs: Glyphs;
  /** Whether characters beyond ASCII can be shown. */
  readonly isAscii: boolean;
  /** How many colours there are, for what other programs have painted. */
  readonly colors: 0 | 16 | 256;
}

export interface Glyphs {
  readonly folded: string;
  readonly open: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly line: string;
  readonly divider: string;
  readonly more: string;
  readonly marked: string;
  readonly cursor: string;
  /** From empty to full. */
  readonly bars: readonly string[];
  /** Levels of a sparkline, from none to the highest. */
  readonly sparks: readonly string[];
}

const unicode: Glyphs = {
  folded: '▸',
  open: '▾',
  branch: '├─',
  lastBranch: '└─',
  trunk: '│ ',
  line: '─',
  divider: '│',
  more: '…',
  marked: '✓',
  cursor: '▸',
  bars: [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  sparks: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

const ascii: Glyphs = {
  folded: '>',
  open: 'v',
  branch: '|-',
  lastBranch: '`-',
  trunk: '| ',
  line: '-',
  divider: '|',
  more: '~',
  marked: 'x',
  cursor: '>',
  bars: [' ', '-', '-', '=', '=', '=', '#', '#', '#'],
  sparks: [' ', '_', '_', '.', '.', '-', '-', '=', '#'],
};

export interface StyleOptions {
  readonly color: boolean;
  /** The terminal has the palette of 256. */
  readonly has256?: boolean;
  readonly ascii: boolean;
}

export function createStyle({ color, has256 = false, ascii: isAscii }: StyleOptions): Style {
  const attribute = (on: number, off: number): Paint => {
    const [begin, end] = [`\u001b[${on}m`, `\u001b[${off}m`];
    return (text) => (text === '' ? '' : begin + text + end);
  };
  const colored = (on: number): Paint => (color ? attribute(on, 39) : plain);
  const bold = attribute(1, 22);
  const underline = attribute(4, 24);
  const both =
    (outer: Paint, inner: Paint): Paint =>
    (text) =>
      outer(inner(text));
  return {
    plain,
    bold,
    dim: color ? attribute(2, 22) : plain,
    underline,
    inverse: attribute(7, 27),
    error: both(bold, colored(31)),
    warning: colored(33),
    good: colored(32),
    module: colored(34),
    user: colored(35),
    interrupt: colored(36),
    match: both(underline, colored(33)),
    glyphs: isAscii ? ascii : unicode,
    isAscii,
    colors: color ? (has256 ? 256 : 16) : 0,
  };
}

function plain(text: string): string {
  return text;
}

export interface LookRequest {
  readonly ascii: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** https://no-color.org: any value but the empty one turns colour off. A locale that is not UTF-8 gets ASCII. */
export function chooseStyle({ ascii: wantsAscii, environment }: LookRequest): StyleOptions {
  const { NO_COLOR = '', TERM = '', COLORTERM = '', LC_ALL, LC_CTYPE, LANG } = environment;
  const locale = [LC_ALL, LC_CTYPE, LANG].find((value) => value !== undefined && value !== '') ?? '';
  const color = NO_COLOR === '' && TERM !== 'dumb';
  const has256 = /256|direct|kitty|alacritty|ghostty|foot/.test(TERM) || COLORTERM !== '';
  return { color, has256, ascii: wantsAscii || !/utf-?8/i.test(locale) };
}
