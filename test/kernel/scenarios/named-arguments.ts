/** Arguments by name on real kernels, also on those that cannot resolve names themselves; and probes of every kind. */
import assert from 'node:assert/strict';
import { recipes } from '../../../src/control/recipes.ts';
import { compareArguments } from '../compare-arguments.ts';
import { fieldValues, type JsonOutput, readJsonOutput } from '../ftui-output.ts';
import { type Lab, scenario } from '../scenario.ts';

const needs = ['kprobe_events'];
const opened = '/etc/hostname';

/** Runs to its end, and leaves tracefs as it was. */
async function runJson(lab: Lab, words: readonly string[]): Promise<JsonOutput> {
  const before = lab.snapshotTracefs();
  const result = await lab.run([...words.slice(0, 1), '--json', ...words.slice(1)]);
  assert.equal(result.status, 0, result.stderr);
  lab.expectSame(before);
  return readJsonOutput(result.stdout);
}

/** The function that tutorials name is no longer called: names work through its successor. */
scenario('kprobe-do-sys-open-by-name', { needs }, async (lab) => {
  const probes = ['do_sys_open', 'dfd', 'filename:string', '-e', 'vfs_open path->dentry->d_name.name:string'];
  const { events } = await runJson(lab, ['kprobe', ...probes, '--', 'cat', opened]);
  const of = (name: string) => events.filter(({ probe }) => probe === name).map(({ fields }) => fields);
  assert.ok(
    of('do_sys_openat2').some(({ dfd, filename }) => dfd === -100 && filename === opened),
    JSON.stringify(of('do_sys_openat2')),
  );
  assert.ok(
    of('vfs_open').some(({ name }) => name === 'hostname'),
    JSON.stringify(of('vfs_open')),
  );
});

scenario('vars-of-do-sys-open', { needs, kernels: ['5.10', '7'] }, async (lab) => {
  const { stdout, stderr } = await lab.run(['vars', 'do_sys_open']);
  assert.match(stdout, /^int dfd .*\nconst char\* filename +filename=\+0\(%si\):u?string\n/, stderr);
});

scenario('kprobe-filters-texts-by-glob', { needs, kernels: ['7'] }, async (lab) => {
  const probe = ['kprobe', 'do_sys_openat2', 'filename:string', '--filter'];
  const output = await runJson(lab, [...probe, 'filename ~ "*hostn*"', '--', 'cat', opened, '/etc/passwd']);
  assert.deepEqual(fieldValues(output, 'filename'), [opened]);
});

/** One by one on 5.10, all of the group at once on later kernels. */
scenario('kprobe-glob-arms-and-removes-all', { needs, kernels: ['5.10', '7'] }, async (lab) => {
  const { events } = await runJson(lab, ['kprobe', 'vfs_[ors]*', '--', 'cat', opened]);
  const names = new Set(events.map(({ probe }) => probe));
  for (const name of ['vfs_open', 'vfs_read']) assert.ok(names.has(name), [...names].join(' '));
});

/** One instance for three sleepers: two of them are missed, and that is said. */
scenario('kretprobe-says-what-it-missed', { needs, kernels: ['6.1'] }, async (lab) => {
  const sleepers = 'sleep 0.5 & sleep 0.5 & sleep 0.5 & wait';
  const words = ['kprobe', 'hrtimer_nanosleep%return', '--maxactive', '1', '--', 'sh', '-c', sleepers];
  const { events, summary } = await runJson(lab, words);
  assert.ok(events.length >= 1 && events.length < 3, `${events.length} hits`);
  assert.match(summary.notices.join('\n'), /missed [12] hits of hrtimer_nanosleep__return: .*--maxactive/);
});

/** By kprobe on one kernel, by fprobe on the other. */
for (const [kernel, more] of [
  ['6.12', ['--fprobe']],
  ['7', []],
] as const) {
  scenario(`arguments-at-the-return-${kernel}`, { needs, kernels: [kernel] }, async (lab) => {
    const words = ['kprobe', 'do_sys_openat2%return', '$retval', 'filename:string', ...more];
    const { events } = await runJson(lab, [...words, '--', 'sh', '-c', `cat ${opened} /etc/not-there; true`]);
    const results = new Map(events.map(({ fields }) => [fields.filename, Number(fields.ret)]));
    assert.ok(results.get(opened)! >= 3, String(results.get(opened)));
    assert.equal(results.get('/etc/not-there'), -2);
  });
}

scenario('fprobe-with-a-glob', { needs, kernels: ['6.12'] }, async (lab) => {
  const { events } = await runJson(lab, ['kprobe', 'vfs_*', '--fprobe', '$arg1', '--', 'cat', opened]);
  const names = new Set(events.map(({ fields }) => String(fields.__probe_ip).replace(/\+.*/, '')));
  for (const name of ['vfs_open', 'vfs_read']) assert.ok(names.has(name), [...names].join(' '));
});

scenario('tracepoint-arguments', { needs, kernels: ['7'] }, async (lab) => {
  const words = ['event', '--raw', 'sched_switch', 'pid=prev->pid', 'name=next->comm:string', '--', 'sleep', '0.1'];
  const { events } = await runJson(lab, words);
  assert.ok(events.some(({ fields }) => typeof fields.name === 'string' && Number(fields.pid) > 0));
});

/** Event probes of 6.1 and 6.12 read one byte of a `char *`, and 5.10 has none: the names must come all the same. */
scenario('event-with-derived-fields', { needs }, async (lab) => {
  const words = ['event', 'sys_enter_openat', 'file=filename:string', 'how=flags:x32', '--', 'cat', opened];
  const files = fieldValues(await runJson(lab, words), 'file');
  assert.ok(files.includes(opened), JSON.stringify(files));
});

scenario('event-probe-with-condition', { needs, kernels: ['6.1'] }, async (lab) => {
  const exec = ['event', 'sched:sched_process_exec', 'file=filename:string', 'task=pid', '--filter'];
  const { events } = await runJson(lab, [...exec, 'file ~ "*cat"', '--', 'sh', '-c', `cat ${opened}; true`]);
  assert.deepEqual(
    events.map(({ fields }) => String(fields.file).replace(/.*\//, '')),
    ['cat'],
  );
  assert.deepEqual((await runJson(lab, [...exec, 'old_pid < 0', '--', 'cat', opened])).events, []);
});

/** What compare-arguments.ts does with 200 functions by hand. */
scenario('arguments-agree-with-the-kernel', { needs }, async (lab) => {
  const names = ['vfs_read', 'vfs_write', 'vfs_open', 'do_sys_openat2', 'dput', 'filp_close', 'vfs_statx', 'ksys_read'];
  const result = await compareArguments({ count: 12, seed: 1, names, seconds: 1 });
  assert.deepEqual(result.refused, []);
  assert.deepEqual(result.differences, []);
  const { fired, calls, unpaired } = result;
  assert.ok(
    fired >= 5 && calls > 50 && unpaired < calls / 10,
    `${fired} functions, ${calls} calls, ${unpaired} unpaired`,
  );
  assert.equal(result.by, lab.isAtLeast('6.6') ? 'name' : 'number');
});

scenario('recipes-name-what-is-there', { needs }, (lab) => {
  const events = new Set(lab.read('available_events').split('\n'));
  const functions = new Set(lab.read('available_filter_functions').split('\n'));
  const words = (kind: string) =>
    recipes.filter(({ command }) => command[0] === kind).flatMap(({ command }) => command.slice(1));
  const named = words('event').filter((word) => /^\w+:\w+$/.test(word));
  assert.deepEqual(
    named.filter((name) => !events.has(name)),
    [],
  );
  const probed = words('kprobe').flatMap((word) => /^(\w+)(?:%return)?$/.exec(word)?.[1] ?? []);
  assert.deepEqual(
    probed.filter((name) => !functions.has(name)),
    [],
  );
});

/** They are in dynamic_events only. */
scenario('reset-removes-event-probes', { needs, kernels: ['6.1'] }, async (lab) => {
  const before = lab.snapshotTracefs();
  lab.setUp(`echo 'e:ftui_4194999/left sched.sched_switch a=$prev_pid' >> dynamic_events`, 'true');
  assert.match((await lab.run(['status'])).stdout, /dynamic_events.*e:ftui_4194999\/left/);
  const { status, stdout, stderr } = await lab.run(['reset']);
  assert.equal(status, 0, stdout + stderr);
  lab.expectSame(before);
});
