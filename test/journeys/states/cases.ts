/**
 * Every state that a session can be in, and how to get there: what the state program is started with, and what is pressed
 * and waited for until the screen shows it.
 */
import type { InteractiveSession, TracingState } from '../../../src/index.ts';
import type { GoldenOptions } from '../looks.ts';
import type { TerminalProgram } from '../terminal.ts';
import type { ConditionName } from './conditions.ts';

export interface StateCase {
  readonly condition: ConditionName;
  /** Of the command line; Home without. */
  readonly words?: readonly string[];
  /** Resolves when the state is on the screen. */
  readonly reach: (shown: TerminalProgram) => Promise<void>;
  /** What the screen must say: what it is, why, and what to do. */
  readonly says: readonly string[];
  /** The numbers are other ones each time: only the header and the last lines are compared, without them. */
  readonly varies?: boolean;
}

const keys = { enter: '\r', escape: '\u001b' } as const;
/** A key that means nothing: what is drawn behind it is complete. */
export const noKey = '\u001b[20~';
const traced = ['graph', 'do_sys_openat2'];
const type = (text: string) => [...text, keys.enter];

/** All of the recording is on the screen. */
async function untilPlayed(shown: TerminalProgram): Promise<void> {
  await shown.shows('7.1 ms  411.6 us      3');
  // While it comes, rows that are about as large as each other keep their places.
  await shown.press('I', 'I');
}

/** From now on the program's clock stands still: messages stay, numbers too. */
export async function freeze(shown: TerminalProgram): Promise<void> {
  process.kill(shown.pty.pid, 'SIGIO');
  await shown.press(noKey);
}

/** What the condition has in store happens. */
function signal(shown: TerminalProgram): void {
  process.kill(shown.pty.pid, 'SIGUSR2');
}

/** Presses keys on Home, once it is there. */
async function onHome(shown: TerminalProgram, ...pressed: readonly string[]): Promise<void> {
  await shown.shows('Begin with');
  await shown.press(...pressed);
}

async function beginRecording(shown: TerminalProgram): Promise<void> {
  await untilPlayed(shown);
  await shown.press('w');
  await shown.shows('record trace.dat');
  await shown.press(keys.enter);
  await shown.shows('rec 0 B');
  await shown.shows('recording to trace.dat; w ends it');
}

/** The first entry of Home, to the end of its command, with what is said about the kernel. */
async function untilExited(shown: TerminalProgram, badge: string): Promise<void> {
  await onHome(shown, keys.enter);
  await shown.shows(badge);
  await untilPlayed(shown);
  await shown.shows('since Linux 5.6');
}

export const cases = {
  'not-root': {
    condition: 'not-root',
    reach: onHome,
    says: ['nothing can be traced here', '/sys/kernel/tracing may not be read', 'run ftui as root', 'replay'],
  },
  'no-tracefs': {
    condition: 'no-tracefs',
    reach: onHome,
    says: ['none is mounted', 'as root: mount -t tracefs nodev /sys/kernel/tracing'],
  },
  lockdown: {
    condition: 'lockdown',
    reach: onHome,
    says: ['the kernel is locked down', 'boot without lockdown=confidentiality'],
  },
  'no-function-graph': {
    condition: 'no-function-graph',
    reach: async (shown) => {
      await onHome(shown, ...type(':graph vfs_open'));
      await shown.shows('CONFIG_FUNCTION_GRAPH_TRACER');
    },
    says: [
      'graph does not work',
      'this kernel cannot: v says what it lacks',
      '`ftui kprobe FUNC` shows',
      '`ftui demo` shows',
    ],
  },
  'function-unknown': {
    condition: 'playing',
    reach: async (shown) => {
      await onHome(shown, ...type(':graph vfs_opne'));
      await shown.shows('no such function');
    },
    says: ['tracing vfs_opne: no such function', '(nearest: vfs_open'],
  },
  'function-not-traceable': {
    condition: 'untraceable',
    reach: async (shown) => {
      await onHome(shown, '2');
      await shown.shows('functions 838');
      await shown.press(...type('noinstr'));
      await shown.shows('sched_clock_noinstr: not traceable');
    },
    says: ['[-] sched_clock_noinstr'],
  },
  busy: {
    condition: 'busy',
    reach: async (shown) => {
      await onHome(shown, ...type(':graph vfs_open'));
      await shown.shows('FAILED');
      await shown.shows('--force goes on and restores');
    },
    says: ['someone else is tracing: current_tracer is function', '`ftui status` shows it all'],
  },
  failed: {
    condition: 'refusing',
    reach: async (shown) => {
      await onHome(shown, ...type(':graph do_sys_openat2'));
      await shown.shows('FAILED');
      await shown.press('4');
      await shown.shows('see available_tracers');
    },
    says: ['the tracer cannot be used here'],
  },
  arming: {
    condition: 'never-armed',
    reach: async (shown) => {
      await onHome(shown, '4', ...type(':graph do_sys_openat2'));
      await shown.shows('ARMING 0%');
    },
    says: ['arming graph do_sys_openat2', 'Esc cancels'],
  },
  'arming-cancelled': {
    condition: 'slow',
    reach: async (shown) => {
      await onHome(shown, '4', ...type(':graph do_sys_openat2'));
      // Settings are being written already.
      await shown.until(() => /ARMING [1-9]/.test(shown.lines()[0]!));
      await shown.press(keys.escape);
      await shown.shows('STOPPED');
      await shown.shows('tracing is off; what was seen stays here');
    },
    says: ['s starts it again'],
  },
  silent: {
    condition: 'silent',
    words: traced,
    reach: (shown) => shown.shows('nobody has called'),
    says: ['armed, 0 hits in', 'LIVE'],
  },
  'filtered-out': {
    condition: 'playing',
    words: traced,
    reach: async (shown) => {
      await untilPlayed(shown);
      await shown.press('5', '&', ...type('task:nobody'));
      await shown.shows('filtered out');
    },
    says: ['filtered out, 2,418 hidden', 'F turns them off'],
  },
  lost: {
    condition: 'losing',
    words: traced,
    reach: async (shown) => {
      await untilPlayed(shown);
      signal(shown);
      await shown.shows('events lost');
    },
    says: ['lost 1.2k', '1,204 events lost: overwritten unread', 'a larger buffer or a filter', ':buffer 16M'],
  },
  behind: {
    condition: 'storm',
    words: traced,
    reach: async (shown) => {
      await shown.shows('showing 1 of');
      await shown.shows('more come than can be shown');
    },
    says: ['all are counted', 'w records all'],
    varies: true,
  },
  overload: {
    condition: 'overloading',
    words: traced,
    reach: async (shown) => {
      await untilPlayed(shown);
      signal(shown);
      await shown.shows('STOPPED: OVERLOAD');
      await shown.shows('--max-rate');
    },
    says: ['tracing stopped:', 'narrow the filter, or raise'],
  },
  paused: {
    condition: 'twice',
    words: traced,
    reach: async (shown) => {
      await untilPlayed(shown);
      await shown.press('p');
      signal(shown);
      await shown.shows('PAUSED +2,418 new');
    },
    says: ['LIVE'],
  },
  stopped: {
    condition: 'playing',
    words: traced,
    reach: async (shown) => {
      await untilPlayed(shown);
      await shown.press('s');
      await shown.shows('STOPPED');
      await shown.shows('tracing is off');
    },
    says: ['2.4k events'],
  },
  exited: {
    condition: 'playing',
    reach: (shown) => untilExited(shown, 'EXITED 0'),
    says: ['2.4k events'],
  },
  'exited-killed': {
    condition: 'killed',
    reach: (shown) => untilExited(shown, 'EXITED SIGKILL'),
    says: ['2.4k events'],
  },
  recording: {
    condition: 'playing',
    words: traced,
    reach: async (shown) => {
      await beginRecording(shown);
      await shown.press('6');
    },
    says: ['REC trace.dat', 'w ends it', 'recording to trace.dat'],
  },
  'quit-while-recording': {
    condition: 'playing',
    words: traced,
    reach: async (shown) => {
      await beginRecording(shown);
      await shown.press('q');
    },
    says: ['Still recording to trace.dat: finish the file and quit?'],
  },
} as const satisfies Readonly<Record<string, StateCase>>;

export type CaseName = keyof typeof cases;

/** Where each text of src/session/state-texts.ts is on a screen; a new one does not compile before it is here. */
export const casesOfTexts: Readonly<Record<TracingState['kind'], readonly (CaseName | 'too-small')[]>> = {
  error: ['not-root', 'no-tracefs', 'lockdown', 'no-function-graph', 'function-unknown', 'busy', 'failed'],
  arming: ['arming'],
  quiet: ['silent'],
  'filtered-out': ['filtered-out'],
  lost: ['lost'],
  behind: ['behind'],
  storm: ['behind'],
  overload: ['overload'],
  paused: ['paused'],
  stopped: ['stopped', 'arming-cancelled'],
  exited: ['exited', 'exited-killed'],
  'too-small': ['too-small'],
};

type SessionState = ReturnType<InteractiveSession['status']>['state']['kind'];

/** The same for what a session can be in. It is never seen stopping: nothing is drawn while settings are put back. */
export const casesOfSessions: Readonly<Record<Exclude<SessionState, 'stopping'>, readonly CaseName[]>> = {
  idle: ['stopped', 'arming-cancelled', 'overload'],
  arming: ['arming'],
  running: ['silent', 'lost', 'behind', 'paused', 'recording'],
  failed: ['busy', 'failed'],
  exited: ['exited', 'exited-killed'],
};

/** Clocks differ from run to run, and what happens in a second. */
function maskTimes(line: string): string {
  return line
    .replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS')
    .replace(/ +LIVE +\S+ ev\/s/, '  LIVE  N ev/s')
    .replace(/ in \d+ s$/, ' in N s')
    .replace(/\d+ events a second/, 'N events a second');
}

export function goldenOptions({ varies }: StateCase): GoldenOptions {
  if (varies !== true) return { mask: maskTimes };
  return {
    mask: (line) =>
      maskTimes(line)
        .replace(/\d[\d.,]*[kM]?/g, 'N')
        // Shown while a buffer holds much.
        .replace(/ +buffer N%/, '')
        .replace(/ {2,}/g, '  '),
    maskLook: () => '',
    lines: (row, rows) => row === 0 || row === rows - 1,
  };
}
