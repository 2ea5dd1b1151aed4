/**
 * What is said of each state of a session: what it is, why, and what to do about it. The screens and the command line
 * say the same: `line` is what stands behind `ftui: ` on standard error.
 */

import { type ExitStatus, exitStatus, type FtuiError } from '../base/errors.ts';
import type { LossCauses } from '../capture/buffer-stats.ts';
import type { CommandEnd } from '../control/traced-command.ts';

export type TracingState =
  | { readonly kind: 'error'; readonly error: FtuiError }
  | { readonly kind: 'arming'; readonly what: string }
  /** Armed, and nothing has come: `causes` may be empty as long as nobody has looked for them. */
  | { readonly kind: 'quiet'; readonly ms: number; readonly causes: readonly string[] }
  /** All events that came are hidden by filters of the screen. */
  | { readonly kind: 'filtered-out'; readonly hidden: number }
  | { readonly kind: 'lost'; readonly count: number; readonly cause: keyof LossCauses }
  | { readonly kind: 'behind'; readonly oneOf: number }
  | { readonly kind: 'storm'; readonly rate: number }
  | { readonly kind: 'overload'; readonly why: string }
  | { readonly kind: 'paused'; readonly news: number }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'exited'; readonly end: CommandEnd }
  | { readonly kind: 'too-small'; readonly columns: number; readonly rows: number };

export interface StateText {
  readonly what: string;
  readonly why: string;
  readonly remedy: string | undefined;
  /** One command that does it, where there is one: of a shell, or of the palette when it begins with a colon. */
  readonly command: string | undefined;
  /** The exit status with which a command ends that meets this; undefined where it goes on. */
  readonly exit: ExitStatus | undefined;
  readonly line: string;
}

/** Needed for the smallest screen. */
export const smallestScreen = { columns: 60, rows: 12 } as const;

export function explainState(state: TracingState): StateText {
  switch (state.kind) {
    case 'error':
      return explainError(state.error);
    case 'arming':
      return text({ what: `arming ${state.what}`, why: 'the kernel prepares it', remedy: 'Esc cancels' });
    case 'quiet':
      return explainQuiet(state.ms, state.causes);
    case 'filtered-out':
      return text({
        what: `filtered out, ${count(state.hidden)} hidden`,
        why: 'none passes the filters',
        remedy: 'F turns them off, Backspace takes the last one back',
      });
    case 'lost':
      return explainLoss(state.count, state.cause);
    case 'behind':
      return text({
        what: `showing 1 of ${count(state.oneOf)}`,
        why: 'more come than can be shown, all are counted',
        remedy: 'w records all',
      });
    case 'storm':
      return text({
        what: `${count(state.rate)} events a second`,
        why: 'the screen is drawn less often',
        remedy: 'a filter helps',
      });
    case 'overload':
      return explainOverload(state.why);
    case 'paused':
      return text({ what: `PAUSED +${count(state.news)} new`, why: 'tracing goes on', remedy: 'p goes on showing' });
    case 'stopped':
      return text({ what: 'STOPPED', why: 'tracing is off, what came is kept', remedy: 's starts it again' });
    case 'exited':
      return text({ what: `EXITED ${describeEnd(state.end)}`, why: 'the traced command has ended, its data is kept' });
    case 'too-small':
      return explainTooSmall(state);
  }
}

/** Behind a caret line the remedy begins a line of its own. */
export function explainError({ attempted, why, remedy, exitStatus: exit }: FtuiError): StateText {
  const gap = why.includes('\n') ? '\n' : ' ';
  const line = `${attempted}: ${why}${remedy === undefined ? '' : `${gap}(${remedy})`}`;
  return { what: attempted, why, remedy, command: commandIn(remedy), exit, line };
}

/** As short as the screen is small. */
function explainTooSmall({ columns, rows }: { readonly columns: number; readonly rows: number }): StateText {
  const what = `ftui needs ${smallestScreen.columns}x${smallestScreen.rows}`;
  const why = `this is ${columns}x${rows}`;
  const remedy = 'q quits';
  return { what, why, remedy, command: undefined, exit: undefined, line: `${what}, ${why}; ${remedy}` };
}

function explainQuiet(ms: number, causes: readonly string[]): StateText {
  const what = `armed, 0 hits in ${Math.floor(ms / 1000)} s`;
  const why = causes.join('; ');
  return { what, why, remedy: undefined, command: undefined, exit: undefined, line: formatSilence(causes) };
}

/** What is said of a session that nothing has come to. */
export function formatSilence(causes: readonly string[]): string {
  return `armed, 0 hits: ${causes.join('; ')}`;
}

const lossTexts: Readonly<Record<keyof LossCauses, { readonly why: string; readonly remedy: string }>> = {
  overrun: {
    why: 'overwritten unread',
    remedy: 'a larger buffer or a filter',
  },
  nested: { why: 'they interrupted a write to a full buffer', remedy: 'a larger buffer' },
  full: { why: 'the buffer was full', remedy: 'a larger buffer, or fewer events' },
};

function explainLoss(lost: number, cause: keyof LossCauses): StateText {
  const { why, remedy } = lossTexts[cause];
  return { ...text({ what: `${count(lost)} events lost`, why, remedy }), command: ':buffer 16M' };
}

/** As a live session ends with it. */
export function explainOverload(why: string): StateText {
  const remedy = 'narrow the filter, or raise --max-rate';
  return { ...text({ what: 'tracing stopped', why, remedy }), exit: exitStatus.failed };
}

function describeEnd({ code, signal }: CommandEnd): string {
  return signal ?? String(code ?? '?');
}

interface Parts {
  readonly what: string;
  readonly why: string;
  readonly remedy?: string;
}

function text({ what, why, remedy }: Parts): StateText {
  const line = `${what}: ${why}${remedy === undefined ? '' : ` (${remedy})`}`;
  return { what, why, remedy, command: commandIn(remedy), exit: undefined, line };
}

/** The first command that a remedy quotes, or that stands behind `as root: ` or `Try: `. */
function commandIn(remedy: string | undefined): string | undefined {
  return /`([^`]+)`/.exec(remedy ?? '')?.[1] ?? /(?:as root|[Tt]ry): (.+)$/.exec(remedy ?? '')?.[1];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
