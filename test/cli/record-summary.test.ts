/** What a recording says of itself. */
import { describe, expect, it } from 'vitest';
import { formatBytes, formatProgress, formatRecordSummary, jsonRecordSummary } from '../../src/cli/record-summary.ts';
import type { RecordResult } from '../../src/session/record-session.ts';

const progress = { bytes: 47_800_000, keptBytes: 47_800_000, lost: 0, unwritten: 0, records: 0 };
const result: RecordResult = {
  reason: 'command',
  file: { path: 'trace.dat', size: 50_000_000, problems: [] },
  folder: 'trace.dat.part',
  failure: undefined,
  records: 12_345,
  lost: [],
  unsaved: 0,
  progress,
  wallMs: 1_388,
  command: { code: 0, signal: null },
};

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1 KB'],
    [47_812_345, '47.8 MB'],
    [5.2e12, '5.2 TB'],
    [5e16, '50000 TB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatProgress', () => {
  const growth = { rate: 4_200_000, freeBytes: 8_820_000_000 };
  it('tells size, rate, loss and when the disk will be full', () =>
    expect(formatProgress('a.dat', progress, 12_000, growth)).toBe(
      'a.dat: 47.8 MB in 12 s, 4.2 MB/s, 0 lost, disk full in 35 min',
    ));
  it('leaves that out where only the newest is kept, or the disk is far from full', () => {
    const newest = { ...progress, keptBytes: 10_000_000, lost: 7 };
    expect(formatProgress('a.dat', newest, 12_000, growth)).toBe('a.dat: 10 MB of 47.8 MB in 12 s, 4.2 MB/s, 7 LOST');
    expect(formatProgress('a.dat', progress, 12_000, { rate: 1, freeBytes: 1e9 })).not.toContain('full');
    expect(formatProgress('a.dat', progress, 12_000, { rate: 1e6, freeBytes: undefined })).not.toContain('full');
  });
});

describe('the end of a recording', () => {
  it('is one line', () =>
    expect(formatRecordSummary(result, 'trace.dat')).toBe(
      'recorded 12345 events in 1.388 s to trace.dat: 50 MB, 0 lost',
    ));

  it('names losses by buffer and CPU, and what was dropped', () => {
    const lost = [
      { buffer: '', cpu: 0, count: 3 },
      { buffer: 'two', cpu: 1, count: 4 },
    ];
    const kept = { ...progress, keptBytes: 4_000_000 };
    expect(formatRecordSummary({ ...result, lost, records: 1, progress: kept }, 'trace.dat')).toBe(
      'recorded 1 event in 1.388 s to trace.dat: 50 MB (the newest 4 MB of 47.8 MB), 7 LOST (cpu 0: 3, two cpu 1: 4)',
    );
  });

  it('is a JSON object where asked', () => {
    expect(JSON.parse(jsonRecordSummary(result, ['note']))).toEqual({
      type: 'recording',
      ended: 'command',
      file: 'trace.dat',
      size: 50_000_000,
      droppedBytes: 0,
      records: 12_345,
      lost: 0,
      lostByCpu: [],
      wall: 1_388_000_000,
      command: { code: 0, signal: null },
      notices: ['note'],
    });
    expect(JSON.parse(jsonRecordSummary({ ...result, file: undefined }, []))).toMatchObject({
      file: null,
      unfinished: 'trace.dat.part',
      size: 47_800_000,
    });
  });
});
