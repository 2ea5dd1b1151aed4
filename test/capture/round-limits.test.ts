/** Rounds of reading that may only do so much: what comes beyond is counted, and every page goes to who wants pages. */

import { describe, expect, it } from 'vitest';
import { RawCapture, type RawCaptureOptions } from '../../src/capture/raw-capture.ts';
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
const base = 100_000_000_000n;
const never = Number.POSITIVE_INFINITY;

/** A full page of 300 records of event 7 and one of event 9, a ns apart from `start`. */
function page(start: number): Uint8Array {
  const writer = new SubBufferWriter(layout, base + BigInt(start));
  for (let index = 0; index < 301; index += 1) {
    writer.record(index === 0 ? 0 : 1, String.fromCharCode(index === 300 ? 9 : 7, 0, 0, 0, 0, 0, 0, 0));
  }
  return writer.done();
}

function open(cpus: Uint8Array[][], options: RawCaptureOptions = {}) {
  const pages = cpus.map((each) => each.map((bytes) => ({ atMs: 0, bytes })));
  const kernel = new SimulatedKernel(fixture, { playback: { cpus: pages }, clock: () => 0 });
  const { top } = new Tracefs(kernel, root);
  const capture = new RawCapture(top, layout, undefined, options);
  capture.open();
  top.write('events/sched/sched_switch/enable', '1');
  return capture;
}

const count = (items: readonly { readonly kind: string }[], kind: string) =>
  items.filter((item) => item.kind === kind).length;

describe('a round with a limit of records', () => {
  it('counts the rest by event, and says at each CPU how many were left out', () => {
    const capture = open([[page(0), page(1_000), page(2_000)], [page(500)]]);
    const items = [...capture.readRound({ records: 1, untilMs: never }), ...[...capture.drain()].flat()];
    expect(count(items, 'record')).toBe(301);
    const lost = items.filter((item) => item.kind === 'lost');
    expect(lost.every((item) => item.skipped === true && item.count === 301)).toBe(true);
    expect(lost).toHaveLength(3);
    expect(capture.takeSkipped()).toEqual(
      new Map([
        [7, 900],
        [9, 3],
      ]),
    );
    expect(capture.takeSkipped()).toEqual(new Map());
    expect(items.map(({ time }) => time)).toEqual(items.map(({ time }) => time).toSorted((a, b) => a - b));
  });

  it('begins with another CPU each time', () => {
    const shown = new Set<number>();
    const capture = open([
      [page(0), page(1_000)],
      [page(500), page(1_500)],
    ]);
    for (let round = 0; round < 2; round += 1) {
      for (const item of capture.readRound({ records: 1, untilMs: never })) {
        if (item.kind === 'record') shown.add(item.cpu);
      }
    }
    for (const item of [...capture.drain()].flat()) if (item.kind === 'record') shown.add(item.cpu);
    expect(shown.size).toBeGreaterThan(0);
  });
});

describe('a round whose time is over', () => {
  it('leaves the rest to the next one', () => {
    const capture = open([[page(0)], [page(500)]]);
    expect(capture.readRound({ records: never, untilMs: 0 })).toEqual([]);
    expect([capture.overloaded, capture.isBehind]).toEqual([true, true]);
    expect(count([...capture.drain()].flat(), 'record')).toBe(602);
    expect(capture.isBehind).toBe(false);
  });
});

describe('pages', () => {
  it('are all handed over as they are read, whether shown or counted', () => {
    const pages: [cpu: number, records: number, bytes: Uint8Array][] = [];
    const capture = open([[page(0), page(1_000)], [page(500)]], {
      onPage: (cpu, bytes, records) => pages.push([cpu, records, bytes.slice()]),
    });
    capture.readRound({ records: 1, untilMs: never });
    expect(pages.map(([cpu, records]) => [cpu, records]).sort()).toEqual([
      [0, 301],
      [0, 301],
      [1, 301],
    ]);
    expect(pages.every(([, , bytes]) => bytes.length === layout.subBufferSize)).toBe(true);
    const first = page(500);
    expect(pages.find(([cpu]) => cpu === 1)![2].subarray(0, first.length)).toEqual(first);
  });
});

describe('an origin', () => {
  it('is shared by captures, whichever reads first', () => {
    const origin = { value: undefined };
    const [early, late] = [open([[page(0)]], { origin }), open([[page(20_000_000)]], { origin })];
    const [item] = [...late.drain()].flat();
    expect([...early.drain()].flat()[0]!.time).toBe(item!.time - 20_000_000);
    expect(early.origin).toBe(late.origin);
  });
});
