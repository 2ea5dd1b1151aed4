/** The main job on every kernel: trees, probes, functions and events of a known command, live. */
import assert from 'node:assert/strict';
import { fieldValues, findUnbalanced, readJsonOutput } from '../ftui-output.ts';
import { scenario } from '../scenario.ts';

const movedNotice = 'do_sys_open: since Linux 5.6 openat(2) no longer passes through it; tracing do_sys_openat2';

scenario('graph-do-sys-open-json', async (lab) => {
  const { stdout, stderr, status } = await lab.run(['graph', 'do_sys_open', '--json', '--', 'ls', '/']);
  assert.equal(status, 0, stderr);
  const { trees, gaps, summary } = readJsonOutput(stdout);
  assert.deepEqual(gaps, []);
  assert.ok(trees.length > 10, `${trees.length} trees`);
  for (const tree of trees) {
    assert.equal(tree.root.function, 'do_sys_openat2');
    assert.equal(tree.comm, 'ls');
    assert.deepEqual(findUnbalanced(tree), []);
  }
  assert.equal(summary.trees, trees.length);
  assert.equal(summary.lost, 0);
  assert.deepEqual(summary.command, { code: 0, signal: null });
  assert.deepEqual(summary.notices, [movedNotice]);
  assert.ok(stderr.split('\n').includes(`ftui: ${movedNotice}`), stderr.slice(0, 500));
  // With --json the command's own output goes to stderr.
  assert.match(stderr, /^(?:bin|boot|dev|etc)$/m);
});

scenario('graph-do-sys-open-text', async (lab) => {
  const { stdout, stderr, status } = await lab.run(['graph', 'do_sys_open', '--', 'ls', '/']);
  assert.equal(status, 0, stderr);
  const lines = stdout.split('\n');
  const heads = lines.filter((line) => /^ *\d+\.\d{6} {2}ls-\d+ \[\d{3}\]$/.test(line));
  const roots = lines.filter((line) => /^[^|]*\| {2}do_sys_openat2\(\)/.test(line));
  assert.ok(heads.length > 10, stdout.slice(0, 1000));
  assert.equal(roots.length, heads.length);
  assert.equal(lines.filter((line) => /\{$/.test(line)).length, lines.filter((line) => /\}$/.test(line)).length);
  const [, trees] =
    /^ftui: (\d+) trees, \d+ calls of \d+ functions in [\d.]+ s; \d+ records, 0 lost$/m.exec(stderr) ?? [];
  assert.equal(Number(trees), heads.length, stderr);
  assert.ok(lines.includes('etc'), 'the output of ls is on stdout');
});

scenario('graph-shows-only-roots-asked-for', { kernels: ['6.1', '7'] }, async (lab) => {
  const busy = lab.startAny('sh', ['-c', 'while :; do : < /etc/hostname; done']);
  const { stdout, stderr, status } = await lab.run(['graph', 'do_sys_openat2', '--depth', '2', '-d', '1s', '--json']);
  busy.kill('SIGKILL');
  assert.equal(status, 0, stderr);
  // Tasks that were inside a call as the trace began are shown from where they were, and marked.
  const trees = readJsonOutput(stdout).trees.filter(({ root }) => root.cut !== 'start');
  assert.ok(trees.length > 10, `${trees.length} trees`);
  assert.deepEqual([...new Set(trees.map(({ root }) => root.function))], ['do_sys_openat2']);
});

scenario('kprobe-shows-opened-files', async (lab) => {
  const files = [`${lab.folder}/one`, `${lab.folder}/two words`, `${lab.folder}/三`, '/nonexistent'];
  lab.shell(
    `touch ${files
      .slice(0, 3)
      .map((file) => `'${file}'`)
      .join(' ')}`,
  );
  const script = 'cat "$1"; (cat "$2" "$3"); sh -c \'cat "$1"\' sh "$4"; exit 5';
  const probe = ['do_sys_openat2', 'file=+0(%si):ustring'];
  const { stdout, stderr, status } = await lab.run([
    'kprobe',
    ...probe,
    '--json',
    '--',
    'sh',
    '-c',
    script,
    'sh',
    ...files,
  ]);
  assert.equal(status, 5, stderr);
  const output = readJsonOutput(stdout);
  const known = fieldValues(output, 'file').filter((file) => files.includes(String(file)));
  assert.deepEqual(known, files);
  for (const { system, event, comm } of output.events)
    assert.match(`${system} ${event} ${comm}`, /^ftui_\d+ \S+ (?:sh|cat|setpriv)$/);
  assert.deepEqual(output.summary.command, { code: 5, signal: null });
});

scenario('uprobe-shows-typed-lines', { live: true, needs: ['uprobe_events'] }, async (lab) => {
  const typed = ['echo first', '', `echo x" b=0xdead a="y 'single'`, 'echo 中文 é', 'true \\'];
  const session = lab.start(['uprobe', '/bin/bash', 'readline%return', '--json', '-v'], { timeout: 90_000 });
  await session.waitFor('tracing:');
  const bash = await lab.startInTerminal('/bin/bash', ['--norc', '--noprofile'], {
    env: { PS1: 'ready> ', PS2: 'more> ', HISTFILE: undefined, LC_ALL: 'C.UTF-8' },
  });
  let from = 0;
  const prompt = async (wanted: string) => {
    await bash.waitFor(new RegExp(`^[^]{${from}}[^]*${wanted}$`));
    from = bash.stdout().length;
  };
  for (const line of typed) {
    await prompt('ready> ');
    bash.write(`${line}\r`);
  }
  await prompt('more> ');
  bash.write('\r');
  await prompt('ready> ');
  bash.write('\x04');
  await bash.done;
  session.kill('SIGINT');
  const { stdout, stderr, status } = await session.done;
  assert.equal(status, 0, stderr);
  const output = readJsonOutput(stdout);
  const lines = output.events.filter(({ pid }) => pid === bash.pid).map(({ fields }) => Object.values(fields)[0]);
  assert.deepEqual(lines, [...typed, '', null]);
  for (const { probe, comm } of output.events) assert.equal(`${probe} ${comm}`, 'readline%return bash');
});

scenario('function-vfs-open', async (lab) => {
  const { stdout, stderr, status } = await lab.run(['function', 'vfs_open', '--json', '--', 'cat', '/etc/hostname']);
  assert.equal(status, 0, stderr);
  const output = readJsonOutput(stdout);
  assert.ok(output.events.length > 3, `${output.events.length} calls`);
  for (const { fields, comm } of output.events) {
    assert.equal(fields.function, 'vfs_open');
    assert.match(String(fields.caller), /^(?:do_open|path_openat|do_file_open_root|dentry_open|[a-z]\w+)/);
    assert.match(comm, /^(?:cat|sh)$/);
  }
  assert.equal(output.summary.lost, 0);
});

scenario('function-glob-without-some', async (lab) => {
  const { stdout, stderr, status } = await lab.run([
    'function',
    'vfs_*',
    '--notrace',
    'vfs_read*',
    '--',
    'cat',
    '/etc/hostname',
  ]);
  assert.equal(status, 0, stderr);
  const calls = [...stdout.matchAll(/^ *\d+\.\d{6} {2}(?:cat|sh)-\d+ +\[\d{3}\] {2}(\S+) <- \S+/gm)].map(
    ([, name]) => name!,
  );
  assert.ok(calls.length > 10, stdout.slice(0, 1000));
  assert.ok(
    calls.every((name) => /^vfs_(?!read)/.test(name)),
    calls.join(' '),
  );
  assert.ok(new Set(calls).size > 2, 'several functions');
  assert.match(stderr, new RegExp(`^ftui: ${calls.length} calls in `, 'm'));
});

scenario('event-with-a-filter', { live: true }, async (lab) => {
  const args = [
    'event',
    'sched:sched_switch',
    '--filter',
    'prev_comm == "sleep"',
    '--json',
    '--',
    'sh',
    '-c',
    'sleep 0.1; sleep 0.1',
  ];
  const { stdout, stderr, status } = await lab.run(args);
  assert.equal(status, 0, stderr);
  const output = readJsonOutput(stdout);
  assert.ok(output.events.length >= 4, `${output.events.length} events: each sleep waits, and ends`);
  assert.deepEqual([...new Set(fieldValues(output, 'prev_comm'))], ['sleep']);
  assert.equal(new Set(fieldValues(output, 'prev_pid')).size, 2);
  for (const { system, event } of output.events) assert.equal(`${system}:${event}`, 'sched:sched_switch');
});
