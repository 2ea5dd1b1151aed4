/** What a screen shows of an interactive session beside its events: state, rates, losses, notices, recording. */

import type { FtuiError } from '../base/errors.ts';
import { addLossCauses, type LossCauses } from '../capture/buffer-stats.ts';
import type { CommandEnd } from '../control/traced-command.ts';
import type { BufferWatch } from './buffer-watch.ts';
import type { EndReason } from './live-session.ts';
import type { RecordingProgress } from './page-recording.ts';
import type { LastRecording } from './session-recorder.ts';
import { type HalfName, halfNames } from './wanted-traces.ts';

export type SessionState =
  /** Not begun, or ended; `reason` tells why it ended. */
  | { readonly kind: 'idle'; readonly reason: EndReason | undefined }
  /** `share` of the work that is done, 0 to 1. */
  | { readonly kind: 'arming'; readonly text: string; readonly share: number }
  | { readonly kind: 'running' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'failed'; readonly error: FtuiError }
  /** The traced command has ended; tracing is off. */
  | { readonly kind: 'exited'; readonly end: CommandEnd };

interface BufferFill {
  readonly half: HalfName;
  readonly cpu: number;
  /** Share of the buffer that holds unread events, 0 to 1. */
  readonly fill: number;
}

export interface SessionNotice {
  readonly time: Date;
  readonly text: string;
}

export interface SessionStatus {
  readonly state: SessionState;
  /** How long it has been running since it was started last. */
  readonly runningMs: number;
  /** Events that have come, those that were only counted included. */
  readonly events: number;
  /** Of these in the last second. */
  readonly rate: number;
  /** Events that were counted and not given to listeners. */
  readonly skipped: number;
  /** Listeners get about one event of so many; 1: all of them. */
  readonly oneOf: number;
  readonly lost: { readonly total: number; readonly byCpu: ReadonlyMap<number, number>; readonly causes: LossCauses };
  readonly buffers: readonly BufferFill[];
  /** The fullest of these. */
  readonly fill: number;
  readonly notices: readonly SessionNotice[];
  /** Armed, and nothing has come for a while: why that may be, in sentences. */
  readonly quiet: { readonly ms: number; readonly sentences: readonly string[] } | undefined;
  /** How long the last change of what is traced kept one half from recording. */
  readonly interruptedMs: number | undefined;
  readonly recording: RecordingProgress | undefined;
  /** The last recording that was finished. */
  readonly lastRecording: LastRecording | undefined;
}

/** Events in the last second, out of totals that are looked at a few times a second. */
export class RateWindow {
  #samples: { readonly time: number; readonly total: number; readonly skipped: number }[] = [];

  /** `time` in milliseconds. */
  add(time: number, total: number, skipped: number): void {
    this.#samples.push({ time, total, skipped });
    while (this.#samples.length > 2 && time - this.#samples[1]!.time >= windowMs) this.#samples.shift();
  }

  clear(): void {
    this.#samples = [];
  }

  get rate(): number {
    const { events, ms } = this.#span();
    return ms <= 0 ? 0 : Math.round((events * 1000) / ms);
  }

  get oneOf(): number {
    const { events, skipped } = this.#span();
    return skipped === 0 ? 1 : Math.max(2, Math.round(events / Math.max(events - skipped, 1)));
  }

  #span(): { readonly events: number; readonly skipped: number; readonly ms: number } {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined) return { events: 0, skipped: 0, ms: 0 };
    return { events: last.total - first.total, skipped: last.skipped - first.skipped, ms: last.time - first.time };
  }
}

const windowMs = 1_000;

type Counted = 'events' | 'rate' | 'skipped' | 'oneOf' | 'lost' | 'buffers' | 'fill';

/** Adds what the feed and the buffers of both halves have counted. */
export function composeStatus(
  feed: { readonly events: number; readonly skipped: number; readonly window: RateWindow },
  halves: Readonly<Record<HalfName, { readonly buffers: BufferWatch }>>,
  rest: Omit<SessionStatus, Counted>,
): SessionStatus {
  const watches = halfNames.map((half) => ({ half, watch: halves[half].buffers }));
  const buffers = watches.flatMap(({ half, watch }) => watch.fills.map((fill) => ({ half, ...fill })));
  const { events, skipped, window } = feed;
  return {
    ...rest,
    events,
    rate: rest.state.kind === 'running' ? window.rate : 0,
    skipped,
    oneOf: window.oneOf,
    lost: sumLosses(watches.map(({ watch }) => watch)),
    buffers,
    fill: buffers.reduce((most, { fill }) => Math.max(most, fill), 0),
  };
}

function sumLosses(watches: readonly BufferWatch[]): SessionStatus['lost'] {
  const byCpu = new Map<number, number>();
  for (const watch of watches) {
    for (const [cpu, count] of watch.lostByCpu()) byCpu.set(cpu, (byCpu.get(cpu) ?? 0) + count);
  }
  return {
    total: [...byCpu.values()].reduce((sum, count) => sum + count, 0),
    byCpu,
    causes: watches.map((watch) => watch.causes()).reduce(addLossCauses),
  };
}
