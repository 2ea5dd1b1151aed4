/** Each way in which a session ends: its exit status, and nothing left behind (the runner compares all settings). */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readJsonOutput } from '../ftui-output.ts';
import { type Lab, scenario } from '../scenario.ts';

const here = { kernels: ['6.12'], live: true } as const;
const session = ['event', 'sched:sched_switch', '-v'];
const summary = /ftui: \d+ events in [\d.]+ s; \d+ records, 0 lost\r?\n/;

/** No session of ours is left: no journal, no draft of one, no instance. */
function expectNothingLeft(lab: Lab): void {
  assert.deepEqual(existsSync('/run/ftui') ? readdirSync('/run/ftui') : [], []);
  assert.deepEqual(lab.shell('ls instances'), '');
}

scenario('ctrl-c-in-a-terminal', here, async (lab) => {
  const ftui = await lab.startInTerminal(lab.ftuiFile, [...session, '--plain']);
  await ftui.waitFor('tracing:');
  ftui.write('\x03');
  const { stdout, status } = await ftui.done;
  assert.equal(status, 0);
  assert.match(stdout, summary);
  expectNothingLeft(lab);
});

scenario('ctrl-c-on-the-screen', here, async (lab) => {
  const ftui = await lab.startInTerminal(lab.ftuiFile, session);
  await ftui.waitFor('LIVE');
  ftui.write('\x03');
  assert.equal((await ftui.done).status, 0);
  expectNothingLeft(lab);
});

scenario('ctrl-c-with-a-command', here, async (lab) => {
  const ftui = await lab.startInTerminal(lab.ftuiFile, [...session, '--', 'sh', '-c', 'echo started; exec sleep 60']);
  await ftui.waitFor('started');
  ftui.write('\x03');
  const { stdout, status } = await ftui.done;
  assert.equal(status, 130, stdout.slice(-500));
  assert.match(stdout, summary);
  expectNothingLeft(lab);
});

scenario('ctrl-c-that-the-command-ignores', here, async (lab) => {
  const command = ['sh', '-c', `trap '' INT; echo started; read line; exit 7`];
  const ftui = await lab.startInTerminal(lab.ftuiFile, [...session, '--', ...command]);
  await ftui.waitFor('started');
  ftui.write('\x03');
  // tracefs is put back at once, also when the command takes its time.
  for (let tries = 0; tries < 100 && lab.shell('ls instances') !== ''; tries += 1) await sleep(100);
  expectNothingLeft(lab);
  ftui.write('\r');
  assert.equal((await ftui.done).status, 7);
  expectNothingLeft(lab);
});

for (const [signal, expected] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 0],
] as const) {
  scenario(`${signal.toLowerCase()}-to-ftui-alone`, here, async (lab) => {
    const ftui = lab.start(session);
    await ftui.waitFor('tracing:');
    ftui.kill(signal);
    const { stderr, status } = await ftui.done;
    assert.equal(status, expected, stderr);
    assert.match(stderr, summary);
    expectNothingLeft(lab);
  });
}

scenario('sigterm-reaches-the-command', here, async (lab) => {
  const command = ['sh', '-c', `trap 'echo told; exit 9' TERM; echo started; while :; do sleep 0.1; done`];
  const ftui = lab.start([...session, '-q', '--', ...command]);
  await ftui.waitFor('started');
  ftui.kill('SIGTERM');
  const { stdout, status } = await ftui.done;
  assert.equal(status, 9);
  assert.match(stdout, /^told$/m);
  expectNothingLeft(lab);
});

scenario('closed-terminal', here, (lab) => closeTerminal(lab, [...session, '--plain'], 'tracing:'));
scenario('closed-terminal-of-the-screen', here, (lab) => closeTerminal(lab, session, 'LIVE'));

async function closeTerminal(lab: Lab, words: readonly string[], running: string): Promise<void> {
  const ftui = await lab.startInTerminal(lab.ftuiFile, words);
  await ftui.waitFor(running);
  ftui.hangUp();
  const isGone = () => !existsSync(`/proc/${ftui.pid}/exe`);
  for (let tries = 0; tries < 100 && !isGone(); tries += 1) await sleep(100);
  assert.ok(isGone(), 'ftui is still there');
  expectNothingLeft(lab);
}

scenario('output-piped-into-head', here, async (lab) => {
  const line = `"$0" event sched:sched_switch -- sh -c 'sleep 0.1; sleep 0.1; exit 3' | head -1; echo "\${PIPESTATUS[*]}"`;
  const { stdout, stderr } = await lab.runAny('bash', ['-c', line, lab.ftuiFile]);
  const [first, statuses] = stdout.trim().split('\n');
  assert.match(first!, /^ *\d+\.\d{6} .*sched_switch prev_comm=/);
  assert.equal(statuses, '3 0');
  assert.match(stderr, /^ftui: \d+ events in [^\n]*\n$/);
  const endless = `"$0" event sched:sched_switch -q | head -1; echo "\${PIPESTATUS[*]}"`;
  const second = await lab.runAny('bash', ['-c', endless, lab.ftuiFile]);
  assert.match(second.stdout, /\n0 0\n$/);
  assert.equal(second.stderr, '');
  expectNothingLeft(lab);
});

scenario('status-of-the-command', here, async (lab) => {
  const run = async (...command: string[]) => {
    const { stdout, stderr, status } = await lab.run(['event', 'sched:sched_process_exec', '--json', ...command]);
    return { ...readJsonOutput(stdout), stderr, status };
  };
  const absent = await run('--', '/nonexistent/command');
  assert.equal(absent.status, 127, absent.stderr);
  assert.match(absent.stderr, /\/nonexistent\/command: .*not found/);
  const killed = await run('--', 'sh', '-c', 'kill -KILL $$');
  assert.equal(killed.status, 137);
  assert.deepEqual(killed.summary.command, { code: null, signal: 'SIGKILL' });
  const other = await run('--user', 'nobody', '--', 'sh', '-c', 'id -un >&2; id -Gn >&2; exit 4');
  assert.equal(other.status, 4);
  assert.match(other.stderr, /^nobody\nnogroup$/m);
  const noUser = await lab.run(['event', 'sched:sched_switch', '--user', 'no-such-user', '--', 'true']);
  assert.equal(noUser.status, 2);
  assert.match(noUser.stderr, /^ftui: running the command as 'no-such-user': there is no such user\n$/);
  expectNothingLeft(lab);
});

scenario('duration-and-number-of-events', here, async (lab) => {
  const timed = await lab.run(['event', 'sched:sched_switch', '--json', '-d', '300ms']);
  assert.equal(timed.status, 0, timed.stderr);
  assert.equal(readJsonOutput(timed.stdout).summary.ended, 'duration');
  const counted = await lab.run(['event', 'sched:sched_switch', '--json', '-n', '3']);
  assert.equal(counted.status, 0, counted.stderr);
  const { events, summary: end } = readJsonOutput(counted.stdout);
  assert.equal(events.length, 3);
  assert.deepEqual([end.ended, end.shown], ['max-events', 3]);
  expectNothingLeft(lab);
});
