/** What a live command is, besides the options that all of them share. */

import type { ProbeEvent } from '../control/probe-event.ts';
import type { CommonPlan } from '../control/session-plans.ts';
import type { TracePlan } from '../control/trace-plan.ts';
import type { FunctionNameOf } from '../recording/item-filter.ts';
import type { WantedTraces } from '../session/wanted-traces.ts';
import type { LiveView } from './live-view.ts';

export interface LiveCommand {
  /** For people and the journal: `graph do_sys_open`. */
  readonly title: string;
  /** What one hit is called in the summary: `event`. */
  readonly noun: string;
  readonly view: LiveView;
  /** The screen that shows it in a terminal, and what is traced for that; undefined where it is only printed. */
  readonly screen?: { readonly id: 'graph' | 'events' | 'log'; readonly wanted: Partial<WantedTraces> } | undefined;
  readonly probes: readonly ProbeEvent[];
  /** Chips of --filter, as they are written, and names for what they say of functions. */
  readonly chips?: { readonly text: string | undefined; readonly nameOf: FunctionNameOf } | undefined;
  /** Show trace_pipe's text whatever the options say. */
  readonly textPipe?: boolean | undefined;
  /** What was found out before tracing: substitutions, skipped symbols. */
  readonly notices: readonly string[];
  makePlan(common: CommonPlan): TracePlan;
}
