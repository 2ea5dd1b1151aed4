/** Watches whether a running session stays silent, and finds out once why that may be: "armed, 0 hits". */

import type { ProbeEvent } from '../control/probe-event.ts';
import type { SessionContext } from './live-session.ts';
import { countSiblingCalls } from './sibling-calls.ts';
import { explainSilence, listAwaitedFunctions } from './silence.ts';
import { formatSilence } from './state-texts.ts';

/** How long a session may be silent before the user is told why that may be. */
const silenceMs = 3_000;

export class SilenceWatch {
  readonly #context: SessionContext;
  readonly #probes: readonly ProbeEvent[];
  readonly #notice: (text: string) => void;
  #isExplained = false;

  constructor(context: SessionContext, probes: readonly ProbeEvent[], notice: (text: string) => void) {
    this.#context = context;
    this.#probes = probes;
    this.#notice = notice;
  }

  /** Called while nothing has come yet, with how long that is. */
  async idle(quietMs: number): Promise<void> {
    if (quietMs < silenceMs || this.#isExplained) return;
    this.explain();
    await this.#lookForSiblings();
  }

  explain(): void {
    if (this.#isExplained) return;
    this.#isExplained = true;
    this.#notice(formatSilence(explainSilence(this.#context, this.#probes)));
  }

  /** Looks for functions with a similar name that are called meanwhile: the work may have moved there. */
  async #lookForSiblings(): Promise<void> {
    const awaited = listAwaitedFunctions(this.#context, this.#probes);
    if (awaited.length === 0) return;
    const calls = await countSiblingCalls(this.#context, awaited);
    const named = calls.slice(0, 3).map(({ name, calls }) => `${name} (${calls} in a second)`);
    if (named.length > 0) this.#notice(`meanwhile called, with a similar name: ${named.join(', ')}`);
  }
}
