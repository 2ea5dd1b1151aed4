/** `--filter` of a live command in chips: what of it the kernel applies, what the view does, and how that is told. */

import { UsageError } from '../base/errors.ts';
import { planChips, readChipScope } from '../control/kernel-chips.ts';
import { isCountingClock } from '../control/trace-clock.ts';
import type { TracePlan } from '../control/trace-plan.ts';
import type { ChipClock } from '../format/filter/chip-tests.ts';
import { type FilterChip, formatChips, parseChips } from '../format/filter/filter-chips.ts';
import { type FunctionNameOf, ItemFilter } from '../recording/item-filter.ts';
import type { SessionContext } from '../session/live-session.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

export class LiveFilter {
  /** As it was written. */
  readonly text: string;
  readonly #chips: readonly FilterChip[];
  readonly #tracefs: Tracefs;
  readonly #clock: LiveClock;
  #inKernel: readonly FilterChip[] = [];
  #rest: readonly FilterChip[] = [];

  /** Throws UsageError for a wrong chip. */
  constructor(text: string | undefined, tracefs: Tracefs, clockName: string | undefined) {
    this.text = text ?? '';
    this.#tracefs = tracefs;
    this.#clock = new LiveClock(clockName === undefined || !isCountingClock(clockName));
    this.#chips = parseChips(this.text, this.#clock);
  }

  /** The plan with what the kernel can leave out itself; throws UsageError where nothing is left. */
  plan(plan: TracePlan): TracePlan {
    if (this.#chips.length === 0) return plan;
    const planned = planChips(this.#chips, plan, readChipScope(this.#tracefs.top));
    this.#inKernel = planned.inKernel;
    this.#rest = planned.rest;
    return planned.plan;
  }

  /** What only a view can apply; throws UsageError, `attempted` being done without one. */
  requireKernel(attempted: string): void {
    if (this.#rest.length === 0) return;
    throw new UsageError({
      attempted,
      why: `the kernel cannot apply ${formatChips(this.#rest)} itself`,
      remedy: 'leave it out here; replay and report take it for a recording',
    });
  }

  /** For what the kernel has recorded. */
  begin(context: SessionContext, nameOf: FunctionNameOf): ItemFilter {
    this.#clock.readOrigin = () => context.origin();
    return new ItemFilter(this.#rest, nameOf);
  }

  /** The first event has come at this time. */
  noteStart(time: number): void {
    this.#clock.start ??= time;
  }

  /** Who applies what, with how many were left out; undefined without chips. */
  describe(leftOut?: number): string | undefined {
    if (this.#chips.length === 0) return undefined;
    const count = leftOut === undefined ? '' : `: ${leftOut} left out`;
    const parts = [
      ...(this.#inKernel.length === 0 ? [] : [`${formatChips(this.#inKernel)} in the kernel`]),
      ...(this.#rest.length === 0 ? [] : [`${formatChips(this.#rest)} in ftui${count}`]),
    ];
    return `filter: ${parts.join(', ')}`;
  }

  toJson(): object | undefined {
    if (this.#chips.length === 0) return undefined;
    return { kernel: this.#inKernel.map(({ text }) => text), ftui: this.#rest.map(({ text }) => text) };
  }
}

class LiveClock implements ChipClock {
  readonly timeIsNanoseconds: boolean;
  start: number | undefined;
  readOrigin: () => bigint = () => 0n;

  constructor(timeIsNanoseconds: boolean) {
    this.timeIsNanoseconds = timeIsNanoseconds;
  }

  get origin(): bigint {
    return this.readOrigin();
  }
}
