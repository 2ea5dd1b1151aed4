/** The laboratory itself: the right kernel, with tracefs and what else a program expects of a machine. */
import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import { isKernel, scenario } from '../scenario.ts';

scenario('boot', (lab) => {
  if (lab.expectedKernel !== undefined) assert.ok(isKernel(lab.kernel, lab.expectedKernel), lab.kernel);
  assert.equal(process.getuid?.(), 0);
  assert.match(lab.read('/proc/mounts'), / \/sys\/kernel\/tracing tracefs /);
  assert.match(lab.read('available_tracers'), /\bfunction_graph\b/);
  for (const folder of ['/dev/pts', '/dev/shm', '/run', '/tmp', lab.folder]) accessSync(folder, constants.W_OK);
});

scenario('boot-pty', async (lab) => {
  const shell = await lab.startInTerminal('/bin/sh', ['-c', 'tty; read line; echo "got <$line>"; exit 3']);
  await shell.waitFor('/dev/pts/');
  shell.write('hello\r');
  await shell.waitFor('got <hello>');
  assert.equal((await shell.done).status, 3);
});
