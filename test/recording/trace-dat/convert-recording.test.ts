import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/base/errors.ts';
import type { PageStreams } from '../../../src/recording/recording-metadata.ts';
import { convertRecording } from '../../../src/recording/trace-dat/convert-recording.ts';
import { decodeTraceDat } from './decode-trace-dat.ts';
import { bufferOf, makePages, makeTemporaryFolder, metadataOf, realPages, streamsOf } from './sample-recording.ts';

const streams: PageStreams = {
  metadata: metadataOf(),
  buffers: [streamsOf(bufferOf(''), { 0: realPages, 1: makePages(1, 40) })],
};
const zlib = { version: 7, compression: 'zlib' } as const;

describe('convertRecording', () => {
  it('writes the other form, 0600, and nothing beside it', () => {
    const folder = makeTemporaryFolder();
    const path = join(folder, 'out.dat');
    const written = convertRecording(streams, path, zlib);
    expect(written).toEqual({ size: statSync(path).size, problems: [] });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['out.dat']);
    const file = decodeTraceDat(readFileSync(path));
    expect(file.compression).toBe('zlib');
    expect(file.buffers[0]?.cpus[1]?.pages.equals(makePages(1, 40))).toBe(true);
  });

  it('overwrites with force only', () => {
    const path = join(makeTemporaryFolder(), 'out.dat');
    writeFileSync(path, 'precious');
    expect(() => convertRecording(streams, path, zlib)).toThrow(UsageError);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    convertRecording(streams, path, zlib, { force: true });
    expect(decodeTraceDat(readFileSync(path)).version).toBe(7);
  });

  it('leaves nothing behind when the source fails, and the old file as it was', () => {
    const folder = makeTemporaryFolder();
    const path = join(folder, 'out.dat');
    const pages = (): Iterable<Uint8Array> => {
      throw new Error('damaged');
    };
    const broken = { ...streams, buffers: [{ ...streams.buffers[0]!, cpus: [{ cpu: 0, pages }] }] };
    expect(() => convertRecording(broken, path, zlib)).toThrow('damaged');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });
});
