/**
 * A traced command in the pane of the interactive session, in tmux: its terminal is real, what it does is seen from its
 * first instruction on, and none of it is left. tracefs is as before (the runner compares).
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { type Lab, scenario } from '../scenario.ts';
import { TmuxScreen } from '../tmux-screen.ts';

const needs = ['program:tmux', 'program:bash', 'program:vi', 'program:less'];

async function withScreen(lab: Lab, words: string, play: (screen: TmuxScreen) => Promise<void>): Promise<void> {
  const line = `XDG_STATE_HOME=${lab.folder} ${lab.ftuiFile} ${words}`;
  const screen = new TmuxScreen(line, { folder: lab.folder, cwd: lab.folder });
  try {
    await play(screen);
  } catch (error) {
    console.error(screen.text());
    throw error;
  } finally {
    screen.close();
  }
}

scenario('a-shell-in-a-pane', { kernels: ['6.12'], live: true, needs, timeout: 240 }, async (lab) => {
  await withScreen(lab, 'event sched:sched_process_exec --ui -- bash --norc', async (screen) => {
    await screen.shows(/^bash-.*[$#]/m);
    screen.press('$');
    screen.type('tty; stty size; echo "pid $$"');
    screen.press('Enter');
    await screen.shows(/^\/dev\/pts\/\d+\n13 100\npid \d+$/m);
    const pid = Number(/^pid (\d+)/m.exec(screen.text())![1]);
    screen.type('less /proc/version');
    screen.press('Enter');
    await screen.shows(/^Linux version[\s\S]*(?:END|\/proc\/version)/m);
    screen.type('q');
    screen.type(`vi ${lab.folder}/typed`);
    screen.press('Enter');
    await screen.shows(/^~$/m);
    screen.type('itext');
    await screen.shows(/^text$/m);
    screen.press('Escape');
    screen.type(':wq');
    screen.press('Enter');
    await screen.shows(/^bash-.*[$#]$/m);
    assert.equal(lab.read(`${lab.folder}/typed`), 'text\n');
    screen.press('C-]', '5', 'g');
    const log = await screen.shows(/filename=\S*bash/);
    for (const name of ['tty', 'stty', 'less', 'vi']) assert.match(log, new RegExp(`filename=\\S*/${name}\\b`));
    assert.ok(log.indexOf('/bash') < log.indexOf('/tty'), 'the shell itself is not the first');
    screen.press('$');
    screen.type('sleep 1000');
    screen.press('Enter', 'C-]', 'C-c');
    await screen.shows('status 0');
    assert.equal(existsSync(`/proc/${pid}`), false, 'the shell is left behind');
  });
});

scenario('a-command-in-a-pane', { kernels: ['6.12'], needs, timeout: 240 }, async (lab) => {
  await withScreen(lab, "graph do_sys_openat2 --ui -- sh -c 'cat /etc/hostname; exit 5'", async (screen) => {
    await screen.shows('EXITED 5');
    const text = await screen.shows('exited 5');
    assert.ok(text.includes(lab.read('/etc/hostname').trim()), text);
    assert.match(text, /do_sys_openat2/);
    screen.press('q');
    await screen.shows('status 0');
  });
});
