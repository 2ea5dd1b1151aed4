/** No plain command loads React or Ink: Node itself tells which modules each command loads. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Home, launcher, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const dist = join(launcher, '../../dist');
/** Words that bundling and minifying leave alone: React's mark on its elements, Ink's names of its own. */
const reactMark = 'react.transitional.element';
const inkMark = 'ink-box';

let home: Home;
let folder: string;
beforeAll(() => {
  home = new Home();
  folder = mkdtempSync(join(tmpdir(), 'ftui-modules-'));
});
afterAll(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** An environment in which Node appends the URL of every module it loads to `log`. */
function observedEnvironment(log: string): Record<string, string> {
  const observer = join(home.folder, 'observe-modules.mjs');
  writeFileSync(
    observer,
    `import { appendFileSync } from 'node:fs';
     import { registerHooks } from 'node:module';
     registerHooks({
       load(url, context, nextLoad) {
         appendFileSync(${JSON.stringify(log)}, url + '\\n');
         return nextLoad(url, context);
       },
     });`,
  );
  return { NODE_OPTIONS: `--import=${pathToFileURL(observer)}` };
}

let runs = 0;

/** Names of the files of dist/ that were loaded, as `log` has them. */
function readLoaded(log: string): string[] {
  const urls = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  return urls.filter((url) => url.includes('/dist/')).map((url) => basename(url));
}

const nextLog = () => {
  runs += 1;
  return join(home.folder, `loaded-${runs}`);
};

function listUiFiles(): string[] {
  return readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .filter((name) => {
      const text = readFileSync(join(dist, name), 'utf8');
      return text.includes(reactMark) || text.includes(inkMark);
    })
    .map((name) => basename(name));
}

describe('the modules that a command loads', { timeout: 60_000 }, () => {
  it('are in dist/, where React and Ink are in files of their own', () => {
    expect(listUiFiles().length).toBeGreaterThan(0);
    expect(listUiFiles()).not.toContain('ftui.js');
    expect(listUiFiles()).not.toContain('index.js');
  });

  it.each([
    '--version',
    '--help',
    'graph --help',
    'frobnicate',
    '',
    'demo -n 1',
    'demo --json -n 1',
    'demo --dry-run',
    'start -n 1',
    'completion',
    'status',
    'reset',
    'doctor',
    'doctor --json',
    'graph do_sys_open',
    'function vfs_open',
    'event sched:sched_switch',
    'kprobe vfs_open',
    'uprobe /bin/sh main',
  ])('`ftui %s`: neither React nor Ink', async (words) => {
    const log = nextLog();
    await home.run(words === '' ? [] : words.split(' '), { asPlainUser: true, env: observedEnvironment(log) });
    const loaded = readLoaded(log);
    expect(loaded).toContain('ftui.js');
    expect(loaded.filter((name) => listUiFiles().includes(name) || name === 'emulator.js')).toEqual([]);
  });

  it('--version: nothing but the version', async () => {
    const log = nextLog();
    await home.run(['--version'], { env: observedEnvironment(log) });
    expect(readLoaded(log).filter((name) => !/^(?:ftui|version-|chunk-)/.test(name))).toEqual([]);
  });

  it('the home screen: both, but no emulator, which only a command in a pane needs', async () => {
    const log = nextLog();
    const terminal = new TerminalProgram(plainUserLauncher(), [], {
      cwd: home.folder,
      env: home.environment({ ...observedEnvironment(log), TERM: 'xterm-256color' }),
      ...plainUser,
    });
    await terminal.shows('q quit');
    terminal.pty.write('q');
    expect(await terminal.exit).toBe(0);
    expect(readLoaded(log).filter((name) => listUiFiles().includes(name))).not.toEqual([]);
    expect(readLoaded(log)).not.toContain('emulator.js');
  });
});
