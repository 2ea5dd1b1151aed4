/** Arguments by name on real kernels, also on those that cannot resolve names themselves. */
import assert from 'node:assert/strict';
import { scenario } from '../scenario.ts';

const needs = ['kprobe_events'];
const opened = '/etc/hostname';

/** The function that tutorials name is no longer called: names work through its successor. */
for (const name of ['do_sys_openat2', 'do_sys_open']) {
  scenario(`kprobe-${name.replaceAll('_', '-')}-by-name`, { needs, kernels: ['6.1'] }, async (lab) => {
    const before = lab.snapshotTracefs();
    const result = await lab.run(['kprobe', name, 'dfd', 'filename:string', '--', 'cat', opened]);
    assert.equal(result.status, 0, result.stderr);
    assert.match(result.stdout, /do_sys_openat2 +dfd=-100 filename="\/etc\/hostname"/);
    lab.expectSame(before);
  });
}

scenario('kprobe-members-by-name', { needs, kernels: ['6.1'] }, async (lab) => {
  const words = ['kprobe', 'vfs_open', 'path->dentry->d_name.name:string', '--', 'cat', opened];
  const result = await lab.run(words);
  assert.equal(result.status, 0, result.stderr);
  assert.match(result.stdout, /vfs_open +name="hostname"/);
});

scenario('kprobe-refuses-unknown-names', { needs, kernels: ['6.1'] }, async (lab) => {
  const before = lab.snapshotTracefs();
  const result = await lab.run(['kprobe', 'do_sys_openat2', 'n=filenam:string']);
  assert.equal(result.status, 2);
  assert.match(result.stderr, /has no argument 'filenam'\n {2}n=filenam:string\n {4}\^\n\(did you mean filename\?\)/);
  lab.expectSame(before);
});
