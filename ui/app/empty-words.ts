/** What a screen says while it has nothing to show: what is armed, why nothing may come, what would make it fire. */
import {
  noTraces,
  type RecordingSession,
  type SessionStatus,
  visibleText,
  type WantedTraces,
} from '../../src/index.ts';
import type { ScreenId } from '../keys/key-table.ts';

export function emptyWords(
  screen: ScreenId,
  status: SessionStatus | undefined,
  recording: RecordingSession | undefined,
  wanted: WantedTraces,
): readonly string[] {
  if (recording !== undefined)
    return screen === 'graph'
      ? ['no function graph is in this recording: 5 shows its events, 3 their rates']
      : ['no events'];
  if (status === undefined) return ['nothing is traced: 2 browses what can be, :graph FUNC traces at once'];
  const { state, quiet, runningMs } = status;
  switch (state.kind) {
    case 'arming':
      return [`arming: ${visibleText(state.text)}; Esc waits, s cancels`];
    case 'failed':
      return state.error.message.split('\n').map(visibleText);
    case 'running': {
      const seconds = Math.floor(runningMs / 1000);
      const what =
        screen === 'graph' && wanted.graph.length === 0 ? noGraph(wanted) : [`armed, 0 events in ${seconds} s`];
      return [...what, ...(quiet?.sentences ?? []).map(visibleText)];
    }
    default:
      return ['stopped; s starts again'];
  }
}

function noGraph({ events, functions, probes }: WantedTraces): string[] {
  const others = events.length + functions.length + probes.length;
  const hint = 'no function graph is traced: :graph FUNC adds one';
  return others > noTraces.events.length ? [hint, '3 shows the events, 5 the log'] : [hint];
}
