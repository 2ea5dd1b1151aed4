/** `--filter` in chips on a live kernel: what the kernel applies, and what ftui does. */
import assert from 'node:assert/strict';
import { readJsonOutput } from '../ftui-output.ts';
import { scenario } from '../scenario.ts';

const busy = 'for i in 1 2 3 4 5 6 7 8; do cat /proc/version > /dev/null; done; exec sleep 60';

scenario(
  'filter-chips-of-events',
  { kernels: ['6.12'], live: true, needs: ['events/syscalls/sys_exit_openat'] },
  async (lab) => {
    const event = ['event', 'syscalls:sys_exit_openat', 'sched:sched_switch', '--json', '-d', '2'];
    const ftui = lab.start([...event, '--filter', 'task:cat cpu:0 event:*openat ret:>=0 !fn:x', '-v']);
    await ftui.waitFor('tracing:');
    for (let round = 0; round < 10; round += 1) {
      await lab.startAny('taskset', [String(1 + (round % 2)), 'cat', '/proc/version', '/nonexistent']).done;
    }
    const { stdout, stderr, status } = await ftui.done;
    assert.equal(status, 0, stderr);
    const { events, summary } = readJsonOutput(stdout);
    assert.match(stderr, /filter: task:cat cpu:0 event:\*openat ret:>=0 in the kernel, !fn:x in ftui/);
    assert.ok(events.length >= 5, `${events.length} events`);
    // Nothing else was recorded at all.
    assert.equal(summary.records, events.length);
    // The kernel forgets the name of a task that ends just while its names are read.
    assert.ok(events.some(({ comm }) => comm === 'cat'));
    for (const { cpu, comm, event: name, fields } of events) {
      assert.match(comm, /^(?:cat|<\.\.\.>)$/);
      assert.deepEqual({ cpu, name }, { cpu: 0, name: 'sys_exit_openat' });
      assert.ok(Number(fields!.ret) < 100, `ret ${fields!.ret}`);
    }
  },
);

scenario('filter-chips-of-one-task', { kernels: ['6.12'], live: true, needs: ['kprobe_events'] }, async (lab) => {
  const probed = lab.startAny('sh', ['-c', `read go; ${busy}`], { input: 'keep' });
  const filter = ['--filter', `pid:${probed.pid}`, '--json', '-d', '2', '-v'];
  const graph = ['graph', 'vfs_open', '--depth', '1'];
  const probe = ['kprobe', 'ksys_read', 'fd=%di'];
  for (const words of [probe, graph]) {
    const ftui = lab.start([...words, ...filter]);
    await ftui.waitFor('tracing:');
    if (words === probe) probed.write('go\n');
    else await lab.startAny('cat', ['/proc/version']).done;
    const { stdout, stderr, status } = await ftui.done;
    assert.equal(status, 0, stderr);
    const { events, summary } = readJsonOutput(stdout);
    assert.deepEqual(summary.filter, { kernel: [`pid:${probed.pid}`], ftui: [] });
    // The shell's children and other tasks are tasks of their own; the shell reads nothing once it sleeps.
    assert.deepEqual([...new Set(events.map(({ pid }) => pid))], words === probe ? [probed.pid] : []);
    assert.equal(summary.records, words === probe ? events.length : 0);
  }
  probed.kill('SIGKILL');
  await probed.done;
});

scenario('filter-chips-of-calls', { kernels: ['6.12'], live: true, needs: ['kprobe_events'] }, async (lab) => {
  const words = ['graph', 'vfs_open', 'vfs_read', '--depth', '1', '--filter', 'fn:vfs_open task:cat', '--json'];
  const { stdout, stderr, status } = await lab.run([...words, '--', 'cat', '/proc/version', '/proc/uptime']);
  assert.equal(status, 0, stderr);
  const trees = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"type":"tree"'))
    .map((line) => JSON.parse(line));
  assert.ok(trees.length >= 2, stdout);
  for (const { comm, root } of trees) assert.deepEqual([comm, root.function], ['cat', 'vfs_open']);
  const { summary } = readJsonOutput(stdout);
  assert.ok(summary.leftOut! > 0, JSON.stringify(summary));
});
