/**
 * sched_switch and the wakeups (include/trace/events/sched.h), out of fields where the recording has them, else out of the
 * text: the kernel's (`prev_comm=a prev_pid=1 ... ==> next_comm=b ...`) or that of trace-cmd (`a:1 [120] S ==> b:2 [120]`).
 */
import type { FieldValue } from '../../format/field-value.ts';
import type { RecordedEvent } from '../event-source.ts';

export interface TaskSwitch {
  readonly prevPid: number;
  readonly prevComm: string;
  /** In words, for people. */
  readonly prevState: string;
  /** The task has ended. */
  readonly prevEnded: boolean;
  readonly nextPid: number;
  readonly nextComm: string;
  readonly nextPrio: number | undefined;
}

interface TaskWakeup {
  readonly pid: number;
  readonly comm: string;
}

const kernelSwitch =
  /^prev_comm=(.*) prev_pid=(\d+) prev_prio=-?\d+ prev_state=(\S+) ==> next_comm=(.*) next_pid=(\d+) next_prio=(-?\d+)/s;
const traceCmdSwitch = /^(.*):(\d+) \[-?\d+\] (\S+) ==> (.*):(\d+) \[(-?\d+)\]/s;
const kernelWakeup = /^comm=(.*) pid=(\d+) prio=/s;
const traceCmdWakeup = /^(.*):(\d+) \[-?\d+\]/s;

/** The letters the kernel prints, by bit of prev_state. */
const stateLetters = 'SDTtXZPI';
const stateNames: Readonly<Record<string, string>> = {
  R: 'Runnable',
  S: 'Sleeping',
  D: 'Uninterruptible sleep',
  T: 'Stopped',
  t: 'Traced',
  X: 'Dead',
  Z: 'Zombie',
  P: 'Parked',
  I: 'Idle',
};
export const runnable = stateNames.R!;
export const preempted = 'Runnable (preempted)';
export const running = 'Running';

/** The switch that an event tells; undefined for other events, and where it cannot be read. */
export function readTaskSwitch({ name, fields, text }: RecordedEvent): TaskSwitch | undefined {
  if (name !== 'sched_switch') return undefined;
  if (fields !== undefined) return switchOfFields(fields);
  const words = kernelSwitch.exec(text) ?? traceCmdSwitch.exec(text);
  if (words === null) return undefined;
  const [, prevComm, prevPid, state, nextComm, nextPid, nextPrio] = words as unknown as string[];
  return {
    prevPid: Number(prevPid),
    prevComm: prevComm!,
    ...stateOfLetters(state!),
    nextPid: Number(nextPid),
    nextComm: nextComm!,
    nextPrio: Number(nextPrio),
  };
}

/** The task that an event wakes; undefined for other events. */
export function readTaskWakeup({ name, fields, text }: RecordedEvent): TaskWakeup | undefined {
  if (name !== 'sched_waking' && name !== 'sched_wakeup' && name !== 'sched_wakeup_new') return undefined;
  if (fields !== undefined) {
    const { pid, comm } = fields;
    return typeof pid === 'number' ? { pid, comm: textOf(comm) } : undefined;
  }
  const words = kernelWakeup.exec(text) ?? traceCmdWakeup.exec(text);
  return words === null ? undefined : { comm: words[1]!, pid: Number(words[2]) };
}

function switchOfFields(fields: NonNullable<RecordedEvent['fields']>): TaskSwitch | undefined {
  const { prev_pid, prev_comm, prev_state, next_pid, next_comm, next_prio } = fields;
  if (typeof prev_pid !== 'number' || typeof next_pid !== 'number') return undefined;
  return {
    prevPid: prev_pid,
    prevComm: textOf(prev_comm),
    ...stateOfLetters(lettersOf(Number(prev_state ?? 0))),
    nextPid: next_pid,
    nextComm: textOf(next_comm),
    nextPrio: typeof next_prio === 'number' ? next_prio : undefined,
  };
}

/** Bits 0 to 7 are states; bit 8 says that the task was preempted (TASK_REPORT_MAX, since 4.14). */
function lettersOf(state: number): string {
  const letters = [...stateLetters].filter((_, bit) => (state & (1 << bit)) !== 0).join('|');
  return `${letters === '' ? 'R' : letters}${(state & 0x100) !== 0 ? '+' : ''}`;
}

function stateOfLetters(text: string): Pick<TaskSwitch, 'prevState' | 'prevEnded'> {
  const letters = text.replace('+', '');
  if (letters === 'R') return { prevState: text === 'R+' ? preempted : runnable, prevEnded: false };
  const prevState = letters
    .split('|')
    .map((letter) => stateNames[letter] ?? letter)
    .join(', ');
  return { prevState, prevEnded: /[XZ]/.test(letters) };
}

function textOf(value: FieldValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
