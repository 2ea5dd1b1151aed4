import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openByteSource } from '../../src/recording/files.ts';
import { readRecordingInfo } from '../../src/recording/recording-info.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';

function infoOf(name: string) {
  const source = openByteSource(join(import.meta.dirname, '../recordings', name));
  try {
    return readRecordingInfo(new TraceDat(source));
  } finally {
    source.close();
  }
}

describe('what a recording says of itself', () => {
  it('tells a clock that counts from one that tells time', () => {
    const { clock, buffers } = infoOf('6.12-clocks.dat');
    expect(clock).toBe('x86-tsc');
    expect(buffers.map(({ name, timeIsNanoseconds }) => [name, timeIsNanoseconds])).toEqual([
      ['', false],
      ['two', false],
      ['one', false],
    ]);
    expect(infoOf('6.1-probes.dat').buffers[0]!.timeIsNanoseconds).toBe(true);
  });

  it('names the first and the last record, and what the recorder counted', () => {
    const [top] = infoOf('6.1-probes.dat').buffers;
    expect(top).toMatchObject({ begin: 190591605829n, end: 192895632362n, events: 430, lost: 0 });
  });
});
