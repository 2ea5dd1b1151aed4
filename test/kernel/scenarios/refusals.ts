/** What ftui refuses, with the exact message and exit status, and nothing changed. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonOutput } from '../ftui-output.ts';
import type { ProgramResult } from '../programs.ts';
import { type Lab, scenario } from '../scenario.ts';

/** One kernel of the laboratory: what is refused depends on tracefs, not on the kernel's version. */
const here = { kernels: ['5.10'] } as const;
const checkout = join(import.meta.dirname, '../../..');

function expectRefusal(result: ProgramResult, status: number, message: RegExp): void {
  assert.equal(result.status, status, result.stderr);
  assert.equal(result.stdout, '');
  assert.match(result.stderr, message);
}

/** Sets the top level up as somebody else would, and back; `names` is what the refusal must say. */
const users: readonly { name: string; set: string; back: string; says: RegExp }[] = [
  {
    name: 'a-tracer',
    set: 'echo vfs_open > set_ftrace_filter; echo function > current_tracer',
    back: 'echo nop > current_tracer; echo > set_ftrace_filter',
    says: /current_tracer is function; set_ftrace_filter holds vfs_open/,
  },
  {
    name: 'an-event',
    set: 'echo 1 > events/sched/sched_process_exec/enable',
    back: 'echo 0 > events/sched/sched_process_exec/enable',
    says: /1 event is enabled: sched:sched_process_exec/,
  },
  {
    name: 'a-filter',
    set: 'echo vfs_open > set_ftrace_filter',
    back: 'echo > set_ftrace_filter',
    says: /set_ftrace_filter holds vfs_open/,
  },
  { name: 'tracing-off', set: 'echo 0 > tracing_on', back: 'echo 1 > tracing_on', says: /tracing_on is 0/ },
];

for (const { name, set, back, says } of users) {
  scenario(`busy-with-${name}`, here, async (lab) => {
    lab.setUp(set, back);
    const before = lab.snapshotTracefs();
    const result = await lab.run(['graph', 'vfs_open', '--', 'true']);
    lab.expectSame(before);
    expectRefusal(
      result,
      5,
      /^ftui: starting 'graph vfs_open': someone else is tracing: .* \(`ftui status` shows it all; --force .*\)\n$/,
    );
    assert.match(result.stderr, says);
  });
}

scenario('busy-with-a-reader-of-trace-pipe', here, async (lab) => {
  const reader = lab.startAny('cat', [`${lab.tracefs}/trace_pipe`]);
  expectRefusal(
    await lab.run(['graph', 'vfs_open', '--', 'true']),
    5,
    new RegExp(`someone else is tracing: process ${reader.pid} reads the trace`),
  );
  reader.kill('SIGKILL');
  await reader.done;
});

scenario('busy-with-another-graph', here, async (lab) => {
  const first = lab.start(['graph', 'vfs_open', '-v', '--', 'sh', '-c', 'read line; exit 6'], { input: 'keep' });
  await first.waitFor('tracing:');
  expectRefusal(
    await lab.run(['graph', 'vfs_read', '--', 'true']),
    5,
    /^ftui: starting 'graph vfs_read': .*(?:ftui session|current_tracer is function_graph)/,
  );
  first.write('\n');
  assert.equal((await first.done).status, 6);
});

scenario('force-goes-on-and-puts-back', here, async (lab) => {
  lab.setUp(
    'echo vfs_read > set_graph_function; echo 2 > max_graph_depth; echo 50 > tracing_thresh',
    'echo > set_graph_function; echo 0 > max_graph_depth; echo 0 > tracing_thresh',
  );
  const before = lab.snapshotTracefs();
  const args = ['graph', 'vfs_open', '--force', '--depth', '3', '--json', '--', 'cat', '/etc/hostname'];
  const { stdout, stderr, status } = await lab.run(args);
  assert.equal(status, 0, stderr);
  const { trees } = readJsonOutput(stdout);
  assert.ok(trees.length > 0, 'the threshold of others does not hide the trees');
  assert.ok(trees.every(({ root }) => root.function === 'vfs_open'));
  assert.match(stderr, /ftui: going on although someone else is tracing: set_graph_function holds vfs_read/);
  lab.expectSame(before);
});

/** Runs ftui as nobody from a place that nobody can read, whatever folder the checkout lies in. */
async function runAsNobody(lab: Lab, args: readonly string[]): Promise<ProgramResult> {
  const place = join(lab.folder, 'checkout');
  mkdirSync(place);
  chmodSync(lab.folder, 0o755);
  lab.shell(`mount --bind ${checkout} ${place}`);
  const node = `${place}/node_modules/node/bin/node`;
  try {
    return await lab.runAny('setpriv', [
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      node,
      `${place}/dist/ftui.js`,
      ...args,
    ]);
  } finally {
    lab.shell(`umount ${place}; rmdir ${place}`);
  }
}

scenario('no-root', here, async (lab) => {
  expectRefusal(
    await runAsNobody(lab, ['graph', 'vfs_open', '--', 'true']),
    4,
    /^ftui: opening tracefs: \/sys\/kernel\/tracing may not be read \(EACCES\) \(run ftui as root\)\n$/,
  );
  expectRefusal(await runAsNobody(lab, ['event', 'sched:sched_switch']), 4, /^ftui: opening tracefs: /);
});

scenario('read-only-tracefs', { ...here, live: true }, async (lab) => {
  const run = (...args: string[]) =>
    lab.runAny('unshare', [
      '--mount',
      'sh',
      '-c',
      'mount -o remount,bind,ro /sys/kernel/tracing && exec "$@"',
      'sh',
      lab.ftuiFile,
      ...args,
    ]);
  expectRefusal(await run('event', 'sched:sched_switch', '--', 'true'), 4, /^ftui: [^\n]*read-only[^\n]*\(.*\)\n$/);
  expectRefusal(await run('uprobe', '/bin/bash', 'readline%return', '-d', '1'), 4, /^ftui: [^\n]*read-only[^\n]*\n$/);
});

scenario('no-tracefs-mounted', { ...here, live: true }, async (lab) => {
  const script = 'umount -a -t tracefs,debugfs; "$@"; status=$?; umount /sys/kernel/tracing; exit $status';
  const args = ['event', 'sched:sched_process_exec', '--', 'true'];
  const { stdout, stderr, status } = await lab.runAny('unshare', [
    '--mount',
    'sh',
    '-c',
    script,
    'sh',
    lab.ftuiFile,
    ...args,
  ]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^ftui: mounted tracefs at \/sys\/kernel\/tracing\n/);
  assert.match(stdout, /sched_process_exec filename="\S*true"/);
});

scenario('names-that-are-not-there', { ...here, live: true }, async (lab) => {
  expectRefusal(await lab.run(['event', 'sched:sched_swich']), 2, /sched:sched_switch/);
  expectRefusal(await lab.run(['uprobe', '/bin/bash', 'readlin%return']), 2, /readline\b/);
  expectRefusal(await lab.run(['uprobe', '/nonexistent/program', 'main']), 2, /\/nonexistent\/program/);
  expectRefusal(await lab.run(['event', 'sched:sched_switch', '--filter', 'prev_prio <']), 2, /\^/);
});

scenario('failing-write-in-the-middle', { ...here, live: true }, async (lab) => {
  // The instance is there and the clock, buffer and probes are set when the kernel refuses.
  const clock = await lab.run([
    'event',
    'sched:sched_switch',
    '--clock',
    'no-such-clock',
    '--',
    'touch',
    `${lab.folder}/ran`,
  ]);
  expectRefusal(clock, 1, /^ftui: write 'no-such-clock' to \S+\/trace_clock: EINVAL: [^\n]*\n$/);
  const filter = await lab.run(['uprobe', '/bin/bash', 'readline', '--filter', 'nothing == 1', '--force']);
  expectRefusal(filter, 2, /^ftui: write 'nothing == 1' to \S+\/filter: EINVAL\n[\s\S]*\^/);
  assert.equal(lab.shell(`ls ${lab.folder} instances`), `${lab.folder}:\n\ninstances:\n`, 'the command was not run');
});

scenario('failing-write-in-the-top-level', here, async (lab) => {
  const clock = await lab.run(['graph', 'vfs_open', '--clock', 'no-such-clock', '--', 'true']);
  expectRefusal(clock, 1, /^ftui: write 'no-such-clock' to \/sys\/kernel\/tracing\/trace_clock: EINVAL: [^\n]*\n$/);
});

scenario('functions-that-are-not-there', here, async (lab) => {
  expectRefusal(await lab.run(['graph', 'vfs_opne', '--', 'true']), 2, /vfs_open\b/);
  expectRefusal(await lab.run(['kprobe', 'vfs_opne']), 2, /vfs_open\b/);
  expectRefusal(await lab.run(['graph', '--', 'true']), 2, /--force/);
});

scenario('kernel-without-function-graph', { live: 'only' }, async (lab) => {
  assert.doesNotMatch(lab.read('available_tracers'), /function_graph/);
  const result = await lab.run(['graph', 'do_sys_open', '--', 'ls', '/']);
  expectRefusal(result, 3, /^ftui: .*CONFIG_FUNCTION_GRAPH_TRACER.*`ftui demo`.*\n$/);
});
