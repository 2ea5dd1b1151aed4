/** File names, task names and texts made to break a terminal or a parser: nothing raw comes out, and every value is exact. */
import assert from 'node:assert/strict';
import { expectNoControlBytes, fieldValues, lossless, readJsonOutput } from '../ftui-output.ts';
import { type Lab, scenario } from '../scenario.ts';

/** The same text as bash's $'...' takes it, and as ftui must report it. */
const hostile: readonly (readonly [quoted: string, text: string])[] = [
  [`\\e]0;owned\\a`, '\x1b]0;owned\x07'],
  [`two\\nlines\\r`, 'two\nlines\r'],
  [`8-bit \\x9b31m`, lossless('8-bit ', 0x9b, '31m')],
  [`\\xff\\xc3(`, lossless(0xff, 0xc3, '(')],
  [`quote" back\\\\ file=0x1`, 'quote" back\\ file=0x1'],
  [`\\u202eevil \\u4e2d`, '\u202eevil 中'],
  ['(fault)', '(fault)'],
];

/** A path of `length` bytes below the working folder whose parts are all `.`, but for the last. */
function longPath(length: number): string {
  return `${'./'.repeat(Math.floor((length - 3) / 2))}${'x'.repeat(((length - 3) % 2) + 3)}`;
}

/** A bash script that tries to open a file of each hostile name, and two of 2,000 and 4,000 bytes. */
function openHostileFiles(lab: Lab): string {
  const opens = hostile.map(([quoted]) => `: < $'/nonexistent/${quoted}'`);
  const long = [2000, 4000].map((length) => `: < ${longPath(length)}`);
  return `cd ${lab.folder}; exec 2> errors; ${[...opens, ...long].join('; ')}; exit 0`;
}

const probe = ['do_sys_openat2', 'file=+0(%si):ustring'];
const expected = [...hostile.map(([, text]) => `/nonexistent/${text}`), longPath(2000), longPath(4000)];

scenario('hostile-file-names-json', { needs: ['kprobe_events'] }, async (lab) => {
  const { stdout, stderr, status } = await lab.run([
    'kprobe',
    ...probe,
    '--json',
    '--',
    'bash',
    '-c',
    openHostileFiles(lab),
  ]);
  assert.equal(status, 0, stderr);
  expectNoControlBytes(stdout);
  const files = fieldValues(readJsonOutput(stdout), 'file').map(String);
  assert.deepEqual(
    files.filter((file) => /^(?:\/nonexistent|\.\/\.)/.test(file)),
    expected,
  );
});

scenario('hostile-file-names-text', { needs: ['kprobe_events'] }, async (lab) => {
  const { stdout, stderr, status } = await lab.run(['kprobe', ...probe, '--', 'bash', '-c', openHostileFiles(lab)]);
  assert.equal(status, 0, stderr);
  expectNoControlBytes(stdout + stderr);
  const shown = [
    String.raw`file="/nonexistent/\e]0;owned\x07"`,
    String.raw`file="/nonexistent/two\nlines\r"`,
    String.raw`file="/nonexistent/8-bit \x9b31m"`,
    String.raw`file="/nonexistent/\xff\xc3("`,
    String.raw`file="/nonexistent/quote\" back\\ file=0x1"`,
    String.raw`file="/nonexistent/\u202eevil 中"`,
    `file="/nonexistent/(fault)"`,
    `file="${longPath(4000)}"`,
  ];
  for (const line of shown) assert.ok(stdout.includes(`${line}\n`), `${line}\nin\n${stdout.slice(0, 3000)}`);
});

scenario('hostile-task-names-and-event-texts', { live: true }, async (lab) => {
  const name = `$'\\e[31m\\x9b\\xff\\r'`;
  const exact = lossless('\x1b[31m', 0x9b, 0xff, '\r');
  // A task’s name is looked up ten times a second, less often where that takes long.
  const rename = `printf ${name} > /proc/self/comm; sleep 1`;
  const script = `cd ${lab.folder}; cp /bin/true ${name}; ${rename}; (:); ./${name}`;
  const args = ['event', 'sched:sched_process_exec', 'sched:sched_process_fork', '--', 'bash', '-c', script];
  const json = await lab.run(['event', '--json', ...args.slice(1)]);
  assert.equal(json.status, 0, json.stderr);
  expectNoControlBytes(json.stdout);
  const { events } = readJsonOutput(json.stdout);
  const exec = events.findLast(({ event }) => event === 'sched_process_exec');
  assert.equal(exec?.fields.filename, `./${exact}`);
  const fork = events.findLast(({ event }) => event === 'sched_process_fork');
  assert.equal(fork?.fields.parent_comm, exact, json.stdout);
  assert.equal(fork?.comm, exact);

  const text = await lab.run(args);
  assert.equal(text.status, 0, text.stderr);
  expectNoControlBytes(text.stdout + text.stderr);
  assert.ok(text.stdout.includes(String.raw`filename="./\e[31m\x9b\xff\r"`), text.stdout);
  assert.ok(text.stdout.includes(String.raw`  \e[31m\x9b\xff\r-`), text.stdout);
});

scenario(
  'texts-too-long-are-reported-as-lost',
  { kernels: ['5.10', '6.12', '7'], needs: ['program:bash'] },
  async (lab) => {
    // A copy of its own, so that no other bash counts: what bash evaluates is handed over as one C string.
    const bash = `${lab.folder}/bash`;
    lab.shell(`cp /bin/bash ${bash}`);
    const session = lab.start(['uprobe', bash, 'evalstring', 'text=+0(%di):string', '--json', '-v']);
    await session.waitFor('tracing:');
    const lengths = [10, 1000, 4000, 4060, 4070, 4095];
    const script = `for n; do printf -v text "%*s" $((n - 2)); eval ": \${text// /x}"; done`;
    const run = await lab.runAny(bash, ['-c', script, 'bash', ...lengths.map(String)]);
    assert.equal(run.status, 0, run.stderr);
    session.kill('SIGINT');
    const { stdout, stderr, status } = await session.done;
    assert.equal(status, 0, stderr);
    const output = readJsonOutput(stdout);
    const texts = fieldValues(output, 'text');
    assert.deepEqual(
      texts,
      [8, 998, 3998].map((length) => `: ${'x'.repeat(length)}`),
    );
    assert.equal(output.summary.lost, 3, JSON.stringify(output.summary));
    assert.match(stderr, /3 hits were counted by the kernel and not recorded/);
  },
);
