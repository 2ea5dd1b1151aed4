/** --dry-run: the lines as they are printed, and what a real shell makes of them on ordinary files. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planWrites } from '../../src/control/plan-writes.ts';
import { planEvents, planFunction, planGraph, planProbes } from '../../src/control/session-plans.ts';
import { formatShellLines } from '../../src/control/shell-lines.ts';
import { commandPid, type TracePlan } from '../../src/control/trace-plan.ts';
import { readState } from '../../src/control/trace-state.ts';
import { root, setUp } from './tracefs-setup.ts';

const common = {
  instance: 'ftui-7',
  ownsInstance: true,
  clock: 'mono',
  bufferSizeKb: 8192,
  cpus: undefined,
  pids: [commandPid] as const,
  excludedPids: [],
};
const graph = planGraph(common, 2, {
  functions: ['do_sys_openat2', 'vfs_*'],
  notrace: [],
  depth: undefined,
  options: {},
});

function linesOf(
  plan: TracePlan,
  command: readonly string[] | undefined,
  { tracefs } = setUp(),
  home = root,
): string[] {
  const directory = plan.instance === undefined ? tracefs.top : tracefs.instance(plan.instance);
  const lines = formatShellLines(directory, root, planWrites(readState(tracefs.top, plan), plan), command);
  return lines.flatMap((line) => line.split('\n')).map((line) => (line === `cd ${root}` ? `cd ${home}` : line));
}

describe('the lines', () => {
  it('of graph with a command: held back, traced, released, restored', () => {
    expect(linesOf(graph, ['ls', "it's", 'a b'])).toEqual([
      `cd ${root}`,
      'GATE=$(mktemp -u); mkfifo "$GATE"',
      `sh -c 'read -r _ < "$0"; exec "$@"' "$GATE" ls 'it'\\''s' 'a b' & CMD=$!`,
      ': > trace',
      'echo mono > trace_clock',
      'echo 8192 > buffer_size_kb',
      'echo do_sys_openat2 > set_graph_function',
      "echo 'vfs_*' >> set_graph_function",
      'echo 1 > options/function-fork',
      'echo "$CMD" > set_ftrace_pid',
      'echo function_graph > current_tracer',
      'echo > "$GATE"; wait "$CMD"; rm "$GATE"',
      'echo 2 > set_ftrace_pid',
      'echo 0 > tracing_on',
      'cat trace',
      'echo 1 > tracing_on',
      'echo nop > current_tracer',
      ': > set_ftrace_pid',
      'echo 0 > options/function-fork',
      ': > set_graph_function',
      expect.stringMatching(/^echo \d+ > buffer_size_kb$/),
      'echo local > trace_clock',
      ': > trace',
    ]);
  });

  it('of an instance end with its removal', () => {
    const events = [
      { system: 'sched', event: 'sched_switch', filter: 'prev_comm == "a b"', triggers: ['stacktrace if x > 1'] },
    ];
    const lines = linesOf(planEvents({ ...common, pids: [] }, 2, { events, stack: false }), undefined);
    expect(lines).toContain('mkdir instances/ftui-7');
    expect(lines).toContain(`echo 'prev_comm == "a b"' > instances/ftui-7/events/sched/sched_switch/filter`);
    expect(lines).toContain("echo 'stacktrace if x > 1' >> instances/ftui-7/events/sched/sched_switch/trigger");
    expect(lines.slice(-3)).toEqual([
      'echo 0 > instances/ftui-7/tracing_on',
      'cat instances/ftui-7/trace',
      'rmdir instances/ftui-7',
    ]);
    expect(lines).toContain('sleep 5');
  });

  it('of functions are names, one a write', () => {
    const { tracefs } = setUp();
    const list = { names: ['vfs_open', 'vfs_read'], modules: [undefined, undefined] };
    const plan = planFunction({ ...common, pids: [] }, 2, { functions: ['vfs_*'], notrace: [], list, stack: false });
    const lines = linesOf(plan, undefined, { ...setUp(), tracefs });
    expect(lines).toContain('echo vfs_open > instances/ftui-7/set_ftrace_filter');
    expect(lines).toContain('echo vfs_read >> instances/ftui-7/set_ftrace_filter');
  });

  it('of probes keep backslashes and dollars, and take the probe away at the end', () => {
    const line = 'p:ftui_7/a /bin/bash:0x1190 arg1=\\42 arg2=$stack1';
    const definition = { file: 'uprobe_events' as const, group: 'ftui_7', event: 'a', line };
    const plan = planProbes(
      { ...common, pids: [] },
      { probes: [{ definition, label: 'a', fields: [] }], filter: undefined, stack: false },
    );
    const lines = linesOf(plan, undefined);
    expect(lines[1]).toBe(`printf '%s\\n' 'p:ftui_7/a /bin/bash:0x1190 arg1=\\42 arg2=$stack1' >> uprobe_events`);
    expect(lines.at(-1)).toBe(`printf '%s\\n' -:ftui_7/a >> uprobe_events`);
    expect(lines.indexOf('rmdir instances/ftui-7')).toBe(lines.length - 2);
  });

  it('take no word of somebody else for the pid of the command', () => {
    const line = 'p:ftui_7/a /opt/$CMD/x:0x10 a=$comm';
    const definition = { file: 'uprobe_events' as const, group: 'ftui_7', event: 'a', line };
    const plan = planProbes(
      { ...common, pids: [] },
      { probes: [{ definition, label: 'a', fields: [] }], filter: undefined, stack: false },
    );
    expect(linesOf(plan, undefined)[1]).toBe("echo 'p:ftui_7/a /opt/$CMD/x:0x10 a=$comm' >> uprobe_events");
  });
});

describe('in a real shell', () => {
  let home = '';
  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-shell-'));
    fs.mkdirSync(path.join(home, 'options'));
    fs.mkdirSync(path.join(home, 'instances'));
    fs.writeFileSync(path.join(home, 'tracing_on'), '1\n');
  });
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  function run(lines: readonly string[]) {
    return spawnSync('/bin/sh', ['-e', '-u'], { input: lines.join('\n'), encoding: 'utf8', timeout: 10_000 });
  }

  it('the command runs only after tracing is on, and its pid is the one that was traced', () => {
    const log = path.join(home, 'log');
    const script = `cat tracing_on set_ftrace_pid > '${log}'; echo $$ >> '${log}'; echo "$1"`;
    const { status, stdout, stderr } = run(linesOf(graph, ['sh', '-c', script, 'x', "it's $HOME"], setUp(), home));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe("it's $HOME\n");
    const [on, traced, own] = fs.readFileSync(log, 'utf8').split('\n');
    expect(on).toBe('1');
    expect(traced).toBe(own);
  });

  it('every setting ends as it was, and every word arrives whole', () => {
    expect(run(linesOf(graph, ['true'], setUp(), home)).status).toBe(0);
    const text = (file: string) => fs.readFileSync(path.join(home, file), 'utf8');
    expect([
      text('current_tracer'),
      text('tracing_on'),
      text('trace_clock'),
      text('set_ftrace_pid'),
      text('trace'),
    ]).toEqual(['nop\n', '1\n', 'local\n', '', '']);
  });

  it('quotes, dollars and backslashes stay what they are', () => {
    fs.mkdirSync(path.join(home, 'instances/ftui-7/events/a/b'), { recursive: true });
    const filter = `comm == "it's" && x ~ "*$HOME\\n*"`;
    const plan = planEvents({ ...common, pids: [] }, 2, {
      events: [{ system: 'a', event: 'b', filter }],
      stack: false,
    });
    const lines = linesOf(plan, undefined, setUp(), home).filter((line) => /^cd|filter$/.test(line));
    expect(run(lines).status).toBe(0);
    expect(fs.readFileSync(path.join(home, 'instances/ftui-7/events/a/b/filter'), 'utf8')).toBe(`${filter}\n`);
  });
});
