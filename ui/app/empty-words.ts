/** What a screen says while it has nothing to show: what is armed, why nothing may come, what would make it fire. */
import {
  explainState,
  noTraces,
  type RecordingSession,
  type SessionStatus,
  visibleText,
  type WantedTraces,
} from '../../src/index.ts';
import type { ScreenId } from '../keys/key-table.ts';

export interface EmptySource {
  readonly status: SessionStatus | undefined;
  readonly recording: RecordingSession | undefined;
  readonly wanted: WantedTraces;
  /** What the filters of the screen keep from being shown. */
  readonly hidden: number;
}

/** One paragraph each, safe for a terminal. */
export function emptyWords(screen: ScreenId, source: EmptySource): readonly string[] {
  return listWords(screen, source).map(visibleText);
}

function listWords(screen: ScreenId, { status, recording, wanted, hidden }: EmptySource): readonly string[] {
  if (hidden > 0) return [explainState({ kind: 'filtered-out', hidden }).line];
  if (recording !== undefined)
    return screen === 'graph'
      ? ['no function graph is in this recording: 5 shows its events, 3 their rates']
      : ['no events'];
  if (status === undefined) return ['nothing is traced: 2 browses what can be, :graph FUNC traces at once'];
  const { state, quiet, runningMs } = status;
  switch (state.kind) {
    case 'arming':
      return [explainState({ kind: 'arming', what: state.text }).line];
    case 'failed':
      return explainState({ kind: 'error', error: state.error }).line.split('\n');
    case 'running': {
      const causes = quiet?.sentences ?? [];
      const armed = explainState({ kind: 'quiet', ms: runningMs, causes }).what;
      return [...(screen === 'graph' && wanted.graph.length === 0 ? noGraph(wanted) : [armed]), ...causes];
    }
    case 'exited':
      return [explainState(state).line];
    default:
      return [explainState({ kind: 'stopped' }).line];
  }
}

function noGraph({ events, functions, probes }: WantedTraces): string[] {
  const others = events.length + functions.length + probes.length;
  const hint = 'no function graph is traced: :graph FUNC adds one';
  return others > noTraces.events.length ? [hint, '3 shows the events, 5 the log'] : [hint];
}
