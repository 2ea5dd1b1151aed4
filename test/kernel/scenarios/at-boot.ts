/** The first scenario (files run by name): a kernel that nobody has touched. */
import assert from 'node:assert/strict';
import { scenario } from '../scenario.ts';

scenario('status-of-a-fresh-kernel', async (lab) => {
  const { stdout, stderr, status } = await lab.run(['status']);
  assert.deepEqual({ stdout, stderr, status }, { stdout: 'everything is at its default\n', stderr: '', status: 0 });
  const { stdout: json } = await lab.run(['status', '--json']);
  assert.deepEqual(JSON.parse(json), { directories: [{ instance: null, deviations: [] }], sessions: [] });
});
