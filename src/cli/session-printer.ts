/** Feeds a view with a session's items and prints what it makes of them, with notices and the summary. */

import { visibleText } from '../base/text.ts';
import { copiesText } from '../control/probe-event.ts';
import { isCountingClock } from '../control/trace-clock.ts';
import type { StreamItem } from '../ring-buffer/stream-item.ts';
import { LiveEvents } from '../session/live-events.ts';
import type { SessionConsumer, SessionContext } from '../session/live-session.ts';
import { describeProbeCost, isVirtual, measuredMs } from '../session/probe-cost.ts';
import { countProbeHits, describeMisses, mayHitItself, readProbeHits } from '../session/silence.ts';
import { SilenceWatch } from '../session/silence-watch.ts';
import { explainLosses } from '../session/state-notices.ts';
import { formatSilence } from '../session/state-texts.ts';
import { readTextIfThere } from '../tracefs/processes.ts';
import type { LiveCommand } from './live-command.ts';
import type { LiveFilter } from './live-filter.ts';
import type { LiveOptions } from './live-options.ts';
import type { Shown, Summary } from './live-view.ts';
import { type Output, printNotice } from './output.ts';
import { formatSummary, jsonSummary } from './print-summary.ts';
import { EventClock } from './print-time.ts';
import { TextPipeLines } from './text-pipe-lines.ts';

export class SessionPrinter implements SessionConsumer {
  readonly notices: string[] = [];
  readonly textPipe: boolean;
  readonly #output: Output;
  readonly #options: LiveOptions;
  readonly #command: LiveCommand;
  readonly #filter: LiveFilter;
  #context: SessionContext | undefined;
  #events: LiveEvents | undefined;
  #shown = 0;
  #textLines = 0;
  readonly #pipeLines = new TextPipeLines();
  #silence: SilenceWatch | undefined;
  /** Hits of the session's probes as the kernel counted them. */
  #hitsAtStop = 0;
  /** When the rate of the probes is to be measured, by performance.now(); undefined when it has been. */
  #measureAt: number | undefined;
  #startedAt = 0;

  constructor(output: Output, options: LiveOptions, command: LiveCommand, filter: LiveFilter) {
    this.#output = output;
    this.#options = options;
    this.#command = command;
    this.#filter = filter;
    this.textPipe = options.textPipe || command.textPipe === true;
  }

  begin(context: SessionContext): void {
    this.#context = context;
    this.#silence = new SilenceWatch(context, this.#command.probes, {
      causes: (causes) => this.notice(formatSilence(causes)),
      notice: (text) => this.notice(text),
    });
    if (this.textPipe || context.catalogue === undefined) return;
    this.#events = new LiveEvents(context, context.catalogue);
    const { view, chips } = this.#command;
    const clock = new EventClock(() => context.origin(), !isCountingClock(context.plan.clock));
    view.begin(
      clock,
      this.#filter.begin(context, (address) => chips?.nameOf(address)),
    );
  }

  started(): void {
    this.#startedAt = performance.now();
    if (this.#command.probes.length > 0) this.#measureAt = this.#startedAt + measuredMs;
    if (!this.#options.verbose) return;
    printNotice(`tracing: ${this.#command.title} (Ctrl-C ends)`);
    const filter = this.#filter.describe();
    if (filter !== undefined) printNotice(visibleText(filter));
  }

  items(items: readonly StreamItem[]): boolean {
    const lines: string[] = [];
    if (items[0] !== undefined) this.#filter.noteStart(items[0].time);
    for (const item of items) {
      if (this.#shown >= this.#options.maxEvents) break;
      this.#collect(lines, this.#command.view.show(this.#events!.eventOf(item)));
    }
    this.#output.lines(lines);
    return this.#shown < this.#options.maxEvents;
  }

  #collect(lines: string[], { lines: more, events }: Shown): void {
    lines.push(...more);
    this.#shown += events;
  }

  lines(lines: readonly string[]): boolean {
    const wanted = lines.slice(0, this.#options.maxEvents - this.#textLines);
    this.#textLines += wanted.length;
    const { json } = this.#options;
    this.#output.lines(json ? this.#pipeLines.formatAll(wanted) : wanted.map(visibleText));
    return this.#textLines < this.#options.maxEvents;
  }

  drained(): Promise<void> {
    return this.#output.drained();
  }

  async idle(quietMs: number): Promise<void> {
    this.#measureCost();
    if (this.#isSilent()) await this.#silence!.idle(quietMs);
  }

  /** Once, when the first second is over: what the probes cost, where that is much. */
  #measureCost(): void {
    const now = performance.now();
    if (this.#measureAt === undefined || now < this.#measureAt) return;
    this.#measureAt = undefined;
    const hits = countProbeHits(this.#context!);
    const { kernel } = this.#context!.tracefs;
    const machine = isVirtual(readTextIfThere(kernel, '/proc/cpuinfo')) ? 'virtual' : 'bare';
    const cost = describeProbeCost(this.#command.probes, hits, { spanMs: now - this.#startedAt, machine });
    if (cost !== undefined) this.notice(cost);
  }

  notice(text: string): void {
    this.notices.push(text);
    if (!this.#options.quiet) printNotice(visibleText(text));
  }

  counts(): Readonly<Record<string, number>> {
    return this.textPipe ? { lines: this.#textLines } : this.#viewCounts();
  }

  #viewCounts(): Readonly<Record<string, number>> {
    const { view } = this.#command;
    return { ...view.counts(), shown: this.#shown, ...(view.leftOut === 0 ? {} : { leftOut: view.leftOut }) };
  }

  /** Prints what is left, why nothing came if nothing did, and the summary. */
  async summarise(summary: Omit<Summary, 'filter'>): Promise<void> {
    const rest: string[] = [];
    if (!this.textPipe && this.#shown < this.#options.maxEvents) this.#collect(rest, this.#command.view.finish());
    this.#output.lines(rest);
    if (this.#isSilent() && summary.records === 0) this.#silence!.explain();
    for (const text of explainLosses(summary.lossCauses)) this.notice(text);
    const full = {
      ...summary,
      ...this.#withUnrecorded(summary),
      counts: this.counts(),
      notices: this.notices,
      filter: this.#filter,
    };
    if (this.#options.json) this.#output.line(jsonSummary(full));
    else if (!this.#options.quiet) printNotice(formatSummary(full, this.#command.noun));
    await this.#output.drained();
  }

  /**
   * Hits that the kernel counted and did not record: it drops a record whose text is too long (4060 bytes and more) and
   * counts that nowhere. Only comparable when every hit was to be recorded.
   */
  #withUnrecorded({ lost }: Omit<Summary, 'filter'>): { lost: number } {
    const context = this.#context;
    const { plan } = context ?? {};
    if (plan === undefined || plan.probes.length === 0 || plan.pids.length > 0 || plan.cpus !== undefined)
      return { lost };
    if (plan.probeFilter !== undefined || this.textPipe || this.#shown >= this.#options.maxEvents) return { lost };
    if (!copiesText(this.#command.probes) || mayHitItself(context!)) return { lost };
    const hits = this.#hitsAtStop - this.#command.view.hits - lost;
    if (hits <= 0) return { lost };
    this.notice(`${hits} hits were counted by the kernel and not recorded: it drops texts of about 4 KB and more`);
    return { lost: lost + hits };
  }

  /** The probes are off now and still there: the last moment to read their counts. */
  stopped(): void {
    if (this.#context === undefined || this.#context.plan.probes.length === 0) return;
    this.#hitsAtStop = (readProbeHits(this.#context) ?? []).reduce((sum, { hits }) => sum + hits, 0);
    const misses = describeMisses(this.#context);
    if (this.#isSilent()) this.#silence!.explain();
    else if (misses !== undefined) this.notice(misses);
  }

  #isSilent(): boolean {
    return !this.textPipe && this.#command.view.hits === 0 && this.#context !== undefined;
  }
}
