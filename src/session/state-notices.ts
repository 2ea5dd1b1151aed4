/** What a person must know of how a session goes on, said once: the first events lost for each reason, more than can be shown. */

import type { LossCauses } from '../capture/buffer-stats.ts';
import type { SessionStatus } from './session-status.ts';
import { explainState, type TracingState } from './state-texts.ts';

const lossCauses: readonly (keyof LossCauses)[] = ['overrun', 'nested', 'full'];

/** Events a second that are called a storm. */
const stormRate = 200_000;

export class StateNotices {
  readonly #told = new Set<string>();

  /** The texts of the states that the session is in now and has not been in before. */
  listNew(status: Pick<SessionStatus, 'lost' | 'oneOf' | 'rate'>): string[] {
    return listStates(status).flatMap((state) => {
      const name = state.kind === 'lost' ? state.cause : state.kind;
      if (this.#told.has(name)) return [];
      this.#told.add(name);
      const { line, command } = explainState(state);
      return [command === undefined ? line : `${line}; try ${command}`];
    });
  }
}

/** What is said of lost events, a text for each cause. */
export function explainLosses(causes: LossCauses): string[] {
  return listLosses(causes).map((state) => explainState(state).line);
}

/** The screen has room for the last one: what is lost. */
function listStates({ lost, oneOf, rate }: Pick<SessionStatus, 'lost' | 'oneOf' | 'rate'>): TracingState[] {
  const states: TracingState[] = [];
  if (rate >= stormRate) states.push({ kind: 'storm', rate });
  if (oneOf > 1) states.push({ kind: 'behind', oneOf });
  return [...states, ...listLosses(lost.causes)];
}

function listLosses(causes: LossCauses) {
  return lossCauses
    .filter((cause) => causes[cause] > 0)
    .map((cause) => ({ kind: 'lost', count: causes[cause], cause }) as const);
}
