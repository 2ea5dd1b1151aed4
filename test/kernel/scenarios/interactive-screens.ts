/**
 * The interactive session as a person has it, in tmux: find a function, watch its tree grow, fold, search, jump to the
 * slowest call, record, quit; then the recording without any right: the same calls. tracefs is as before (the runner
 * compares). FTUI_KEEP_SCREENS=DIR keeps the screens.
 */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, scenario } from '../scenario.ts';
import { TmuxScreen } from '../tmux-screen.ts';

const needs = ['program:tmux', 'program:setpriv'];
const rowOfRead = /^[= ][> ] .* (\d[\d,.]*[kM]?) +[\d.]+ [num]?s .*vfs_read/m;

function openScreen(lab: Lab, line: string): TmuxScreen {
  return new TmuxScreen(line, { folder: lab.folder, cwd: lab.folder, keepIn: process.env.FTUI_KEEP_SCREENS });
}

/** Emulated it takes a minute or two: on all kernels only where that is asked for. */
const kernels = process.env.FTUI_ALL_SCREENS === '1' ? ['6.1', '6.12', '7'] : ['6.12'];

scenario('interactive-screens', { kernels, needs, timeout: 480 }, async (lab) => {
  chmodSync(lab.folder, 0o777);
  const version = /^\d+\.\d+/.exec(lab.kernel)![0];
  const load = lab.startAny('sh', ['-c', 'while :; do cat /proc/uptime >/dev/null; sleep 0.5; done']);
  const live = openScreen(lab, `XDG_STATE_HOME=${lab.folder} ${lab.ftuiFile}`);
  try {
    await traceVfsRead(live, version);
    await lookAround(live, version);
    await recordAndQuit(live, version);
  } catch (error) {
    console.error(live.text());
    throw error;
  } finally {
    live.close();
    load.kill('SIGKILL');
  }
  await replayAsNobody(lab, version);
});

async function traceVfsRead(live: TmuxScreen, version: string): Promise<void> {
  await live.shows('Begin with');
  live.keep(`${version}-home`);
  live.press('2');
  await live.shows(/functions [\d,]{5,}/);
  live.type('vfs_read');
  await live.shows(/▸\[ \] vfs_read\b/);
  live.keep(`${version}-browse`);
  live.press('Enter');
  await live.shows(rowOfRead);
}

async function lookAround(live: TmuxScreen, version: string): Promise<void> {
  const grown = rowOfRead.exec(live.text())![1]!;
  const until = performance.now() + 60_000;
  while (rowOfRead.exec(live.text())?.[1] === grown && performance.now() < until) await sleep(200);
  assert.notEqual(rowOfRead.exec(live.text())?.[1], grown, 'the tree does not grow');
  live.keep(`${version}-tree`);
  live.press('p', 'g');
  const open = live.text().split('\n').length;
  live.press('Enter');
  await sleep(500);
  assert.notEqual(live.text().split('\n').length, open - 1);
  live.press('Enter', '/');
  live.type('_lock');
  live.press('Enter');
  await live.shows(/of \d+: _lock/);
  await live.shows(/^.> .*_lock/m);
  live.keep(`${version}-search`);
  live.press('Escape', 'p', 'g', 'S');
  await live.shows('one call');
  live.keep(`${version}-slowest`);
  live.press('Escape', 't');
}

async function recordAndQuit(live: TmuxScreen, version: string): Promise<void> {
  live.press('w');
  await live.shows('record trace.dat');
  live.press('Enter');
  await live.shows('rec ');
  await sleep(5_000);
  live.keep(`${version}-recording`);
  live.press('w');
  await live.shows(/trace\.dat: \d+ events/);
  live.press('C-c');
  await live.shows('status 0');
}

/** The same calls by the screen and by the report, which decodes on its own. */
async function replayAsNobody(lab: Lab, version: string): Promise<void> {
  const { stdout } = await lab.run(['report', 'trace.dat', '-R'], { cwd: lab.folder });
  const file = `${lab.folder}/trace.dat`;
  chmodSync(file, 0o644);
  const replay = openScreen(
    lab,
    `HOME=${lab.folder} setpriv --reuid=65534 --clear-groups ${lab.ftuiFile} replay ${file}`,
  );
  try {
    await replay.shows(rowOfRead);
    const events = stdout
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('cpus=')).length;
    await replay.shows('REPLAY trace.dat');
    replay.keep(`${version}-replay`);
    replay.press('3');
    await replay.shows(`${events.toLocaleString('en')} in all`);
    replay.press('q');
    replay.press('q');
    await replay.shows('status 0');
  } finally {
    replay.close();
  }
}
