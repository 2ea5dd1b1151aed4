/** Whole sub-buffers out of the simulated kernel: what is read in a round, what waits, and what is counted. */
import { describe, expect, it } from 'vitest';
import { PageCapture } from '../../src/capture/page-capture.ts';
import { type PageLayout, parseHeaderPage } from '../../src/ring-buffer/page-layout.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { SubBufferWriter } from '../ring-buffer/sub-buffer-bytes.ts';
import { readFixture } from '../simulated/fixtures.ts';

const root = '/sys/kernel/tracing';
const fixture = readFixture('6.12');
const layout: PageLayout = parseHeaderPage(new SimulatedKernel(fixture).readText(`${root}/events/header_page`), {
  littleEndian: true,
});

function page(records: number, lost?: 'unknown' | number): Uint8Array {
  const writer = new SubBufferWriter(layout, 1_000n);
  for (let count = 0; count < records; count += 1) writer.record(1, 'text');
  return writer.done(lost);
}
/** A count of lost events takes room behind the records. */
const full = (lost?: 'unknown' | number) => page(lost === undefined ? 510 : 500, lost);
const sparse = (lost?: 'unknown' | number) => page(1, lost);

interface TimedPage {
  readonly atMs: number;
  readonly bytes: Uint8Array;
}
const soon = (bytes: Uint8Array): TimedPage => ({ atMs: 0, bytes });

function setUp(...cpus: TimedPage[][]) {
  const clock = { now: 0 };
  const kernel = new SimulatedKernel(fixture, { playback: { cpus }, clock: () => clock.now });
  const { top } = new Tracefs(kernel, root);
  const handed: { cpu: number; pages: number; bytes: Uint8Array }[] = [];
  const capture = new PageCapture([{ directory: top, subBufferSize: 4096 }], layout, {
    appendPages: (_buffer, cpu, bytes) => {
      handed.push({ cpu, pages: bytes.length / 4096, bytes: bytes.slice() });
    },
  });
  capture.open(0);
  top.write('events/sched/sched_switch/enable', '1');
  return { kernel, top, capture, clock, handed };
}

describe('PageCapture', () => {
  it('hands on whole sub-buffers as they are', () => {
    const pages = [full(), sparse()];
    const { capture, handed } = setUp(pages.map(soon), []);
    capture.drain();
    expect(handed).toEqual([{ cpu: 0, pages: 2, bytes: new Uint8Array(Buffer.concat(pages)) }]);
  });

  it('leaves hardly anything in the kernel for half a second, then takes it', () => {
    const { capture, handed } = setUp([soon(sparse())], []);
    expect(capture.readRound(20).bytes).toBe(0);
    expect(capture.readRound(499).bytes).toBe(0);
    expect(capture.readRound(500).bytes).toBe(4096);
    expect(handed).toHaveLength(1);
  });

  it('counts bytes and lost events by CPU, a mark without a count as one', () => {
    const { capture } = setUp([full(), full(17), full('unknown')].map(soon), [soon(full())]);
    capture.drain();
    expect(capture.counts()).toEqual([
      { bufferIndex: 0, cpu: 0, bytes: 3 * 4096, lost: 18 },
      { bufferIndex: 0, cpu: 1, bytes: 4096, lost: 0 },
    ]);
  });

  it('ends a turn after a few hardly filled sub-buffers, so that it does not chase its own reading', () => {
    const { capture, handed } = setUp(
      Array.from({ length: 20 }, () => soon(sparse())),
      [],
    );
    capture.readRound(1_000);
    expect(handed[0]!.pages).toBeLessThan(20);
    capture.drain();
    expect(handed.reduce((sum, { pages }) => sum + pages, 0)).toBe(20);
  });

  it('takes what is full with the next round, and what is being filled half a second later', () => {
    const { capture, clock } = setUp([soon(full()), { atMs: 10, bytes: full() }, { atMs: 10, bytes: sparse() }], []);
    expect(capture.readRound(20).bytes).toBe(4096);
    clock.now = 10;
    expect(capture.readRound(40).bytes).toBe(4096);
    expect(capture.readRound(530).bytes).toBe(0);
    expect(capture.readRound(540).bytes).toBe(4096);
  });

  it('gives each CPU its turn where one brings more than a turn may take', () => {
    const { capture, handed } = setUp(
      Array.from({ length: 3_000 }, () => soon(full())),
      [soon(full())],
    );
    const { bytes, isBehind } = capture.readRound(20);
    expect(bytes).toBeLessThan(3_001 * 4096);
    expect(isBehind).toBe(true);
    expect(handed.at(-1)).toMatchObject({ cpu: 1, pages: 1 });
    expect(capture.readRound(40).isBehind).toBe(false);
    capture.drain();
    expect(handed.reduce((sum, { pages }) => sum + pages, 0)).toBe(3_001);
  });

  it('passes on what the sink throws, and counts only what it took', () => {
    const { top } = setUp([soon(full())], []);
    const capture = new PageCapture([{ directory: top, subBufferSize: 4096 }], layout, {
      appendPages: () => {
        throw new Error('full');
      },
    });
    capture.open(0);
    expect(() => capture.drain()).toThrow('full');
    expect(capture.counts()[0]).toMatchObject({ bytes: 0 });
    capture.close();
    capture.close();
  });
});
