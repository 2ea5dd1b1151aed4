/**
 * `node docs/screens/make-svg.ts`: goes a first-time user's way through the built program, in a terminal without any right,
 * and keeps what is on the screen: docs/screenshots/interactive.svg for the README, docs/screens/first-look-*.txt.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerminalProgram } from '../../test/journeys/terminal.ts';
import { formatSvg } from './screen-svg.ts';

const docs = join(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'ftui-screens-'));
const size = { cols: 100, rows: 30 } as const;
const { PATH = '' } = process.env;
/** Nobody: what a person without any right sees. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
chmodSync(home, 0o777);

const terminal = new TerminalProgram(join(docs, '../bin/ftui'), [], {
  cwd: home,
  env: { PATH, HOME: home, LANG: 'C.UTF-8', FTUI_TEST: '1' },
  ...size,
  ...user,
});
try {
  await terminal.shows('Begin with');
  while (!/[>▸] demo/.test(terminal.lines().join('\n'))) await terminal.press('j');
  keepText('first-look-home');
  await terminal.press('\r');
  await terminal.shows('EXITED 0');
  await terminal.press('L', 'L', 'L');
  keepText('first-look-tree');
  writeFileSync(join(docs, 'screenshots/interactive.svg'), formatSvg(cellsOf(terminal), 'ftui: what ls opens'));
  await terminal.press('S');
  await terminal.shows('one call');
  keepText('first-look-slowest');
  terminal.pty.write('\u0003');
  await terminal.exit;
} finally {
  terminal.pty.kill();
  rmSync(home, { recursive: true, force: true, maxRetries: 10 });
}

function keepText(name: string): void {
  // The local part of the kernel's release says nothing to others.
  const text = terminal
    .lines()
    .join('\n')
    .replace(/(running kernel [\d.]+)\S*/, '$1');
  writeFileSync(join(docs, 'screens', `${name}.txt`), `${text}\n`);
}

function cellsOf(shown: TerminalProgram) {
  return Array.from({ length: size.rows }, (_, row) =>
    Array.from({ length: size.cols }, (_cell, column) => {
      const cell = shown.cell(row, column);
      return {
        text: cell.getChars() || ' ',
        color: cell.isFgDefault() ? undefined : cell.getFgColor(),
        isBold: cell.isBold() !== 0,
        isDim: cell.isDim() !== 0,
        isInverse: cell.isInverse() !== 0,
        isUnderlined: cell.isUnderline() !== 0,
      };
    }),
  );
}
