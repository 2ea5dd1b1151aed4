/** Watches whether a running session stays silent, and finds out once why that may be: "armed, 0 hits". */

import type { ProbeEvent } from '../control/probe-event.ts';
import type { SessionContext } from './live-session.ts';
import { countSiblingCalls } from './sibling-calls.ts';
import { explainSilence, listAwaitedFunctions } from './silence.ts';

/** How long a session may be silent before the user is told why that may be. */
const silenceMs = 3_000;

export interface SilenceListener {
  /** Why nothing may come; never empty, and told once. */
  causes(causes: readonly string[]): void;
  notice(text: string): void;
}

export class SilenceWatch {
  readonly #context: SessionContext;
  readonly #probes: readonly ProbeEvent[];
  readonly #listener: SilenceListener;
  #isExplained = false;

  constructor(context: SessionContext, probes: readonly ProbeEvent[], listener: SilenceListener) {
    this.#context = context;
    this.#probes = probes;
    this.#listener = listener;
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
    this.#listener.causes(explainSilence(this.#context, this.#probes));
  }

  /** Looks for functions with a similar name that are called meanwhile: the work may have moved there. */
  async #lookForSiblings(): Promise<void> {
    const awaited = listAwaitedFunctions(this.#context, this.#probes);
    if (awaited.length === 0) return;
    const calls = await countSiblingCalls(this.#context, awaited);
    const named = calls.slice(0, 3).map(({ name, calls }) => `${name} (${calls} in a second)`);
    if (named.length > 0) this.#listener.notice(`meanwhile called, with a similar name: ${named.join(', ')}`);
  }
}
