/** The binaries under fixtures/, built by fixtures/build.sh from the sources beside them, and files of bytes in memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteSource } from '../../src/symbols/byte-source.ts';
import { ElfFile } from '../../src/symbols/elf.ts';

export function fixtureBytes(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(fixturePath(name)));
}

export function fixturePath(name: string): string {
  return join(import.meta.dirname, 'fixtures', name);
}

export function openFixture(name: string): ElfFile {
  return elfOf(fixtureBytes(name), name);
}

export function elfOf(bytes: Uint8Array, name = 'test'): ElfFile {
  return new ElfFile(sourceOfBytes(bytes), name);
}

function sourceOfBytes(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length)),
  };
}

/** Line (from 1) of the first line of a source that holds `text`. */
export function lineOf(source: string, text: string): number {
  const lines = readFileSync(fixturePath(source), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}
