/** What `--dry-run` prints works when pasted into a root shell: the trace comes out, and everything is as before. */
import assert from 'node:assert/strict';
import { scenario } from '../scenario.ts';

interface DryRun {
  readonly name: string;
  readonly args: readonly string[];
  /** What must be in the output of the pasted lines. */
  readonly wanted: readonly RegExp[];
  readonly live?: boolean;
}

const dryRuns: readonly DryRun[] = [
  {
    name: 'graph',
    args: ['graph', 'do_sys_open', '--depth', '2', '--', 'cat', '/etc/hostname'],
    wanted: [/\| +do_sys_openat2\(\) \{/, /\| {4}\w+\(.*\);/],
  },
  {
    name: 'kprobe',
    args: ['kprobe', 'do_sys_openat2', 'file=+0(%si):ustring', '--', 'sh', '-c', `cat "/non existent's"; :`],
    wanted: [/cat-\d+ .*\(do_sys_openat2\+0x[04].*file="\/non existent's"/],
  },
  {
    name: 'function',
    args: ['function', 'vfs_open', '--', 'cat', '/etc/hostname'],
    wanted: [/cat-\d+ .*: vfs_open <-/],
  },
  {
    name: 'event',
    args: ['event', 'sched:sched_process_exec', '--', 'true'],
    live: true,
    wanted: [/sched_process_exec: filename=\S*true/],
  },
  {
    name: 'event-without-command',
    args: ['event', 'sched:sched_switch', '--filter', 'prev_comm == "sleep"'],
    live: true,
    wanted: [/sched_switch: prev_comm=sleep/],
  },
];

for (const { name, args, wanted, live = false } of dryRuns) {
  scenario(`dry-run-${name}-can-be-pasted`, { kernels: ['5.10', '7'], live }, async (lab) => {
    const before = lab.snapshotTracefs();
    const at = args.indexOf('--');
    const words = at < 0 ? [...args, '--dry-run'] : [...args.slice(0, at), '--dry-run', ...args.slice(at)];
    const { stdout: script, stderr, status } = await lab.run(words);
    assert.equal(status, 0, stderr);
    lab.expectSame(before);
    // Pasted, the lines are read one by one; -e: a line that fails is a failure of the test.
    const pasted = await lab.runAny('sh', ['-e'], { input: script });
    assert.equal(pasted.status, 0, `${script}\n--\n${pasted.stderr}\n${pasted.stdout.slice(0, 2000)}`);
    for (const pattern of wanted) assert.match(pasted.stdout, pattern, `of\n${script}`);
  });
}
