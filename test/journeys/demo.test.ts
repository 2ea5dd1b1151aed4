/** `ftui demo`: the main job from the bundled recording, as text and as JSON, with its limits and its dry run. */
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSchemaProblems } from './json-schema.ts';
import { Home, type Outcome } from './program.ts';

const source = 'ftui: source: simulated kernel 6.12 (fixture of a real one), playing its recording of ls /';
const moved = 'ftui: do_sys_open: since Linux 5.6 openat(2) no longer passes through it; tracing do_sys_openat2';
const heading = '#     DURATION          SELF  |  CALLS';
const treeHead = /^ +\d+\.\d{6} {2}ls-191 \[\d{3}\]$/;

let home: Home;
beforeAll(() => {
  home = new Home();
});
afterAll(() => home.remove());

const linesOf = (text: string) => text.split('\n').slice(0, -1);

/** Runs a demo that must end well, leaving nothing behind. */
async function runDemo(...words: string[]): Promise<Outcome> {
  const outcome = await home.run(['demo', ...words]);
  expect(outcome).toMatchObject({ status: 0, signal: null });
  expect(home.leftovers()).toEqual([]);
  return outcome;
}

describe('ftui demo', { timeout: 60_000 }, () => {
  it('prints the trees of the recorded ls, and says what they are', async () => {
    const { stdout, stderr } = await runDemo();
    const lines = linesOf(stdout);
    expect(lines.filter((line) => line === heading)).toEqual([lines[0]]);
    expect(lines.filter((line) => treeHead.test(line))).toHaveLength(34);
    const roots = lines.slice(1).filter((line) => / \| {2}[^\s}]/.test(line));
    expect(new Set(roots)).toEqual(new Set([`${' '.repeat(28)} |  do_sys_openat2() {`]));
    expect(roots).toHaveLength(34);
    expect(linesOf(stderr)).toEqual([
      source,
      moved,
      expect.stringMatching(/^ftui: 34 trees, 15642 calls of 404 functions in \d+\.\d{3} s; 31284 records, 0 lost$/),
    ]);
  });

  it('prints balanced trees', async () => {
    const { stdout } = await runDemo('-q');
    const calls = linesOf(stdout).filter((line) => line.includes(' |  '));
    const opened = calls.filter((line) => line.endsWith(' {')).length;
    const closed = calls.filter((line) => /\| +\}$/.test(line)).length;
    expect(opened).toBeGreaterThan(1_000);
    expect(closed).toBe(opened);
    expect(calls.filter((line) => line.endsWith(';')).length + opened).toBe(15_642);
  });

  it('prints one object a line with --json, each as docs/json-output.schema.json says', async () => {
    const { stdout, stderr } = await runDemo('--json');
    const objects = linesOf(stdout).map((line) => JSON.parse(line));
    const trees = objects.slice(0, -1);
    expect(trees).toHaveLength(34);
    for (const tree of trees) expect(findSchemaProblems(tree, 'tree')).toEqual([]);
    expect(
      trees.every(({ comm, pid, root }) => comm === 'ls' && pid === 191 && root.function === 'do_sys_openat2'),
    ).toBe(true);
    const summary = objects.at(-1);
    expect(findSchemaProblems(summary, 'summary')).toEqual([]);
    expect(summary).toMatchObject({
      ended: 'command',
      trees: 34,
      calls: trees.reduce((sum, { calls }) => sum + calls, 0),
      shown: 34,
      records: 31_284,
      lost: 0,
      lostByCpu: {},
      command: { code: 0, signal: null },
      notices: [moved.replace('ftui: ', '')],
    });
    // The summary is on stdout then, the notes are on both.
    expect(linesOf(stderr)).toEqual([source, moved]);
  });

  it('has children that fit into their parents, in the order of time', async () => {
    const { stdout } = await runDemo('--json');
    interface Call {
      readonly time: number;
      readonly duration: number;
      readonly self: number;
      readonly children?: readonly Call[];
    }
    const checkCall = ({ time, duration, self, children = [] }: Call): number => {
      const inside = children.reduce((sum, child) => sum + child.duration, 0);
      // An interrupt at the very end of a call is longer than the call, whose time was taken before.
      if (self !== Math.max(duration - inside, 0))
        throw new Error(`self time ${self} of a call of ${duration} with ${inside} inside`);
      const starts = [time, ...children.map((child) => child.time)];
      if (starts.some((start, index) => start < (starts[index - 1] ?? 0))) throw new Error('a call out of place');
      return children.reduce((sum, child) => sum + checkCall(child), 1);
    };
    for (const line of linesOf(stdout).slice(0, -1)) {
      const { root, calls } = JSON.parse(line);
      expect(checkCall(root)).toBe(calls);
    }
  });

  it('says nothing but the trees with -q', async () => {
    const { stdout, stderr } = await runDemo('-q', '-n', '1');
    expect(stderr).toBe('');
    expect(linesOf(stdout).filter((line) => treeHead.test(line))).toHaveLength(1);
  });

  it('ends after -n trees', async () => {
    const { stdout, stderr } = await runDemo('-n', '3');
    expect(linesOf(stdout).filter((line) => treeHead.test(line))).toHaveLength(3);
    expect(linesOf(stdout).at(-1)).toMatch(/\| {2}\}$/);
    expect(stderr).toMatch(/\nftui: 3 trees, \d+ calls of \d+ functions in /);
    const { stdout: json } = await runDemo('--json', '--max-events=3');
    const types = linesOf(json).map((line) => JSON.parse(line).type);
    expect(types).toEqual(['tree', 'tree', 'tree', 'summary']);
    expect(JSON.parse(linesOf(json).at(-1)!)).toMatchObject({ ended: 'max-events', shown: 3 });
  });

  it('ends after the time of -d', async () => {
    const { stdout } = await runDemo('--json', '-d', '1ms');
    const summary = JSON.parse(linesOf(stdout).at(-1)!);
    expect(findSchemaProblems(summary, 'summary')).toEqual([]);
    expect(summary.ended).toBe('duration');
  });

  it('shows with --threshold only trees that took as long, and counts all', async () => {
    const { stdout } = await runDemo('--json', '--threshold', '10000');
    const objects = linesOf(stdout).map((line) => JSON.parse(line));
    const trees = objects.slice(0, -1);
    expect(trees.length).toBeGreaterThan(0);
    expect(trees.length).toBeLessThan(34);
    expect(trees.every(({ root }) => root.duration >= 10_000_000)).toBe(true);
    expect(objects.at(-1)).toMatchObject({ trees: 34, shown: trees.length });
  });
});

describe('ftui demo --text-pipe', { timeout: 60_000 }, () => {
  it('shows the text that the kernel printed, and ends with the recording', async () => {
    const { stdout, stderr } = await runDemo('--text-pipe', '-d', '20s');
    expect(linesOf(stdout).filter((line) => line.includes('do_sys_openat2() {')).length).toBeGreaterThan(10);
    expect(stderr).toMatch(/\nftui: \d+ lines in .*; 0 lost\n$/);
  });
});

describe('ftui demo --dry-run', { timeout: 60_000 }, () => {
  it('prints the writes as shell lines, with what puts everything back', async () => {
    const { stdout, stderr } = await runDemo('--dry-run');
    expect(linesOf(stderr)).toEqual([source]);
    expect(linesOf(stdout)).toEqual([
      moved.replace('ftui:', '#'),
      'cd /sys/kernel/tracing',
      'GATE=$(mktemp -u); mkfifo "$GATE"',
      `sh -c 'read -r _ < "$0"; exec "$@"' "$GATE" ls / & CMD=$!`,
      ': > trace',
      'echo mono > trace_clock',
      'echo 8192 > buffer_size_kb',
      'echo do_sys_open > set_graph_function',
      'echo do_sys_openat2 >> set_graph_function',
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
      'echo 1408 > buffer_size_kb',
      'echo local > trace_clock',
      ': > trace',
    ]);
  });

  it('prints what a shell takes, whatever the options', async () => {
    const { stdout } = await runDemo('--dry-run', '--depth', '2', '--notrace', '*lock*', '--buffer-size=4M');
    expect(linesOf(stdout)).toEqual(
      expect.arrayContaining([
        'echo 2 > max_graph_depth',
        'echo 4096 > buffer_size_kb',
        "echo '*lock*' > set_graph_notrace",
      ]),
    );
    expect(spawnSync('sh', ['-n'], { input: stdout, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});
