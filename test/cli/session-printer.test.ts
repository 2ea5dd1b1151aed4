/** The printer between a session and the output, with a view that shows each item as its time. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { asCpuId } from '../../src/base/units.ts';
import { noLosses } from '../../src/capture/buffer-stats.ts';
import { LiveFilter } from '../../src/cli/live-filter.ts';
import type { LiveOptions } from '../../src/cli/live-options.ts';
import type { LiveView, Summary } from '../../src/cli/live-view.ts';
import { SessionPrinter } from '../../src/cli/session-printer.ts';
import type { ProbeEvent } from '../../src/control/probe-event.ts';
import { emptyPlan } from '../../src/control/trace-plan.ts';
import type { SourceItem } from '../../src/recording/event-source.ts';
import type { StreamItem } from '../../src/ring-buffer/stream-item.ts';
import type { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { loadCapturedPages } from '../ring-buffer/captured-pages.ts';
import { contextOf } from './view-context.ts';

class TimeView implements LiveView {
  hits = 0;
  leftOut = 0;
  begun = 0;
  begin(): void {
    this.begun += 1;
  }
  show({ time, kind }: SourceItem) {
    if (kind !== 'event') return { lines: [`gap ${time}`], events: 0 };
    this.hits += 1;
    return { lines: [`at ${time}`], events: 1 };
  }
  finish() {
    return { lines: ['rest'], events: 1 };
  }
  counts() {
    return { trees: 7 };
  }
}

const options: LiveOptions = {
  pids: [],
  cpus: undefined,
  durationMs: undefined,
  maxEvents: Number.POSITIVE_INFINITY,
  maxRate: 1,
  bufferSizeKb: undefined,
  clock: 'mono',
  json: false,
  plain: false,
  ui: false,
  ascii: false,
  textPipe: false,
  force: false,
  dryRun: false,
  quiet: true,
  verbose: false,
  instance: undefined,
  tracefs: undefined,
  user: undefined,
  command: undefined,
  output: undefined,
  recording: { maxBytes: undefined, format: { version: 7, compression: 'none' }, kallsyms: false },
};
const summary: Summary = {
  reason: 'duration',
  records: 1,
  lost: 0,
  lostByCpu: new Map(),
  lossCauses: noLosses,
  wallMs: 1,
  command: undefined,
  counts: {},
  notices: [],
};
const pages = loadCapturedPages('6.12-kprobe');
const context = contextOf(pages, new Map());
const { bytes } = pages.items.find((item) => item.kind === 'record')!;

let printed: string[];
beforeEach(() => {
  printed = [];
});

function makePrinter(changed: Partial<LiveOptions> = {}, textPipe = false, probes: readonly ProbeEvent[] = []) {
  const view = new TimeView();
  const output = {
    line: (text: string) => void printed.push(text),
    lines: (texts: readonly string[]) => void printed.push(...texts),
    drained: () => Promise.resolve(),
  };
  const command = { title: 't', noun: 'event', view, probes, textPipe, notices: [], makePlan: () => emptyPlan };
  const printer = new SessionPrinter(
    output,
    { ...options, ...changed },
    command,
    new LiveFilter(undefined, context.tracefs, 'mono'),
  );
  printer.begin({ ...context, plan: { ...emptyPlan, probes: probes.map(({ definition }) => definition) } });
  return { printer, view };
}

const record = (time: number): StreamItem => ({ kind: 'record', cpu: asCpuId(0), time, bytes });
const gap = (time: number): StreamItem => ({ kind: 'lost', cpu: asCpuId(0), time, count: 1 });

describe('SessionPrinter', () => {
  it('prints what the view makes of each item, and what is left at the end', async () => {
    const { printer, view } = makePrinter();
    expect(view.begun).toBe(1);
    expect(printer.items([record(1), gap(2), record(3)])).toBe(true);
    expect(printed).toEqual(['at 1', 'gap 2', 'at 3']);
    await printer.summarise(summary);
    expect(printed).toEqual(['at 1', 'gap 2', 'at 3', 'rest']);
    expect(printer.counts()).toEqual({ trees: 7, shown: 3 });
  });

  it('stops at --max-events, whatever comes after', async () => {
    const { printer } = makePrinter({ maxEvents: 2 });
    expect(printer.items([record(1), gap(2)])).toBe(true);
    expect(printer.items([record(3), record(4)])).toBe(false);
    expect(printer.items([record(5)])).toBe(false);
    await printer.summarise(summary);
    expect(printed).toEqual(['at 1', 'gap 2', 'at 3']);
  });

  it('ends JSON with the summary, which has the notices', async () => {
    const { printer } = makePrinter({ json: true });
    printer.notice('mind this');
    printer.items([record(1)]);
    await printer.summarise({ ...summary, command: { code: 3, signal: null } });
    expect(JSON.parse(printed.at(-1)!)).toEqual({
      type: 'summary',
      ended: 'duration',
      trees: 7,
      shown: 2,
      records: 1,
      lost: 0,
      lostByCpu: {},
      wall: 1_000_000,
      command: { code: 3, signal: null },
      notices: ['mind this'],
    });
  });

  it('says at the end why events were lost, and what helps', async () => {
    const { printer } = makePrinter();
    printer.items([record(1)]);
    await printer.summarise({ ...summary, lost: 9, lossCauses: { overrun: 7, nested: 0, full: 2 } });
    expect(printer.notices).toEqual([
      '7 events lost: overwritten unread (a larger buffer or a filter)',
      '2 events lost: the buffer was full (a larger buffer, or fewer events)',
    ]);
  });

  it('shows lines of trace_pipe escaped, and as objects in JSON', () => {
    const { printer, view } = makePrinter({ textPipe: true, maxEvents: 3 });
    expect(view.begun).toBe(0);
    expect(printer.lines(['a\u001b[31m', 'b'])).toBe(true);
    expect(printer.lines(['c', 'd'])).toBe(false);
    expect(printed).toEqual(['a\\e[31m', 'b', 'c']);
    expect(printer.counts()).toEqual({ lines: 3 });
    printed = [];
    makePrinter({ json: true }, true).printer.lines(['x\u001b']);
    expect(printed.map((line) => JSON.parse(line))).toEqual([{ type: 'line', text: 'x\u001b' }]);
  });

  it('explains a silence of three seconds, once', async () => {
    const { printer } = makePrinter();
    await printer.idle(2_999);
    expect(printer.notices).toEqual([]);
    await printer.idle(3_000);
    await printer.idle(6_000);
    await printer.summarise({ ...summary, records: 0 });
    expect(printer.notices).toEqual(['armed, 0 hits: these events have not happened yet']);
  });

  it('explains at the end why nothing came', async () => {
    const { printer } = makePrinter();
    await printer.summarise({ ...summary, records: 0 });
    expect(printer.notices).toEqual([expect.stringMatching(/^armed, 0 hits: /)]);
  });

  it('says once what probes cost, a second after the start, and at the end what was missed', async () => {
    const { tracefs } = context;
    const line = 'r:ftui_7/cost vfs_open';
    const definition = { file: 'kprobe_events', group: 'ftui_7', event: 'cost', line } as const;
    tracefs.top.write('kprobe_events', `${line}\n`, 'append');
    const { printer } = makePrinter({}, false, [{ definition, label: 'vfs_open%return', fields: [] }]);
    const now = vi.spyOn(performance, 'now').mockReturnValue(10_000);
    printer.started();
    (tracefs.kernel as SimulatedKernel).setProbeHits('ftui_7/cost', 500_000, 3);
    printer.items([record(1)]);
    await printer.idle(0);
    expect(printer.notices).toEqual([]);
    now.mockReturnValue(11_000);
    await printer.idle(0);
    await printer.idle(0);
    printer.stopped();
    now.mockRestore();
    tracefs.top.write('kprobe_events', '-:ftui_7/cost\n', 'append');
    expect(printer.notices).toEqual([
      expect.stringMatching(
        /^vfs_open%return is hit 500,000 times a second: that costs about \d+ % of one CPU by estimate/,
      ),
      expect.stringMatching(/^the kernel missed 3 hits of cost: /),
    ]);
  });

  it('has nothing to explain where something came', async () => {
    const { printer } = makePrinter();
    printer.items([record(1)]);
    await printer.idle(10_000);
    await printer.summarise(summary);
    expect(printer.notices).toEqual([]);
  });
});
