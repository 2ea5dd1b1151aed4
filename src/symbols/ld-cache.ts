/**
 * /etc/ld.so.cache: which file a library name stands for. Mirrors glibc's dl-cache.h: the old format
 * (`ld.so-1.7.0`, entries of 12 bytes), the new one (`glibc-ld.so.cache1.1`, entries of 24), and the old with the new
 * behind it.
 */

import type { ElfMachine } from './elf-layout.ts';
import { textAt } from './elf-layout.ts';

export interface LibraryEntry {
  readonly soname: string;
  readonly path: string;
  /** Low byte 3: for glibc; next byte: the machine. */
  readonly flags: number;
  /** Not zero where the library is for processors with certain abilities only. */
  readonly hardware: bigint;
}

const oldMagic = 'ld.so-1.7.0';
const newMagic = 'glibc-ld.so.cache1.1';
const oldHeader = { magic: 12, size: 16, entry: 12 };
const newHeader = { size: 48, entry: 24, endianAt: 28 };

/** The entries in the loader's order; a damaged cache gives those that can be read, other bytes give none. */
export function parseLibraryCache(bytes: Uint8Array): LibraryEntry[] {
  const start = newFormatStart(bytes);
  return start === undefined ? parseOldEntries(bytes) : parseNewEntries(bytes.subarray(start));
}

function textHere(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length)).toString('latin1');
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The new format starts the file, or follows the old entries at the next multiple of 8. */
function newFormatStart(bytes: Uint8Array): number | undefined {
  if (textHere(bytes, 0, newMagic.length) === newMagic) return 0;
  if (!isOld(bytes)) return undefined;
  const end = oldHeader.size + viewOf(bytes).getUint32(oldHeader.magic, true) * oldHeader.entry;
  const start = (end + 7) & ~7;
  return textHere(bytes, start, newMagic.length) === newMagic ? start : undefined;
}

function isOld(bytes: Uint8Array): boolean {
  return bytes.length >= oldHeader.size && textHere(bytes, 0, oldMagic.length) === oldMagic;
}

function parseNewEntries(bytes: Uint8Array): LibraryEntry[] {
  if (bytes.length < newHeader.size) return [];
  const view = viewOf(bytes);
  // 3 says big-endian; older caches say nothing and are this machine's own.
  const isLittle = (bytes[newHeader.endianAt]! & 3) !== 3;
  const count = view.getUint32(newMagic.length, isLittle);
  const entries: LibraryEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = newHeader.size + index * newHeader.entry;
    if (at + newHeader.entry > bytes.length) break;
    entries.push({
      soname: textAt(bytes, view.getUint32(at + 4, isLittle)),
      path: textAt(bytes, view.getUint32(at + 8, isLittle)),
      flags: view.getUint32(at, isLittle),
      hardware: view.getBigUint64(at + 16, isLittle),
    });
  }
  return entries;
}

function parseOldEntries(bytes: Uint8Array): LibraryEntry[] {
  if (!isOld(bytes)) return [];
  const view = viewOf(bytes);
  const count = view.getUint32(oldHeader.magic, true);
  const strings = oldHeader.size + count * oldHeader.entry;
  const entries: LibraryEntry[] = [];
  for (let at = oldHeader.size; at + oldHeader.entry <= Math.min(strings, bytes.length); at += oldHeader.entry) {
    entries.push({
      soname: textAt(bytes, strings + view.getUint32(at + 4, true)),
      path: textAt(bytes, strings + view.getUint32(at + 8, true)),
      flags: view.getUint32(at, true),
      hardware: 0n,
    });
  }
  return entries;
}

/** The second byte of the flags; machines not listed take any entry. */
const machineFlags: Readonly<Record<string, readonly number[]>> = {
  'x86-64': [0x0300],
  i386: [0x0000],
  aarch64: [0x0a00],
  arm: [0x0000, 0x0900, 0x0b00],
};

/**
 * The entry that `word` names on `machine`: a whole soname (`libc.so.6`), else a name without its version (`libc`,
 * `libssl.so`), where the newest version wins. Builds for special processors come last.
 */
export function findLibrary(
  entries: readonly LibraryEntry[],
  word: string,
  machine: ElfMachine,
): LibraryEntry | undefined {
  const wantedFlags = machineFlags[machine];
  const usable = entries.filter(({ flags }) => wantedFlags?.includes(flags & 0xff00) ?? true);
  const best = newestLibraryName(
    usable.map(({ soname }) => soname),
    word,
  );
  const same = usable.filter(({ soname }) => soname === best);
  return same.find(({ hardware }) => hardware === 0n) ?? same[0];
}

/** Of library file names the one that `word` means; undefined when none does. */
export function newestLibraryName(names: readonly string[], word: string): string | undefined {
  if (names.includes(word)) return word;
  const stem = word.endsWith('.so') ? word : `${word}.so`;
  const versions = names.filter((name) => name === stem || /^\.[0-9.]+$/.test(name.slice(stem.length)));
  return versions
    .filter((name) => name.startsWith(stem))
    .sort(compareVersions)
    .at(-1);
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
