/** Sub-buffers out of the simulated kernel's trace_pipe_raw: order, rounds, draining, CPUs that go. */
import { describe, expect, it } from 'vitest';
import { RawCapture } from '../../src/capture/raw-capture.ts';
import { type PageLayout, parseHeaderPage } from '../../src/ring-buffer/page-layout.ts';
import type { StreamItem } from '../../src/ring-buffer/stream-item.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { SubBufferWriter } from '../ring-buffer/sub-buffer-bytes.ts';
import { readFixture } from '../simulated/fixtures.ts';

const root = '/sys/kernel/tracing';
const fixture = readFixture('6.12');
const layout: PageLayout = parseHeaderPage(new SimulatedKernel(fixture).readText(`${root}/events/header_page`), {
  littleEndian: true,
});
const base = 100_000_000_000n;

/** A page whose records (their texts) come `step` ns apart from `start`. */
function page(start: number, step: number, ...texts: string[]): Uint8Array {
  const writer = new SubBufferWriter(layout, base + BigInt(start));
  texts.forEach((text, index) => {
    writer.record(index === 0 ? 0 : step, text);
  });
  return writer.done();
}

/** A page filled to nearly its end. */
function fullPage(start: number): Uint8Array {
  return page(start, 1, ...Array.from({ length: 500 }, () => 'full'));
}

interface TimedPage {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}

function setUp(...cpus: TimedPage[][]) {
  const clock = { now: 0 };
  const kernel = new SimulatedKernel(fixture, { playback: { cpus }, clock: () => clock.now });
  const { top } = new Tracefs(kernel, root);
  const capture = new RawCapture(top, layout);
  capture.open();
  top.write('events/sched/sched_switch/enable', '1');
  return { kernel, top, capture, clock };
}

const soon = (bytes: Uint8Array): TimedPage => ({ atMs: 0, bytes });

function texts(items: readonly StreamItem[]): string[] {
  return items.map((item) => {
    if (item.kind !== 'record') return item.kind === 'lost' ? `lost ${item.count}` : `damaged: ${item.reason}`;
    return Buffer.from(item.bytes).toString().replace(/\.+$/, '');
  });
}

const drained = (capture: RawCapture) => texts([...capture.drain()].flat());

describe('RawCapture', () => {
  it('merges CPUs by time', () => {
    const { capture } = setUp([soon(page(10, 20, 'a10', 'a30', 'a50'))], [soon(page(20, 20, 'b20', 'b40', 'b60'))]);
    expect(drained(capture)).toEqual(['a10', 'b20', 'a30', 'b40', 'a50', 'b60']);
  });

  it('holds back what something unread might precede', () => {
    const { capture, clock } = setUp([soon(page(100, 0, 'a100'))], [{ atMs: 5, bytes: page(90, 0, 'b90') }]);
    expect(texts(capture.readRound())).toEqual([]);
    clock.now = 5;
    expect(texts(capture.readRound())).toEqual(['b90', 'a100']);
  });

  it('gives what was there when the round before ended, once no CPU has older data', () => {
    const { capture } = setUp([soon(page(10, 10, 'a10', 'a20'))], []);
    expect([texts(capture.readRound()), texts(capture.readRound()), texts(capture.readRound())]).toEqual([
      [],
      ['a10', 'a20'],
      [],
    ]);
  });

  it('tells times from a whole second before the first event', () => {
    const { capture } = setUp([soon(page(7, 0, 'a'))]);
    const [item] = [...capture.drain()].flat();
    expect(capture.origin).toBe(90_000_000_000n);
    expect(capture.origin + BigInt(item!.time)).toBe(base + 7n);
  });

  it('leaves a CPU after three pages that are hardly filled: it would chase its own reading', () => {
    const pages = Array.from({ length: 7 }, (_, index) => soon(page(index * 10, 0, `p${index}`)));
    const { kernel, capture } = setUp(pages);
    capture.readRound();
    expect(kernel.playbackDone).toBe(false);
    expect(capture.overloaded).toBe(false);
    const seen = [capture.readRound(), capture.readRound(), capture.readRound(), capture.readRound()].flatMap(texts);
    expect(seen).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
  });

  it('stops a round after 256 full pages, says so, and lets nobody overtake the rest', () => {
    const pages = Array.from({ length: 300 }, (_, index) => soon(fullPage(index * 1000)));
    const { capture } = setUp(pages, [soon(page(299_900, 0, 'late'))]);
    const first = texts(capture.readRound());
    expect(capture.overloaded).toBe(true);
    expect(first).not.toContain('late');
    const second = texts(capture.readRound());
    expect(capture.overloaded).toBe(false);
    const all = [...first, ...second, ...drained(capture)];
    expect(all).toHaveLength(300 * 500 + 1);
    expect(all.indexOf('late')).toBe(all.length - 1);
  });

  it('drains everything, however much and however partly filled', () => {
    const pages = Array.from({ length: 600 }, (_, index) => soon(page(index * 10, 0, `p${index}`)));
    const { kernel, capture } = setUp(pages, pages);
    const items = [...capture.drain()].flat();
    expect(items).toHaveLength(1200);
    expect(items.map(({ time }) => time)).toEqual(items.map(({ time }) => time).toSorted((a, b) => a - b));
    expect(kernel.playbackDone).toBe(true);
  });

  it('puts losses and damage where they happened', () => {
    const lossy = new SubBufferWriter(layout, base + 30n).record(0, 'a30').done(7);
    const broken = new SubBufferWriter(layout, base + 40n).record(0, 'a40').word(0xffffffff).done();
    const { capture } = setUp([soon(page(10, 0, 'a10')), soon(lossy), soon(broken), soon(page(50, 0, 'a50'))]);
    expect(drained(capture)).toEqual(['a10', 'lost 7', 'a30', 'a40', expect.stringMatching(/^damaged: /), 'a50']);
  });

  it('takes a CPU that goes offline (ENODEV) as one that has nothing more to say', () => {
    const { kernel, top } = setUp([soon(page(10, 0, 'a10'))], [soon(page(20, 0, 'b20'))]);
    const open = kernel.openStream.bind(kernel);
    kernel.openStream = (path) => {
      const stream = open(path);
      const gone = () => {
        throw Object.assign(new Error('gone'), { code: 'ENODEV' });
      };
      return path.includes('cpu1') ? { ...stream, read: gone } : stream;
    };
    const capture = new RawCapture(top, layout);
    capture.open();
    expect(texts([...capture.drain()].flat())).toEqual(['a10']);
  });

  it('lets other errors through', () => {
    const { kernel, top } = setUp([]);
    const broken = () => {
      throw Object.assign(new Error('broken'), { code: 'EIO' });
    };
    kernel.openStream = () => ({ read: broken, readMany: broken, readAgain: broken, close() {} });
    const capture = new RawCapture(top, layout);
    capture.open();
    expect(() => capture.readRound()).toThrow('broken');
  });

  it('closes every stream, so that the tracer can change again', () => {
    const { top, capture } = setUp([]);
    expect(() => top.write('current_tracer', 'function')).toThrow(/EBUSY/);
    capture.close();
    top.write('current_tracer', 'function');
  });

  it('closes what it has opened when one CPU cannot be opened', () => {
    const { kernel, top, capture } = setUp([]);
    capture.close();
    kernel.failOpen((path) => path.includes('cpu1/trace_pipe_raw'), 'EMFILE');
    const second = new RawCapture(top, layout);
    expect(() => second.open()).toThrow(/EMFILE/);
    second.close();
    top.write('current_tracer', 'function');
  });
});
