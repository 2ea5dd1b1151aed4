import { describe, expect, it } from 'vitest';
import { findLibrary, type LibraryEntry, newestLibraryName, parseLibraryCache } from '../../src/symbols/ld-cache.ts';

interface Sample {
  soname: string;
  path: string;
  flags: number;
  hardware?: bigint;
}

const samples: Sample[] = [
  { soname: 'libssl.so.3', path: '/lib/x/libssl.so.3', flags: 0x303 },
  { soname: 'libssl.so.1.1', path: '/lib/x/libssl.so.1.1', flags: 0x303 },
  { soname: 'libc.so.6', path: '/lib/x/glibc-hwcaps/libc.so.6', flags: 0x303, hardware: 2n ** 62n },
  { soname: 'libc.so.6', path: '/lib/x/libc.so.6', flags: 0x303 },
  { soname: 'libc.so.6', path: '/lib32/libc.so.6', flags: 0x003 },
  { soname: 'libcrypt.so.1', path: '/lib/x/libcrypt.so.1', flags: 0x303 },
];

function newFormat(entries: Sample[], bigEndian = false): Buffer {
  const strings = entries.flatMap(({ soname, path }) => [soname, path]).join('\0');
  const start = 48 + entries.length * 24;
  const bytes = Buffer.alloc(start + strings.length + 1);
  bytes.write(`glibc-ld.so.cache1.1`);
  const put = (at: number, value: number): void => {
    if (bigEndian) bytes.writeUInt32BE(value, at);
    else bytes.writeUInt32LE(value, at);
  };
  put(20, entries.length);
  put(24, strings.length + 1);
  bytes[28] = bigEndian ? 3 : 2;
  let text = start;
  entries.forEach(({ soname, path, flags, hardware = 0n }, index) => {
    const at = 48 + index * 24;
    put(at, flags);
    put(at + 4, text);
    put(at + 8, text + soname.length + 1);
    if (bigEndian) bytes.writeBigUInt64BE(hardware, at + 16);
    else bytes.writeBigUInt64LE(hardware, at + 16);
    text += soname.length + path.length + 2;
  });
  bytes.write(strings, start);
  return bytes;
}

function oldFormat(entries: Sample[]): Buffer {
  const strings = entries.flatMap(({ soname, path }) => [soname, path]).join('\0');
  const start = 16 + entries.length * 12;
  const bytes = Buffer.alloc(start + strings.length + 1);
  bytes.write('ld.so-1.7.0');
  bytes.writeUInt32LE(entries.length, 12);
  let text = 0;
  entries.forEach(({ soname, path, flags }, index) => {
    bytes.writeUInt32LE(flags, 16 + index * 12);
    bytes.writeUInt32LE(text, 20 + index * 12);
    bytes.writeUInt32LE(text + soname.length + 1, 24 + index * 12);
    text += soname.length + path.length + 2;
  });
  bytes.write(strings, start);
  return bytes;
}

/** The old header claims entries and no strings: the new format follows at the next multiple of 8. */
function combined(entries: Sample[]): Buffer {
  const old = oldFormat(entries).subarray(0, 16 + entries.length * 12);
  return Buffer.concat([old, Buffer.alloc((8 - (old.length % 8)) % 8), newFormat(entries)]);
}

const pathsOf = (entries: LibraryEntry[]): string[] => entries.map(({ path }) => path);
const expected = samples.map(({ path }) => path);

describe('parseLibraryCache', () => {
  it('reads all three layouts', () => {
    expect(pathsOf(parseLibraryCache(newFormat(samples)))).toEqual(expected);
    expect(pathsOf(parseLibraryCache(newFormat(samples, true)))).toEqual(expected);
    expect(pathsOf(parseLibraryCache(oldFormat(samples)))).toEqual(expected);
    expect(pathsOf(parseLibraryCache(combined(samples.slice(0, 5))))).toEqual(expected.slice(0, 5));
    expect(parseLibraryCache(newFormat(samples))[2]).toEqual({ ...samples[2] });
  });

  it('gives what can be read of a damaged cache', () => {
    expect(parseLibraryCache(newFormat(samples).subarray(0, 48 + 60))).toHaveLength(2);
    expect(parseLibraryCache(Buffer.from('something else'))).toEqual([]);
    expect(parseLibraryCache(new Uint8Array(0))).toEqual([]);
  });
});

describe('findLibrary', () => {
  const entries = parseLibraryCache(newFormat(samples));
  const pathOf = (word: string, machine: 'x86-64' | 'i386' = 'x86-64') => findLibrary(entries, word, machine)?.path;

  it('takes whole sonames and names without a version', () => {
    expect(pathOf('libc.so.6')).toBe('/lib/x/libc.so.6');
    expect(pathOf('libc')).toBe('/lib/x/libc.so.6');
    expect(pathOf('libssl')).toBe('/lib/x/libssl.so.3');
    expect(pathOf('libssl.so')).toBe('/lib/x/libssl.so.3');
    expect(pathOf('libssl.so.1.1')).toBe('/lib/x/libssl.so.1.1');
  });

  it('takes the library of the machine asked for', () => {
    expect(pathOf('libc', 'i386')).toBe('/lib32/libc.so.6');
    expect(pathOf('libssl', 'i386')).toBeUndefined();
    expect(pathOf('libcr')).toBeUndefined();
  });
});

describe('newestLibraryName', () => {
  it('compares versions as numbers', () => {
    expect(newestLibraryName(['libx.so.9', 'libx.so.10', 'libxy.so.11', 'libx.so.txt'], 'libx')).toBe('libx.so.10');
  });
});
