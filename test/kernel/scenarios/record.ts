/** Recordings: trace-cmd reads what ftui records; and what becomes of them when the disk is full or the recorder dies. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../random.ts';
import { needs, readByBoth, readRecordSummary, record, reportOf, stampOf } from '../recordings.ts';
import { type Lab, scenario } from '../scenario.ts';

const everywhere = { live: true, needs } as const;
/** What no kernel changes runs on one of them, and at full speed on the host's. */
const onOne = { ...everywhere, kernels: ['6.1'] };

scenario('record-graph-and-events', { needs }, async (lab) => {
  const words = ['-p', 'function_graph', '-g', 'do_sys_openat2', '-e', 'sched', '-o', 'FILE', 'ls', '/'];
  const { lines, records, lost } = await record(lab, 'a.dat', ['record', ...words]);
  assert.equal(lost, 0);
  assert.ok(lines.some((line) => /ls-\d+ .*funcgraph_entry: .* do_sys_openat2\(\) \{/.test(line)));
  assert.ok(lines.some((line) => / sched_switch: /.test(line)));
  // A call without calls inside is one line of two events.
  assert.ok(records >= lines.length && records <= lines.length * 2, `${records} events, ${lines.length} lines`);
});

scenario('graph-into-a-file', { needs }, async (lab) => {
  const { lines } = await record(lab, 'a.dat', ['graph', 'do_sys_openat2', '-o', 'FILE', '--', 'cat', '/etc/hostname']);
  assert.ok(lines.some((line) => /cat-\d+ .*do_sys_openat2\(\) \{/.test(line)));
  // Tasks of others may slip in while the kernel empties its list of pids at the end; ftui itself must not.
  assert.deepEqual(
    lines.filter((line) => /^ *(ftui|MainThread|node|libuv)\S*-\d+ /.test(line)),
    [],
  );
});

scenario('record-functions', { needs }, async (lab) => {
  const words = ['-p', 'function', '-l', 'vfs_*', '-n', 'vfs_write', '-F', '-o', 'FILE', 'cat', '/etc/hostname'];
  const { lines, records } = await record(lab, 'a.dat', ['record', ...words]);
  assert.equal(lines.length, records);
  assert.ok(lines.some((line) => /function: +vfs_read/.test(line)));
  assert.deepEqual(
    lines.filter((line) => !/function: +vfs_/.test(line) || /vfs_write$/.test(line)),
    [],
  );
});

scenario('record-every-event', { ...everywhere, timeout: 300 }, async (lab) => {
  const { lines, records } = await record(lab, 'a.dat', ['record', '-e', 'all', '-o', 'FILE', 'sleep', '0.3']);
  assert.equal(countEvents(lines), records);
});

scenario('record-uprobes', everywhere, async (lab) => {
  const file = `${lab.folder}/a.dat`;
  const events = ['--uprobe', '/bin/bash readline%return', '-e', 'sched:sched_process_exec'];
  const ftui = lab.start(['record', ...events, '-o', file]);
  await ftui.waitFor('Ctrl-C ends');
  const bash = await lab.startInTerminal('bash', ['--norc']);
  bash.write('echo typed; exit\r');
  await bash.done;
  ftui.kill('SIGINT');
  assert.equal((await ftui.done).status, 0);
  const lines = reportOf(file);
  assert.ok(
    lines.some((line) => /bash-\d+ .*: readline/.test(line)),
    lines.slice(0, 20).join('\n'),
  );
});

scenario('record-kprobes', { needs: [...needs, 'kprobe_events'] }, async (lab) => {
  const words = ['do_sys_openat2', 'file=+0(%si):ustring', '-o', 'FILE', '--', 'cat', '/etc/hostname'];
  const { lines, records } = await record(lab, 'a.dat', ['kprobe', ...words]);
  assert.equal(lines.length, records);
  assert.ok(lines.some((line) => line.includes('file="/etc/hostname"')));
});

scenario('record-two-instances', everywhere, async (lab) => {
  const words = ['-e', 'sched', '-B', 'one', '-e', 'raw_syscalls:sys_enter', '-B', 'two', '-e', 'timer', '-o', 'FILE'];
  const { lines, records } = await record(lab, 'a.dat', ['record', ...words, 'sh', '-c', 'ls > /dev/null; sleep 0.2']);
  assert.equal(countEvents(lines), records);
  for (const pattern of [/^ *one: .* sys_enter: /, /^ *two: .* timer_start: /, / sched_switch: /]) {
    assert.ok(
      lines.some((line) => pattern.test(line)),
      String(pattern),
    );
  }
});

scenario('record-into-an-instance-of-others', onOne, async (lab) => {
  lab.setUp('mkdir instances/theirs; echo 100 > instances/theirs/buffer_size_kb', 'rmdir instances/theirs');
  const words = ['-B', 'theirs', '-b', '4096', '-e', 'sched', '-o', 'FILE', 'sleep', '0.1'];
  const { lines } = await record(lab, 'a.dat', ['record', ...words]);
  assert.ok(lines.every((line) => /^ *theirs: /.test(line)));
  assert.ok(existsSync(`${lab.tracefs}/instances/theirs`));
  assert.equal(lab.read('instances/theirs/set_event'), '');
  // Rounded up to whole sub-buffers by the kernel.
  assert.ok(Number(lab.read('instances/theirs/buffer_size_kb')) < 110);
});

scenario('record-system-calls', everywhere, async (lab) => {
  const dd = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=20000'];
  const { lines, records, lost } = await record(lab, 'a.dat', ['record', '-e', 'raw_syscalls', '-o', 'FILE', ...dd]);
  assert.equal(lost, 0);
  assert.equal(countEvents(lines), records);
  assert.ok(lines.filter((line) => /^ +dd-\d+ .* sys_enter: /.test(line)).length >= 40_000);
});

/**
 * 13 MB of events of one CPU, out of a buffer of 4 MB: its first page file ends below 12 MB, and the second becomes the final
 * file. Two CPUs that share them may fill none.
 */
const longLoad = ['taskset', '-c', '0', 'dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=70000'];

scenario('record-much', { live: true, kernels: ['6.12'], needs, timeout: 300 }, async (lab) => {
  const words = ['record', '-e', 'raw_syscalls', '-b', '4096', '-o', 'FILE', ...longLoad];
  const { file, lines, records, lost } = await record(lab, 'a.dat', words);
  assert.equal(lost, 0);
  assert.equal(countEvents(lines), records);
  assert.ok(hasRoom(file), 'no page file became the final file');
  for (const command of [
    ['dump', '--validate', '-i', file],
    ['split', '-i', file, '-o', `${lab.folder}/part`, '0', '1000000'],
    ['convert', '-i', file, '-o', `${lab.folder}/c.dat`],
  ]) {
    const { status, stderr } = await lab.runAny('trace-cmd', command);
    assert.equal(status, 0, `${command.join(' ')}: ${stderr}`);
  }
});

scenario('record-much-and-killed', { live: true, kernels: ['6.12'], needs, timeout: 300 }, async (lab) => {
  const file = `${lab.folder}/a.dat`;
  const load = lab.startAny('dd', ['if=/dev/zero', 'of=/dev/null', 'bs=1'], { timeout: 300_000 });
  load.done.catch(() => {});
  const ftui = lab.start(['record', '-e', 'raw_syscalls', '-o', file]);
  await ftui.waitFor('Ctrl-C ends');
  for (let tries = 0; !readdirSync(`${file}.part`).some((name) => name.includes('.after-')); tries += 1) {
    assert.ok(tries < 1_200, 'no page file was filled');
    await sleep(50);
  }
  ftui.kill('SIGKILL');
  const killedAt = Number(process.hrtime.bigint()) / 1e9;
  await ftui.done.catch(() => {});
  load.kill('SIGKILL');
  await lab.run(['reset']);
  const { status, stderr } = await lab.run(['restore', file]);
  assert.equal(status, 0, stderr);
  assert.ok(hasRoom(file), 'no page file became the final file');
  const gap = killedAt - stampOf((await readByBoth(lab, file)).at(-1)!);
  assert.ok(gap <= 1, `${gap} s of data are missing`);
});

/** Whether the file has a hole, which is there only where its pages have not been copied. */
function hasRoom(file: string): boolean {
  const { size, blocks } = statSync(file);
  return size - blocks * 512 > 100_000;
}

scenario('record-says-what-is-lost', onOne, async (lab) => {
  const dd = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=30000'];
  const words = ['record', '-e', 'raw_syscalls', '-b', '16', '-s', '200000', '-o', 'FILE', ...dd];
  const { lost, records, lines, stderr, file } = await record(lab, 'a.dat', words);
  assert.ok(lost > 10_000, stderr);
  assert.match(stderr, /events were lost at .*--buffer-size \d+M would hold a second/);
  assert.equal(countEvents(lines), records);
  // The kernel's counters are in the file as well.
  const stats = reportStats(file);
  assert.equal(stats.overrun, lost);
});

scenario('record-keeps-the-newest', onOne, async (lab) => {
  const dd = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=100000'];
  const words = ['record', '-e', 'raw_syscalls', '--max-size', '4M', '-o', 'FILE', ...dd];
  const { file, lines, stderr, records } = await record(lab, 'a.dat', words);
  assert.match(stderr, /the newest [34][\d.]* MB of/);
  assert.ok(statSync(file).size < 40e6, `${statSync(file).size} bytes`);
  assert.ok(lines.length > 10_000 && lines.length < records);
});

scenario('record-as-others-read-it', { ...everywhere, kernels: ['5.10', '7'] }, async (lab) => {
  const words = ['record', '-e', 'sched', '-o', 'FILE', 'sleep', '0.2'];
  const { file } = await record(lab, 'a.dat', words);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = await lab.run(words.map((word) => (word === 'FILE' ? file : word)));
  assert.equal(again.status, 2);
  assert.match(again.stderr, /the file exists \(choose another name, or --force\)/);
  await record(lab, 'b.dat', ['record', '--file-version', '6', '-e', 'sched', '-o', 'FILE', 'sleep', '0.2']);
  for (const command of [
    ['dump', '--all', '-i', file],
    ['split', '-i', file, '-o', `${lab.folder}/part`, '0', '1000000'],
    ['convert', '-i', file, '-o', `${lab.folder}/c.dat`, '--file-version', '6'],
  ]) {
    const { status, stderr } = await lab.runAny('trace-cmd', command);
    assert.equal(status, 0, `${command.join(' ')}: ${stderr}`);
  }
});

scenario('record-refuses-before-it-touches-anything', onOne, async (lab) => {
  const { status, stderr } = await lab.run([
    'record',
    '-e',
    'sched',
    '-o',
    '/nonexistent/a.dat',
    'touch',
    `${lab.folder}/ran`,
  ]);
  assert.notEqual(status, 0);
  assert.match(stderr, /\/nonexistent\/a\.dat.*: .*no such folder/);
  assert.equal(existsSync(`${lab.folder}/ran`), false);
});

for (const [signal, expected] of [
  ['SIGINT', 0],
  ['SIGTERM', 143],
] as const) {
  scenario(`record-ends-by-${signal.toLowerCase()}`, everywhere, async (lab) => {
    const file = `${lab.folder}/a.dat`;
    const ftui = lab.start(['record', '-e', 'sched', '-o', file]);
    await ftui.waitFor('Ctrl-C ends');
    await sleep(500);
    ftui.kill(signal);
    const { status, stderr } = await ftui.done;
    assert.equal(status, expected, stderr);
    assert.equal(countEvents(reportOf(file)), readRecordSummary(stderr).records);
  });
}

scenario('record-on-a-full-disk', onOne, async (lab) => {
  const disk = `${lab.folder}/disk`;
  lab.setUp(`mkdir ${disk}; mount -t tmpfs -o size=48m none ${disk}`, `umount ${disk}`);
  const file = `${disk}/a.dat`;
  const dd = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=1', 'count=1000000'];
  const { status, stderr } = await lab.run(['record', '-e', 'raw_syscalls', '-o', file, ...dd], { timeout: 100_000 });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /ENOSPC: the disk is full \(what was recorded until then is in .*; \d+ later events are not\)/);
  assert.equal(countEvents(reportOf(file)), readRecordSummary(stderr).records);
  assert.deepEqual(readdirSync(disk), ['a.dat']);
});

/** Emulated, each takes its time: a few tell whether the kernel makes a difference. */
const killsWanted = (lab: Pick<Lab, 'expectedKernel'>) =>
  Number(process.env.FTUI_KILLS ?? (lab.expectedKernel === undefined ? 20 : 3));

scenario(
  'record-killed-at-random-moments',
  { live: true, kernels: ['5.10', '7'], needs, timeout: 120 + Number(process.env.FTUI_KILLS ?? 20) * 20 },
  async (lab) => {
    const kills = killsWanted(lab);
    const random = new SeededRandom(Number(process.env.FTUI_SEED ?? Math.floor(Math.random() * 1e9)));
    let finished = 0;
    let longestGap = 0;
    lab
      .startAny('sh', ['-c', 'while :; do sleep 0.01; done'], { timeout: (120 + kills * 20) * 1000 })
      .done.catch(() => {});
    for (let round = 0; round < kills; round += 1) {
      try {
        // The first one records for sure by then; of the others some have not begun.
        const earliest = round === 0 ? 1_200 : 200;
        const gap = await killRecorder(lab, `${lab.folder}/${round}.dat`, earliest + random.below(3_200 - earliest));
        if (gap !== undefined) finished += 1;
        longestGap = Math.max(longestGap, gap ?? 0);
      } catch (error) {
        throw new Error(`round ${round}, FTUI_SEED=${random.seed}`, { cause: error });
      }
    }
    console.log(
      `${finished} of ${kills} killed while recording; at most ${longestGap.toFixed(3)} s missing; FTUI_SEED=${random.seed}`,
    );
    assert.ok(finished > 0);
  },
);

/** Kills a recorder `ms` after its beginning and restores the file; returns how many seconds of data it lacks. */
async function killRecorder(lab: Lab, file: string, ms: number): Promise<number | undefined> {
  const ftui = lab.start(['record', '-e', 'sched', '-o', file]);
  if (ms > 1_000) await ftui.waitFor('Ctrl-C ends');
  await sleep(ms);
  ftui.kill('SIGKILL');
  const killedAt = Number(process.hrtime.bigint()) / 1e9;
  await ftui.done.catch(() => {});
  await lab.run(['reset']);
  if (!existsSync(`${file}.part`)) return undefined;
  const { status, stderr } = await lab.run(['restore', file]);
  if (!existsSync(file)) {
    assert.notEqual(status, 0); // it had not begun
    return undefined;
  }
  assert.equal(status, 0, stderr);
  const last = (await readByBoth(lab, file)).at(-1);
  if (last === undefined || ms <= 1_000) return undefined;
  const gap = killedAt - stampOf(last);
  assert.ok(gap <= 1, `${gap} s of data are missing`);
  return gap;
}

/** Lines of a report that are events: not those of stacks, nor of lost ones. */
function countEvents(lines: readonly string[]): number {
  return lines.filter((line) => Number.isFinite(stampOf(line))).length;
}

function reportStats(file: string): { overrun: number } {
  const overrun = reportOf(file, '--stat')
    .flatMap((line) => /^overrun: (\d+)/.exec(line)?.[1] ?? [])
    .map(Number);
  return { overrun: overrun.reduce((sum, count) => sum + count, 0) };
}
