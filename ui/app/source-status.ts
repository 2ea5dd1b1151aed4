/** Words about the source as a whole: the header's badge and numbers, and why there is none. */
import {
  type EventRates,
  explainError,
  explainState,
  type FtuiError,
  type InteractiveSession,
  type SessionStatus,
  type StateText,
} from '../../src/index.ts';
import type { SourceStatus } from '../state/models.ts';
import { formatShare } from '../terminal/quantities.ts';
import type { Playback } from './playback.ts';

export function statusOf(
  session: InteractiveSession | undefined,
  playback: Playback | undefined,
  rates: EventRates,
): SourceStatus {
  const status = session?.status();
  if (session !== undefined && status !== undefined && !isUnused(status)) return liveStatus(session, status);
  if (playback !== undefined) return recordingStatus(playback, rates);
  return { ...nothing, kind: 'none', title: '', badge: '' };
}

/** It has not begun, for want of anything that can be traced: there is nothing that has stopped. */
export function isUnused({ state, runningMs }: SessionStatus): boolean {
  return state.kind === 'idle' && state.reason === undefined && runningMs === 0;
}

const nothing = {
  eventsPerSecond: 0,
  events: 0,
  lost: 0,
  showing: 1,
  fill: 0,
  runningMs: 0,
  notices: [],
  share: undefined,
} as const;

function liveStatus(session: InteractiveSession, status: SessionStatus): SourceStatus {
  const { events, rate, lost, oneOf, fill, runningMs, notices } = status;
  return {
    kind: 'live',
    title: session.describeWanted(),
    badge: badgeOf(status),
    ...{ events, fill, runningMs },
    eventsPerSecond: rate,
    lost: lost.total,
    showing: oneOf,
    notices: notices.map(({ text }) => text),
    share: undefined,
  };
}

function badgeOf({ state }: SessionStatus): string {
  switch (state.kind) {
    case 'running':
      return 'LIVE';
    case 'arming':
      return `ARMING ${formatShare(state.share)}`;
    case 'stopping':
      return 'STOPPING';
    case 'failed':
      return 'FAILED';
    case 'exited':
      return explainState(state).what;
    default:
      return state.reason === 'overload' ? 'STOPPED: OVERLOAD' : explainState({ kind: 'stopped' }).what;
  }
}

function recordingStatus({ recording, share }: Playback, rates: EventRates): SourceStatus {
  const name = recording.path.slice(recording.path.lastIndexOf('/') + 1);
  return {
    ...nothing,
    kind: 'recording',
    title: name,
    badge: share < 1 ? `LOADING ${formatShare(share)}` : `REPLAY ${name}`,
    events: Math.max(rates.total, recording.events),
    lost: rates.lostTotal,
    notices: recording.problems,
    share,
  };
}

/** Why nothing can be traced here, as `ftui doctor` says it, and what would help. */
export function problemText(error: FtuiError): StateText {
  const { what, why, ...rest } = explainError(error);
  return { ...rest, what: 'nothing can be traced here', why: `${what}: ${why}` };
}
