/** An overlay as painted lines: a title line, its list or text, and its prompt. */
import type { ViewContext } from '../state/screen.ts';
import { Line } from '../terminal/line.ts';
import { findHelp, listHeight, type Overlay } from './overlay.ts';
import { findCommands } from './palette-commands.ts';

type DrawContext = Pick<ViewContext, 'width' | 'style'>;

/** The lines, at most `room` of them. */
export function drawOverlay(
  overlay: Overlay,
  context: DrawContext,
  room: number,
  screen: Parameters<typeof findHelp>[0],
) {
  const height = listHeight(overlay, room);
  return [drawTitle(overlay, context), ...drawContent(overlay, context, height, screen)].slice(0, room);
}

function drawTitle(overlay: Overlay, { width, style }: DrawContext): string {
  const { line: dash } = style.glyphs;
  const line = new Line(width, style).add(dash.repeat(2), style.dim).add(` ${titleOf(overlay)} `, style.bold);
  return line.add(dash.repeat(Math.max(0, line.room)), style.dim).toString();
}

function titleOf(overlay: Overlay): string {
  switch (overlay.kind) {
    case 'prompt':
      return { search: 'Find: text, re:REGEX, =exact', filter: 'Add a filter', command: 'Command' }[overlay.to];
    case 'help':
      return `Keys of ${overlay.screen}: type to search, Enter does it, Esc closes`;
    case 'text':
      return overlay.title;
    case 'pick':
      return `${overlay.title}: Space turns on and off, Del removes, Esc closes`;
    default:
      return 'Sure?';
  }
}

function drawContent(overlay: Overlay, context: DrawContext, height: number, screen: Parameters<typeof findHelp>[0]) {
  const { width, style } = context;
  switch (overlay.kind) {
    case 'prompt': {
      const found = overlay.to === 'command' ? findCommands(overlay.prompt.text, screen) : [];
      const rows = found.slice(overlay.cursor.top, overlay.cursor.top + height).map((row, index) => {
        const isCursor = overlay.cursor.top + index === overlay.cursor.at;
        const line = new Line(width, style)
          .add(isCursor ? ' > ' : '   ')
          .cell(row.name, 18)
          .cell(row.key ?? '', 6);
        line.add(row.help, isCursor ? undefined : style.dim);
        return isCursor ? line.filled(style.inverse) : line.toString();
      });
      return [
        drawPrompt(overlay.to === 'search' ? '/' : overlay.to === 'filter' ? '& ' : ':', overlay.prompt, context),
        ...rows,
      ];
    }
    case 'help': {
      const rows = findHelp(overlay.screen, overlay.prompt.text);
      const shown = rows.slice(overlay.cursor.top, overlay.cursor.top + height).map((row, index) => {
        const isCursor = overlay.cursor.top + index === overlay.cursor.at;
        const line = new Line(width, style)
          .add(isCursor ? ' > ' : '   ')
          .cell(row.keys.join(' '), 18, 'left', style.bold);
        line.add(row.help);
        return isCursor ? line.filled(style.inverse) : line.toString();
      });
      return [drawPrompt('/', overlay.prompt, context), ...shown];
    }
    case 'text':
      return overlay.lines
        .slice(overlay.cursor.top, overlay.cursor.top + height)
        .map((text) => new Line(width, style).add(` ${text}`).toString());
    case 'pick':
      return overlay.rows.slice(overlay.cursor.top, overlay.cursor.top + height).map((row, index) => {
        const isCursor = overlay.cursor.top + index === overlay.cursor.at;
        const line = new Line(width, style)
          .add(isCursor ? ' > ' : '   ')
          .add(row.on ? '[x] ' : '[ ] ')
          .add(row.name);
        if (row.note !== undefined) line.add(`  ${row.note}`, isCursor ? undefined : style.dim);
        return isCursor ? line.filled(style.inverse) : line.toString();
      });
    case 'confirm':
      return [new Line(width, style).add(` ${overlay.question} (y/n)`, style.warning).toString()];
  }
}

/** The typed text with the cursor as an inverse cell. */
function drawPrompt(
  mark: string,
  { text, cursor }: { text: string; cursor: number },
  { width, style }: DrawContext,
): string {
  const characters = [...text];
  const line = new Line(width, style).add(` ${mark}`, style.bold);
  // A text that is too long is shown around the cursor.
  const from = Math.max(0, cursor - Math.max(line.room - 2, 1));
  line.add(characters.slice(from, cursor).join('')).add(characters[cursor] ?? ' ', style.inverse);
  return line.add(characters.slice(cursor + 1).join('')).toString();
}
