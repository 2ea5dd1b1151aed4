/**
 * Every state of a session as its user sees it, in a terminal: on a simulated kernel in that condition, at two sizes, in
 * colour, without, and in ASCII. How to add one: CONTRIBUTING.md.
 */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LookRuns, type Size, sizes } from './looks.ts';
import { Home } from './program.ts';
import { bundleStateProgram } from './states/bundle.ts';
import { cases, casesOfSessions, casesOfTexts, freeze, goldenOptions, noKey, type StateCase } from './states/cases.ts';
import { TerminalProgram } from './terminal.ts';

let program: string;
let home: Home;
let started: TerminalProgram[] = [];

beforeAll(async () => {
  program = await bundleStateProgram();
});
afterAll(() => rmSync(dirname(program), { recursive: true }));
beforeEach(() => {
  home = new Home();
});
afterEach(async () => {
  // At once: nothing of the simulated kernel has to be put back.
  for (const terminal of started) terminal.pty.kill('SIGKILL');
  await Promise.all(started.map(({ exit }) => exit));
  started = [];
  home.remove();
});

type Environment = Readonly<Record<string, string>>;

function start(words: readonly string[], env: Environment, [cols, rows]: Size = sizes[0]): TerminalProgram {
  const terminal = new TerminalProgram(process.execPath, [program, ...words], {
    cwd: home.makeEmpty(`run-${started.length}`),
    env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', ...env }),
    cols,
    rows,
  });
  started.push(terminal);
  return terminal;
}

/** The session in the state, its clock standing still. */
async function startInState({ condition, words = [], reach }: StateCase, env: Environment, size?: Size) {
  const terminal = start([condition, ...words], env, size);
  await reach(terminal);
  await freeze(terminal);
  return terminal;
}

describe('the state', { timeout: 60_000 }, () => {
  it.each(Object.entries<StateCase>(cases))('%s is shown', async (name, state) => {
    const runs = await LookRuns.start((env) => startInState(state, env));
    for (const [cols, rows] of sizes) {
      await runs.resize(cols, rows);
      await runs.press(noKey);
      const text = runs.all[0]!.lines().join(' ').replace(/\s+/g, ' ');
      for (const said of state.says) expect(text, name).toContain(said);
      await runs.expectGolden(`states/${name}-${cols}x${rows}`, goldenOptions(state));
    }
  });

  it('too small is shown, whatever the state, and the screen comes back', async () => {
    const runs = await LookRuns.start((env) => startInState(cases.stopped, env));
    const before = runs.all.map((run) => [run.lines(), run.looks()]);
    await runs.resize(40, 10);
    await runs.expectGolden('states/too-small-40x10');
    await runs.resize(...sizes[0]);
    await runs.press(noKey);
    expect(runs.all.map((run) => [run.lines(), run.looks()])).toEqual(before);
  });

  it.each(['not-root', 'busy', 'function-not-traceable', 'stopped', 'exited'] as const)(
    '%s looks after a change of size as after a start at that size',
    async (name) => {
      const [resized, fresh] = await Promise.all(sizes.map((size) => startInState(cases[name], {}, size)));
      await resized!.resize(...sizes[1]);
      await resized!.press(noKey);
      const maskedLines = (shown: TerminalProgram) => shown.lines().map(goldenOptions(cases[name]).mask!);
      expect(maskedLines(resized!)).toEqual(maskedLines(fresh!));
      expect(resized!.looks()).toEqual(fresh!.looks());
    },
  );

  it('each that has a text, and each of a session, is among them', () => {
    const named = [...Object.values(casesOfTexts), ...Object.values(casesOfSessions)].flat();
    const known = ['too-small', ...Object.keys(cases)];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    for (const names of [...Object.values(casesOfTexts), ...Object.values(casesOfSessions)]) {
      expect(names.length).toBeGreaterThan(0);
    }
  });
});

describe('what keeps a command from its screen is said as text, with its status:', { timeout: 60_000 }, () => {
  it.each([
    ['not-root', 'vfs_open', 4, 'opening tracefs: /sys/kernel/tracing may not be read (EACCES) (run ftui as root)'],
    [
      'no-tracefs',
      'vfs_open',
      4,
      'looking for tracefs: none is mounted, and mount: permission denied (as root: mount -t tracefs nodev /sys/kernel/tracing)',
    ],
    [
      'lockdown',
      'vfs_open',
      4,
      'opening tracefs: the kernel is locked down (confidentiality) (boot without lockdown=confidentiality)',
    ],
    [
      'no-function-graph',
      'vfs_open',
      3,
      'graph vfs_open: this kernel was built without CONFIG_FUNCTION_GRAPH_TRACER: it has no tracer function_graph (where there are kprobes, `ftui kprobe FUNC` shows its calls and FUNC%return their ends; `ftui demo` shows the bundled recording of a kernel that has it)',
    ],
    [
      'playing',
      'vfs_opne',
      2,
      'tracing vfs_opne: no such function in available_filter_functions (nearest: vfs_open, vfs_link)',
    ],
    [
      'busy',
      'vfs_open',
      5,
      "starting 'graph vfs_open': someone else is tracing: current_tracer is function (`ftui status` shows it all; --force goes on and restores these settings afterwards)",
    ],
    [
      'refusing',
      'vfs_open',
      1,
      "write 'function_graph' to /sys/kernel/tracing/current_tracer: EINVAL: the tracer cannot be used here (see available_tracers)",
    ],
  ] as const)('%s', async (condition, name, status, text) => {
    const shown = start([condition, 'graph', name], {}, [300, 24]);
    expect(await shown.exit).toBe(status);
    // The end of a process may be heard of before its last words.
    await shown.shows('ftui: ');
    expect(shown.lines()).toEqual([`ftui: ${text}`]);
    expect(shown.raw).not.toContain('\u001b[?1049h');
  });
});
