/** Sessions that are killed at random moments, one after another, and the command that puts back what they left. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProgram } from './programs.ts';
import type { SeededRandom } from './random.ts';
import type { Lab } from './scenario.ts';

const journals = '/run/ftui';

const sessions: readonly (readonly string[])[] = [
  ['graph', 'vfs_open', '--notrace', 'security_*', '--depth', '3'],
  ['kprobe', 'do_sys_openat2', 'file=+0(%si):ustring', '--filter', 'common_pid > 1'],
  ['uprobe', '/bin/bash', 'readline%return'],
  ['kprobe', '-e', 'vfs_open', '-e', 'vfs_read%return ret=$retval:s64', '--stack'],
];
const command = ['--', 'sh', '-c', 'cat /etc/hostname > /dev/null; sleep 0.3'];

/** What others have set up: their own instance, probe and settings must survive whatever happens to us. */
export function setUpForeignState(lab: Lab): void {
  lab.setUp(
    `mkdir instances/foreign; echo 'p:foreign/opened do_sys_openat2' >> kprobe_events
     echo 256 > saved_cmdlines_size; echo 1 > options/sym-offset; echo 1 > tracing_cpumask; cd instances/foreign
     echo mono > trace_clock; echo 1 > options/sym-addr; echo 512 > buffer_size_kb; echo 1 > set_event_pid
     echo 'common_pid > 1' > events/foreign/opened/filter; echo 1 > events/foreign/opened/enable
     echo 'prev_pid == 1' > events/sched/sched_switch/filter`,
    `echo 0 > instances/foreign/events/foreign/opened/enable; rmdir instances/foreign; echo '-:foreign/opened' >> kprobe_events
     echo 128 > saved_cmdlines_size; echo 0 > options/sym-offset; echo 3 > tracing_cpumask`,
  );
}

/** How long (ms) one session takes to its first change of tracefs, and from there to its end. */
interface Life {
  readonly toJournal: number;
  readonly toEnd: number;
}

/** Whether the session has written its journal: from here on there is something to restore. */
function hasJournal({ pid }: RunningProgram): boolean {
  return listJournals().some((name) => readJournal(name).includes(`"pid":${pid},`));
}

function listJournals(): string[] {
  return existsSync(journals) ? readdirSync(journals) : [];
}

function readJournal(name: string): string {
  try {
    return name.endsWith('.json') ? readFileSync(join(journals, name), 'utf8') : '';
  } catch {
    return ''; // its session has just ended
  }
}

async function waitForJournal(session: RunningProgram): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  session.done.then(over, over);
  while (!isOver && !hasJournal(session)) await sleep(10);
}

/** The lives of the sessions when nobody kills them. */
export async function measureSessions(lab: Lab): Promise<Life[]> {
  const lives: Life[] = [];
  for (const args of sessions) {
    const started = performance.now();
    const session = lab.start([...args, ...command]);
    await waitForJournal(session);
    const toJournal = performance.now() - started;
    const { stderr, status } = await session.done;
    assert.equal(status, 0, stderr);
    lives.push({ toJournal, toEnd: performance.now() - started - toJournal });
  }
  return lives;
}

/** A quarter of the moments lie before the first change, the others in the set-up, the run and the restore. */
async function waitForRandomMoment(session: RunningProgram, random: SeededRandom, life: Life): Promise<void> {
  if (random.below(4) < 1) await Promise.race([sleep(random.below(life.toJournal)), session.done]);
  else {
    const moment = random.below(life.toEnd);
    await waitForJournal(session);
    await Promise.race([sleep(moment), session.done]);
  }
}

export interface KillRound {
  /** Sessions that were killed, not those that had ended before. */
  readonly killed: number;
  /** Sessions of these that had changed tracefs and not put it back yet. */
  readonly leftBehind: number;
}

/**
 * Starts one session after another, kills each at a random moment of its life (so it may also be killed while it puts back
 * what the one before it left), and at last runs a command that restores.
 */
export async function killSessions(
  lab: Lab,
  random: SeededRandom,
  lives: readonly Life[],
  byReset: boolean,
): Promise<KillRound> {
  let killed = 0;
  let leftBehind = 0;
  for (const [index, args] of sessions.entries()) {
    const session = lab.start([...args, ...command]);
    await waitForRandomMoment(session, random, lives[index]!);
    session.kill('SIGKILL');
    const { status } = await session.done;
    if (status === 137) killed += 1;
    if (hasJournal(session)) leftBehind += 1;
  }
  const restoring = byReset ? ['reset'] : ['event', 'sched:sched_process_exec', '-d', '50ms'];
  const { stdout, stderr, status } = await lab.run(restoring);
  assert.equal(status, 0, stderr);
  assert.doesNotMatch(stdout + stderr, /could not|left as it is/);
  return { killed, leftBehind };
}

/** Names in the journal folder that are not of the session `pid`. */
export function listOtherJournals(pid: number): string[] {
  return listJournals().filter((name) => name !== `${pid}.json`);
}
