/**
 * Process and thread numbers of the tracks in a trace viewer, and the events that name them. Threads of the recording keep
 * their own numbers; CPUs, thread states and idle tasks are threads of made-up processes, above any number of Linux.
 */
import { visibleText } from '../../base/text.ts';
import { quoteVisibly } from './json-text.ts';

export interface Track {
  readonly pid: number;
  readonly tid: number;
}

/** PID_MAX_LIMIT is 2^22. */
const madeUp = 1 << 23;
/** Trace instances that have tracks of their own; further ones share those of the last. */
const instanceLimit = 256;
/** Names remembered at a time; beyond it all are forgotten, and said again where they come up. */
const nameLimit = 100_000;

const groups = ['CPUs', 'Thread states', 'Idle tasks'] as const;
type Group = (typeof groups)[number];

export class ViewerTracks {
  readonly #write: (event: string) => void;
  readonly #instances = new Map<string, number>();
  /** What was said last of a process or thread. */
  readonly #named = new Map<string, string>();

  /** `write` gets each naming event (ph M) before the track is used. */
  constructor(write: (event: string) => void) {
    this.#write = write;
  }

  cpu(instance: string, cpu: number): Track {
    const track = { pid: this.#group('CPUs', instance), tid: cpu };
    this.#name('thread_name', track, `CPU ${cpu}`, cpu);
    return track;
  }

  /** Where the states of a task are shown. */
  states(instance: string, pid: number, comm: string): Track {
    const track = { pid: this.#group('Thread states', instance), tid: pid >>> 0 };
    this.#name('thread_name', track, comm);
    return track;
  }

  /** Where a task's calls and events are shown: its own thread. */
  task(task: {
    readonly instance: string;
    readonly pid: number;
    readonly tgid: number | undefined;
    readonly comm: string;
    readonly cpu: number;
  }): Track {
    const { instance, pid, tgid, comm, cpu } = task;
    if (pid === 0) {
      const track = { pid: this.#group('Idle tasks', instance), tid: cpu };
      this.#name('thread_name', track, `idle on CPU ${cpu}`, cpu);
      return track;
    }
    const process = (tgid ?? pid) >>> 0;
    const track = { pid: process, tid: (this.#instanceNumber(instance) * madeUp + (pid >>> 0)) >>> 0 };
    const inInstance = instance === '' ? comm : `${comm} [${instance}]`;
    // A process is called as its first thread, as soon as that is seen.
    if (process === pid || !this.#named.has(`process_name ${process} ${process}`)) {
      this.#name('process_name', { pid: process, tid: process }, comm);
    }
    this.#name('thread_name', track, inInstance);
    return track;
  }

  #group(group: Group, instance: string): number {
    const index = groups.indexOf(group);
    const pid = madeUp + this.#instanceNumber(instance) * groups.length + index;
    const name = instance === '' ? group : `${group} [${instance}]`;
    this.#name('process_name', { pid, tid: 0 }, name, index - groups.length);
    return pid;
  }

  #instanceNumber(instance: string): number {
    if (instance === '') return 0;
    const known = this.#instances.get(instance);
    if (known !== undefined) return known;
    const number = Math.min(this.#instances.size + 1, instanceLimit);
    if (number < instanceLimit) this.#instances.set(instance, number);
    return number;
  }

  #name(kind: 'process_name' | 'thread_name', { pid, tid }: Track, name: string, order?: number): void {
    const key = `${kind} ${pid} ${tid}`;
    if (this.#named.get(key) === name) return;
    if (this.#named.size >= nameLimit) this.#named.clear();
    const isNew = !this.#named.has(key);
    this.#named.set(key, name);
    const head = `{"ph":"M","pid":${pid},"tid":${tid}`;
    this.#write(`${head},"name":"${kind}","args":{"name":${quoteVisibly(visibleText(name))}}}`);
    if (order === undefined || !isNew) return;
    const sort = kind.replace('name', 'sort_index');
    this.#write(`${head},"name":"${sort}","args":{"sort_index":${order}}}`);
  }
}
