/** Every event of a command and of its children is counted, and what is lost is said exactly. */
import assert from 'node:assert/strict';
import { readJsonOutput } from '../ftui-output.ts';
import { scenario } from '../scenario.ts';

const writes = (count: number) => `dd if=/dev/zero of=/dev/null bs=7 count=${count} status=none`;
/** 1,000 writes of 7 bytes: by the command itself, its child, and two grandchildren at once. */
const thousandWrites = `${writes(300)}; sh -c '${writes(300)} & ${writes(300)}; wait'; exec ${writes(100)}`;

for (const [what, args] of [
  ['event', ['event', 'syscalls:sys_enter_write', '--filter', 'count == 7']],
  ['kprobe', ['kprobe', 'ksys_write', 'count=%dx', '--filter', 'count == 7']],
] as const) {
  const needs = what === 'kprobe' ? ['kprobe_events'] : ['events/syscalls/sys_enter_write'];
  scenario(`thousand-writes-by-${what}`, { live: what === 'event', needs }, async (lab) => {
    const { stdout, stderr, status } = await lab.run([...args, '--json', '--', 'sh', '-c', thousandWrites]);
    assert.equal(status, 0, stderr);
    const { events, gaps, summary } = readJsonOutput(stdout);
    assert.deepEqual(gaps, []);
    assert.equal(events.length, 1000);
    assert.equal(summary.shown, 1000);
    assert.equal(summary.lost, 0);
    assert.equal(new Set(events.map(({ pid }) => pid)).size, 4);
    assert.ok(
      events.every((event, index) => index === 0 || event.time >= events[index - 1]!.time),
      'in order of time',
    );
  });
}

scenario('records-and-lost-add-up', { live: true, needs: ['events/syscalls/sys_enter_write'] }, async (lab) => {
  const command = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=7', 'count=20000', 'status=none'];
  const event = ['event', 'syscalls:sys_enter_write', '--filter', 'count == 7', '--buffer-size', '4'];
  const { stdout, stderr, status } = await lab.run([...event, '--json', '--', ...command]);
  assert.equal(status, 0, stderr);
  const { events, gaps, summary } = readJsonOutput(stdout);
  assert.ok(summary.lost > 0, JSON.stringify(summary));
  assert.equal(summary.records, events.length);
  assert.equal(summary.records + summary.lost, 20_000, JSON.stringify(summary));
  assert.ok(gaps.length > 0, 'losses are shown where they happened');
  const shown = gaps.reduce((sum, { count }) => sum + (count ?? 0), 0);
  assert.ok(shown <= summary.lost, `${shown} shown as lost, ${summary.lost} in all`);
  const text = await lab.run([...event, '--', ...command]);
  assert.match(text.stderr, /\d+ LOST \(cpu \d+: \d+/);
  assert.match(text.stdout, /cpu \d+: (?:\d+ )?events LOST before this point/);
});
