/** Events as lines and objects, on pages captured from real kernels, against the text that the kernel printed. */
import { describe, expect, it } from 'vitest';
import { visibleText } from '../../src/base/text.ts';
import { asCpuId } from '../../src/base/units.ts';
import { EventView } from '../../src/cli/event-view.ts';
import type { ProbeEvent } from '../../src/control/probe-event.ts';
import { findSchemaProblems } from '../journeys/json-schema.ts';
import { type CapturedPages, capturedCases, loadCapturedPages } from '../ring-buffer/captured-pages.ts';
import { beginView } from './view-context.ts';

interface KernelLine {
  readonly comm: string;
  readonly pid: number;
  readonly time: number;
  readonly text: string;
}

const kernelLine = /^\s*(.+)-(\d+)\s+\[000\]\s+\S+\s+(\d+\.\d{6}): (.*)$/;

function parseKernelLine(line: string): KernelLine | undefined {
  const parts = kernelLine.exec(line);
  if (parts === null) return undefined;
  const [, comm, pid, time, text] = parts;
  return { comm: comm!.trim(), pid: Number(pid), time: Number(time), text: text! };
}

const eventLine = /^ *(\d+\.\d{6}) {2}(.{22,}) \[000\] {2}(\S+)(?: (.*))?$/;

/** `a=1 b="x y" c={1,2}` as a map of texts. */
function parseFields(text: string): Map<string, string> {
  const pairs = [...text.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|\{[^}]*\}|\S+)/g)];
  return new Map(pairs.map(([, name, value]) => [name!, value!.replace(/^"(.*)"$/, '$1')]));
}

/** Shown by the kernel in words of its own. */
const worded = new Set(['prev_state', 'target_cpu', 'bad']);

function viewOf(pages: CapturedPages, options: Partial<ConstructorParameters<typeof EventView>[0]> = {}) {
  const view = new EventView({ json: false, probes: [], symbolName: pages.symbolName, stack: false, ...options });
  const kernelLines = pages.lines.flatMap((line) => parseKernelLine(line) ?? []);
  const names = kernelLines.filter(({ comm }) => !comm.startsWith('<')).map(({ pid, comm }) => [pid, comm] as const);
  const show = beginView(view, pages, new Map(names));
  return { view, show, kernelLines };
}

const cases = ['events', 'kprobe'].flatMap(capturedCases);

describe('captured events', () => {
  it('are of four kernels', () => expect(cases).toHaveLength(8));

  it.each(cases)('%s: time, task, CPU and values are those that the kernel printed', (folder) => {
    const pages = loadCapturedPages(folder);
    const { view, show, kernelLines } = viewOf(pages);
    const shown = pages.items.map((item) => show(item));
    expect(shown.every(({ events, lines }) => events === 1 && lines.length === 1)).toBe(true);
    expect(view.hits).toBe(pages.items.length);
    const compared = Math.min(shown.length, kernelLines.length);
    expect(compared).toBeGreaterThan(15);
    let values = 0;
    for (const [index, kernel] of kernelLines.slice(0, compared).entries()) {
      const [, time, task, , fieldText = ''] = eventLine.exec(shown[index]!.lines[0]!)!;
      expect(task!.trimEnd()).toBe(`${kernel.comm}-${kernel.pid}`);
      // The kernel rounds to the nearest microsecond.
      expect(Math.abs(Number(time) - kernel.time)).toBeLessThan(1.5e-6);
      const fields = parseFields(fieldText);
      for (const [name, value] of parseFields(kernel.text.replace(/ ==> /, ' '))) {
        if (worded.has(name) || !fields.has(name)) continue;
        expect([name, fields.get(name)]).toEqual([name, visibleText(value)]);
        values += 1;
      }
    }
    expect(values).toBeGreaterThan(compared);
  });

  it.each(cases)('%s: each object is as the schema says, and has the same values', (folder) => {
    const pages = loadCapturedPages(folder);
    const { show } = viewOf(pages, { json: true });
    const { show: showText } = viewOf(pages);
    for (const item of pages.items) {
      const [line] = show(item).lines;
      const object = JSON.parse(line!);
      expect(findSchemaProblems(object, 'event')).toEqual([]);
      const [, time, , name, text = ''] = eventLine.exec(showText(item).lines[0]!)!;
      expect(object.event).toBe(name);
      expect(Math.floor(object.time / 1000)).toBe(Math.round(Number(time) * 1e6));
      expect(Object.keys(object.fields)).toEqual([...parseFields(text).keys()]);
    }
  });

  it('are named and explained by the probe that made them', () => {
    const pages = loadCapturedPages('6.12-kprobe');
    const probe: ProbeEvent = {
      definition: { file: 'kprobe_events', group: 'ftui', event: 'opened', line: '' },
      label: 'do_sys_openat2%return',
      fields: [{ name: 'ret', style: 'signed-and-hex' }],
    };
    const { show } = viewOf(pages, { probes: [probe] });
    const lines = pages.items.flatMap((item) => show(item).lines);
    expect(lines[1]).toMatch(/ \[000\] {2}do_sys_openat2%return ret=3 \(0x3\)$/);
    const { show: showJson } = viewOf(pages, { probes: [probe], json: true });
    const objects = pages.items.flatMap((item) => showJson(item).lines).map((line) => JSON.parse(line));
    expect(objects[1]).toMatchObject({ event: 'opened', probe: 'do_sys_openat2%return', fields: { ret: 3 } });
    expect(objects[0]).not.toHaveProperty('probe');
  });

  it('have the names of returned errors and of functions', () => {
    const pages = loadCapturedPages('6.12-kprobe');
    const probe: ProbeEvent = {
      definition: { file: 'kprobe_events', group: 'ftui', event: 'opened', line: '' },
      label: 'do_sys_openat2%return',
      fields: [
        { name: 'ret', style: 'plain', returnedBy: 'kernel' },
        { name: '__probe_func', style: 'symbol' },
      ],
    };
    const symbolPlace = () => ({ name: 'do_sys_openat2', offset: 16 });
    const shown = (json: boolean) => {
      const { show } = viewOf(pages, { probes: [probe], json, symbolPlace });
      return pages.items.flatMap((item) => show(item).lines);
    };
    expect(shown(false).some((line) => /ret=-2 ENOENT __probe_func=do_sys_openat2\+0x10$/.test(line))).toBe(true);
    const object = shown(true)
      .map((line) => JSON.parse(line))
      .find(({ errors }) => errors !== undefined);
    expect(object).toMatchObject({
      fields: { ret: -2, __probe_func: 'do_sys_openat2+0x10' },
      errors: { ret: 'ENOENT' },
    });
    expect(findSchemaProblems(object, 'event')).toEqual([]);
  });

  it('wait for their stacks where the session records them', () => {
    const pages = loadCapturedPages('6.12-kprobe');
    const { view, show } = viewOf(pages, { stack: true });
    const [first, second, third] = pages.items;
    expect(show(first!)).toEqual({ lines: [], events: 0 });
    // The next event of the same CPU tells that no stack has come.
    expect(show(second!).lines).toEqual([expect.stringContaining('/etc/hostname')]);
    expect(show(third!)).toMatchObject({ lines: [expect.stringContaining('opened ret=3')], events: 1 });
    expect(view.finish()).toMatchObject({ lines: [expect.stringContaining('/etc/os-release')], events: 1 });
    expect(view.finish()).toEqual({ lines: [], events: 0 });
  });

  it('of unknown kinds are shown as unreadable, and are no hits', () => {
    const pages = loadCapturedPages('6.12-kprobe');
    const { view, show } = viewOf(pages);
    const bytes = pages.items.find((item) => item.kind === 'record')!.bytes.slice();
    bytes.fill(0xff, 0, 2);
    expect(show({ kind: 'record', cpu: asCpuId(0), time: 1, bytes })).toEqual({
      lines: [`      0.000000  cpu 0: unreadable data left out: a record of ${bytes.length} bytes of an unknown event`],
      events: 0,
    });
    expect(view.hits).toBe(0);
  });
});

describe('gaps', () => {
  const pages = loadCapturedPages('6.12-kprobe');
  const at = { cpu: asCpuId(3), time: 1_500_000_000 };

  it.each([
    [{ kind: 'lost', count: 12, ...at }, '      1.500000  cpu 3: 12 events LOST before this point', { count: 12 }],
    [
      { kind: 'lost', count: undefined, ...at },
      '      1.500000  cpu 3: events LOST before this point',
      { count: null },
    ],
    [
      { kind: 'damaged', reason: 'no sense', ...at },
      '      1.500000  cpu 3: unreadable data left out: no sense',
      { reason: 'no sense' },
    ],
  ] as const)('%o is shown where it is', (gap, text, detail) => {
    expect(viewOf(pages).show(gap)).toEqual({ lines: [text], events: 0 });
    const [line] = viewOf(pages, { json: true }).show(gap).lines;
    const object = JSON.parse(line!);
    expect(object).toEqual({ type: gap.kind, time: 1_500_000_000, cpu: 3, ...detail });
    expect(findSchemaProblems(object, gap.kind)).toEqual([]);
  });
});
