/** `-p`: the threads and children of running processes, also those that come later, until all have exited. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readJsonOutput } from '../ftui-output.ts';
import { scenario } from '../scenario.ts';

const program = join(import.meta.dirname, '../threads-and-children.ts');
const writesOfSeven = ['event', 'syscalls:sys_enter_write', '--filter', 'count == 7', '--json', '-v'];
const here = { kernels: ['6.12'], live: true, needs: ['events/syscalls/sys_enter_write'] } as const;

scenario('later-threads-and-children-of-a-pid', here, async (lab) => {
  const traced = lab.startAny(process.execPath, [program], { input: 'keep' });
  await traced.waitFor('ready');
  const ftui = lab.start([...writesOfSeven, '-p', String(traced.pid)]);
  await ftui.waitFor('tracing:');
  traced.write('go\n');
  const { stdout: said } = await traced.done;
  const { stdout, stderr, status } = await ftui.done;
  assert.equal(status, 0, stderr);
  const { events, summary } = readJsonOutput(stdout);
  assert.equal(summary.ended, 'pids-gone');
  const expected = (JSON.parse(said.split('\n')[1]!) as number[]).sort();
  assert.equal(expected.length, 4, 'itself, a thread, a child and its child');
  assert.deepEqual(events.map(({ pid }) => pid).sort(), expected);
});

scenario('pid-that-is-not-there', here, async (lab) => {
  const missing = await lab.run(['event', 'sched:sched_switch', '-p', '1,4194303']);
  assert.deepEqual(missing, { stdout: '', stderr: 'ftui: tracing pid 4194303: there is no such process\n', status: 2 });
});
