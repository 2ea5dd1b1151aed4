/**
 * Who ran where, and what each task was waiting for: slices on a track for each CPU and one for each task, out of
 * sched_switch and the wakeups, with an arrow from whoever woke a task to where it ran next.
 */
import type { RecordedEvent } from '../event-source.ts';
import { quoteVisibly } from './json-text.ts';
import { preempted, readTaskSwitch, readTaskWakeup, runnable, running, type TaskSwitch } from './scheduler-events.ts';
import { formatArrow, formatSliceBegin, formatSliceEnd } from './viewer-events.ts';
import type { Track, ViewerTracks } from './viewer-tracks.ts';

interface RunningTask {
  readonly instance: string;
  readonly cpu: number;
  readonly pid: number;
  readonly comm: string;
  readonly prio: number | undefined;
  readonly since: number;
  /** It was seen being switched in; else it ran when the recording began. */
  readonly seen: boolean;
  /** Number of the arrow that ends here. */
  readonly arrow: number | undefined;
}

interface TaskState {
  readonly instance: string;
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly since: number;
  /** Who woke it: where an arrow would begin. */
  readonly wakeup: { readonly track: Track; readonly time: number } | undefined;
}

/** Tasks whose state is held at a time; beyond it all are written out and forgotten. */
const taskLimit = 100_000;

const colours: Readonly<Record<string, string>> = {
  [running]: 'thread_state_running',
  [runnable]: 'thread_state_runnable',
  [preempted]: 'thread_state_runnable',
  Sleeping: 'thread_state_sleeping',
  'Uninterruptible sleep': 'thread_state_uninterruptible',
};

export class SchedulerTracks {
  readonly #tracks: ViewerTracks;
  readonly #write: (event: string) => void;
  readonly #running = new Map<string, RunningTask>();
  readonly #states = new Map<string, TaskState>();
  /** Where the last state of a task ended, for those that are in none: the next one begins no earlier. */
  readonly #stateEnds = new Map<string, number>();
  /** By CPU, from when on its events are known: the first of them, or the first behind a gap. */
  readonly #knownFrom = new Map<number, number>();
  #arrows = 0;

  constructor(tracks: ViewerTracks, write: (event: string) => void) {
    this.#tracks = tracks;
    this.#write = write;
  }

  /** Takes an event; true when it was a switch, which the tracks show wholly. */
  add(event: RecordedEvent): boolean {
    if (!this.#knownFrom.has(event.cpu)) this.#knownFrom.set(event.cpu, event.time);
    const change = readTaskSwitch(event);
    if (change !== undefined) {
      this.#switch(event, change);
      return true;
    }
    const wakeup = readTaskWakeup(event);
    if (wakeup !== undefined) this.#wake(event, wakeup.pid, wakeup.comm);
    return false;
  }

  /** Events of `cpu` are missing before `time`: who ran there is not known from here on. */
  lost(cpu: number, time: number): void {
    for (const [key, task] of this.#running) {
      if (task.cpu !== cpu) continue;
      this.#endRunning(key, task, time, 'events lost');
      const stateKey = `${task.pid} ${task.instance}`;
      const state = this.#states.get(stateKey);
      if (state?.state === running) this.#endState(stateKey, state, time);
    }
    this.#knownFrom.set(cpu, time);
  }

  /** Ends all that is open; `time` is that of the last event. */
  finish(time: number): void {
    for (const [key, task] of this.#running) this.#endRunning(key, task, time, 'end of the recording');
    for (const [key, state] of this.#states) this.#endState(key, state, time);
  }

  #switch({ time, cpu, instance }: RecordedEvent, change: TaskSwitch): void {
    const key = `${cpu} ${instance}`;
    const current = this.#running.get(key) ?? this.#unseen(cpu, instance, change);
    const isSame = current.pid === change.prevPid;
    this.#endRunning(key, current, time, isSame ? change.prevState : 'a switch is missing');
    const { prevPid, prevComm, prevState, nextPid, nextComm, nextPrio } = change;
    this.#enterState({ instance, pid: prevPid, comm: prevComm, state: prevState, since: time, wakeup: undefined });
    if (change.prevEnded) this.#states.delete(`${prevPid} ${instance}`);
    const arrow = this.#drawArrow(this.#states.get(`${nextPid} ${instance}`)?.wakeup);
    const task = { instance, cpu, pid: nextPid, comm: nextComm, prio: nextPrio, since: time, seen: true, arrow };
    this.#running.set(key, task);
    this.#enterState({ instance, pid: nextPid, comm: nextComm, state: running, since: time, wakeup: undefined });
  }

  /** Whom the first switch takes off a CPU ran there since its first event, or the first behind a gap. */
  #unseen(cpu: number, instance: string, { prevPid, prevComm }: TaskSwitch): RunningTask {
    const since = this.#knownFrom.get(cpu)!;
    const task = { instance, cpu, pid: prevPid, comm: prevComm, prio: undefined, since, seen: false, arrow: undefined };
    const key = `${prevPid} ${instance}`;
    if (!this.#states.has(key)) {
      this.#enterState({ instance, pid: prevPid, comm: prevComm, state: running, since, wakeup: undefined });
    }
    return task;
  }

  #wake({ time, cpu, instance }: RecordedEvent, pid: number, comm: string): void {
    const known = this.#states.get(`${pid} ${instance}`);
    if (known !== undefined && (known.state === running || known.state === runnable || known.state === preempted))
      return;
    const waker = this.#running.get(`${cpu} ${instance}`);
    const canPoint = waker !== undefined && waker.pid !== 0 && waker.since < time;
    const wakeup = canPoint ? { track: this.#tracks.cpu(instance, cpu), time } : undefined;
    this.#enterState({ instance, pid, comm, state: runnable, since: time, wakeup });
  }

  #enterState(next: TaskState): void {
    if (next.pid === 0) return;
    const key = `${next.pid} ${next.instance}`;
    const before = this.#states.get(key);
    if (before !== undefined) this.#endState(key, before, next.since);
    if (this.#states.size >= taskLimit)
      for (const [other, state] of this.#states) this.#endState(other, state, next.since);
    const since = Math.max(next.since, this.#stateEnds.get(key) ?? 0);
    this.#states.set(key, since === next.since ? next : { ...next, since });
  }

  #endState(key: string, { instance, pid, comm, state, since }: TaskState, time: number): void {
    this.#states.delete(key);
    if (time <= since) return;
    if (this.#stateEnds.size >= taskLimit) this.#stateEnds.clear();
    this.#stateEnds.set(key, time);
    const track = this.#tracks.states(instance, pid, comm);
    this.#write(formatSliceBegin({ track, name: state, category: 'state', start: since, colour: colours[state] }));
    this.#write(formatSliceEnd({ track, name: state, end: time }));
  }

  #endRunning(key: string, task: RunningTask, time: number, end: string): void {
    this.#running.delete(key);
    const { instance, cpu, pid, comm, prio, since, seen, arrow } = task;
    const track = this.#tracks.cpu(instance, cpu);
    if (pid === 0) return;
    const args = [
      `"pid":${pid}`,
      prio === undefined ? '' : `,"prio":${prio}`,
      seen ? '' : ',"begin":"not seen"',
      `,"end":${quoteVisibly(end)}`,
    ].join('');
    this.#write(formatSliceBegin({ track, name: comm, category: 'sched', start: since, args }));
    if (arrow !== undefined) this.#write(formatArrow('f', arrow, track, since));
    this.#write(formatSliceEnd({ track, name: comm, end: Math.max(time, since) }));
  }

  #drawArrow(wakeup: TaskState['wakeup']): number | undefined {
    if (wakeup === undefined) return undefined;
    this.#arrows += 1;
    this.#write(formatArrow('s', this.#arrows, wakeup.track, wakeup.time));
    return this.#arrows;
  }
}
