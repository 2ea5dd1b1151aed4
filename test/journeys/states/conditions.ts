/**
 * The named conditions that state-program.ts puts a simulated kernel into: what the kernel is like, what is traced from
 * the start on, and what happens to it when the test says so.
 */
import type { SimulatedKernel } from '../../../src/simulated/simulated-kernel.ts';
import type { Playback, PlaybackPage, SimulatedKernelOptions } from '../../../src/simulated/simulation-options.ts';

export interface Condition {
  /** What the bundled recording is made into; nothing is played where this is left out. */
  readonly play?: (recorded: Playback) => Playback;
  readonly kernel?: Omit<SimulatedKernelOptions, 'playback' | 'overlay'>;
  readonly isRoot?: boolean;
  /** Why tracefs cannot be mounted. */
  readonly mountFailure?: string;
  readonly maxRate?: number;
  /** How the traced command ends when all is played. */
  readonly commandEnds?: { readonly code: number | null; readonly signal: NodeJS.Signals | null };
  /** Whether recording can begin; default: yes. */
  readonly hasRecorder?: boolean;
  /** Changes the kernel before anybody looks at it. */
  readonly prepare?: (kernel: SimulatedKernel) => void;
  /** What SIGUSR2 does to it. */
  readonly onSignal?: (kernel: SimulatedKernel) => void;
}

const tracing = '/sys/kernel/tracing';

/** Its first pages, few enough for a busy machine to show every event; the second call returns on the last one. */
function once({ cpus }: Playback): Playback {
  return { cpus: cpus.map((pages) => pages.slice(0, 25)) };
}

/** The recording again and again, `times` in all, one every `everyMs`, its time stamps going on. */
function again(recorded: Playback, times: number, everyMs: number): Playback {
  const stamps = recorded.cpus.flat().map(({ bytes }) => startOf(bytes).getBigUint64(0, true));
  const [first, last] = [stamps, stamps].map((list, at) => list.reduce((a, b) => ((at === 0) === a < b ? a : b)));
  const lengthNs = last! - first! + 1_000_000n;
  const repeat = (pages: readonly PlaybackPage[]) =>
    Array.from({ length: times }, (_, round) => pages.map((page) => later(page, round, everyMs, lengthNs))).flat();
  return { cpus: recorded.cpus.map(repeat) };
}

/** The page, `round` recordings later; made when it is read. */
function later({ atMs, bytes }: PlaybackPage, round: number, everyMs: number, lengthNs: bigint): PlaybackPage {
  return {
    atMs: (round + atMs / 1000) * everyMs,
    get bytes() {
      const copy = bytes.slice();
      const head = startOf(copy);
      head.setBigUint64(0, head.getBigUint64(0, true) + BigInt(round) * lengthNs, true);
      return copy;
    },
  };
}

let isLetGo = false;

/** Of each CPU, what comes behind the pages of `first` does not come before the signal. */
function heldBack({ cpus }: Playback, first: Playback): Playback {
  const hold = ({ atMs, bytes }: PlaybackPage): PlaybackPage => ({
    get atMs() {
      return isLetGo ? atMs : Number.POSITIVE_INFINITY;
    },
    bytes,
  });
  return {
    cpus: cpus.map((pages, cpu) => pages.map((page, at) => (at < first.cpus[cpu]!.length ? page : hold(page)))),
  };
}

function startOf(page: Uint8Array): DataView {
  return new DataView(page.buffer, page.byteOffset, 8);
}

export const conditions = {
  'not-root': { kernel: { uid: 65534 }, isRoot: false },
  'no-tracefs': { kernel: { mount: 'none' }, mountFailure: 'mount: permission denied' },
  'no-function-graph': { kernel: { withoutTracers: ['function_graph'] }, play: once },
  lockdown: { kernel: { files: { '/sys/kernel/security/lockdown': 'none integrity [confidentiality]\n' } } },
  busy: { prepare: (kernel) => kernel.write(`${tracing}/current_tracer`, ['function'], 'overwrite') },
  /** One function cannot be traced: it is in kallsyms, but not in available_filter_functions. */
  untraceable: {
    prepare: (kernel) =>
      kernel.setFile('/proc/kallsyms', `${kernel.readText('/proc/kallsyms')}ffffffff8cfffff0 t sched_clock_noinstr\n`),
  },
  silent: {},
  playing: { play: once },
  refusing: {
    play: once,
    prepare: (kernel) => kernel.failWrite((path) => path === `${tracing}/current_tracer`, 'EINVAL'),
  },
  losing: { play: once, onSignal: (kernel) => kernel.setStats(0, { overrun: 1204 }) },
  /** Whoever could record is not ready: till then nothing is written. */
  'never-armed': { hasRecorder: false },
  /** A kernel that takes its time for each setting, as it does where many functions are patched. */
  slow: { prepare: (kernel) => kernel.delayWrite((path) => path.startsWith(tracing), 300) },
  overloading: { play: once, onSignal: (kernel) => kernel.setStats(0, { read: 10_000_000 }) },
  /** The same once more when the test says so. */
  twice: {
    play: (recorded) => heldBack(again(once(recorded), 2, 1_000), once(recorded)),
    onSignal: () => {
      isLetGo = true;
    },
  },
  storm: { play: (recorded) => again(recorded, 2_000, 60) },
  killed: { play: once, commandEnds: { code: null, signal: 'SIGKILL' } },
} as const satisfies Record<string, Condition>;

export type ConditionName = keyof typeof conditions;
