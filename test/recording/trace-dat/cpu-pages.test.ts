import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type ByteSource, byteSourceOf } from '../../../src/recording/files.ts';
import { openCpuPages } from '../../../src/recording/trace-dat/cpu-pages.ts';

const pageSize = 4096;
const pagesPerChunk = 10;
const chunkCount = 300;

/** Chunks of ten pages; each page begins with its number, and the rest of it does not shrink. */
function chunkedSource(): ByteSource {
  let seed = 1;
  const pages = Array.from({ length: chunkCount * pagesPerChunk }, (_, index) => {
    const page = Buffer.alloc(pageSize);
    for (let at = 8; at < 1024; at += 1) {
      seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
      page[at] = seed >>> 24;
    }
    page.writeUInt32LE(index, 0);
    return page;
  });
  const parts = [u32(chunkCount)];
  for (let first = 0; first < pages.length; first += pagesPerChunk) {
    const block = deflateSync(Buffer.concat(pages.slice(first, first + pagesPerChunk)));
    parts.push(u32(block.length), u32(pageSize * pagesPerChunk), block);
  }
  return byteSourceOf(Buffer.concat(parts));
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** The pages of a source, and how many bytes were read since resetting `asked.bytes`. */
function openCounted(source: ByteSource) {
  const asked = { bytes: 0, reads: 0 };
  const counting: ByteSource = {
    ...source,
    read: (target, offset) => {
      asked.bytes += target.length;
      asked.reads += 1;
      return source.read(target, offset);
    },
  };
  const place = { cpu: 0, offset: 0, size: source.size(), isCompressed: true };
  const file = { pageSize, littleEndian: true, compression: 'zlib' } as const;
  const pages = openCpuPages(counting, place, file, (why) => expect.fail(why));
  Object.assign(asked, { bytes: 0, reads: 0 });
  return { pages, asked };
}

describe('pages in compressed chunks', () => {
  const source = chunkedSource();
  const numberIn = (bytes: Uint8Array) => Buffer.from(bytes).readUInt32LE();

  it('are found by number', () => {
    const { pages } = openCounted(source);
    expect(pages.count).toBe(chunkCount * pagesPerChunk);
    for (const index of [2999, 0, 1234, 1229, 1230]) {
      const { bytes, first } = pages.blockAt(index);
      expect(numberIn(bytes.subarray((index - first) * pageSize))).toBe(index);
      const head = new Uint8Array(16);
      expect(pages.readHead(index, head) && numberIn(head)).toBe(index);
    }
  });

  it('cost one chunk where one head is wanted, and nothing for the other heads of it', () => {
    const { pages, asked } = openCounted(source);
    const head = new Uint8Array(16);
    for (const index of [1503, 707, 1509, 700, 1500]) expect(pages.readHead(index, head) && numberIn(head)).toBe(index);
    expect(asked.reads).toBe(2);
    expect(asked.bytes).toBeLessThan(2 * 40_960);
  });

  it('are read many at a time where they are read in order', () => {
    const { pages, asked } = openCounted(source);
    for (let index = 0; index < pages.count; index += 1) pages.blockAt(index);
    expect(asked.reads).toBeLessThan(chunkCount / 10);
    expect(asked.bytes).toBeLessThan(source.size() * 1.2);
  });

  it('are all found again when there are more than are remembered', () => {
    const { pages } = openCounted(source);
    const head = new Uint8Array(16);
    for (const round of [0, 1])
      for (let index = round; index < pages.count; index += 3)
        expect(pages.readHead(index, head) && numberIn(head)).toBe(index);
  });
});
