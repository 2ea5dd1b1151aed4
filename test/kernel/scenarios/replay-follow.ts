/** Following a recording while it is written: all of it is shown, once. */
import assert from 'node:assert/strict';
import { needs } from '../recordings.ts';
import { scenario } from '../scenario.ts';

scenario('replay-follows-a-recorder', { live: true, kernels: ['6.12'], needs }, async (lab) => {
  const file = `${lab.folder}/a.dat`;
  const recorder = lab.start(['record', '-e', 'sched', '-o', file, 'sleep', '6'], { timeout: 60_000 });
  await recorder.waitFor('Ctrl-C ends').catch(() => {});
  const followed = await lab.run(['replay', '--follow', '--json', file], { timeout: 60_000 });
  assert.equal(followed.status, 0, followed.stderr);
  await recorder.done;
  const whole = await lab.run(['replay', '--json', file]);
  const times = (output: string) =>
    output.split('\n').flatMap((line) => (line.startsWith('{"type":"event"') ? [/"time":(\d+)/.exec(line)![1]] : []));
  assert.ok(times(whole.stdout).length > 100);
  assert.deepEqual(times(followed.stdout).sort(), times(whole.stdout).sort());
});
