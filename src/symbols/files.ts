/**
 * The only file of this folder that touches the disk: finds the binary that a word on the command line means, opens ELF
 * files, and finds their separate debug files where distributions put them.
 */

import { closeSync, openSync, readdirSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { errnoOf, NotPermittedError, UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { ByteSource } from './byte-source.ts';
import { ElfFile } from './elf.ts';
import { type ElfMachine, recogniseProgram } from './elf-layout.ts';
import { findLibrary, newestLibraryName, parseLibraryCache } from './ld-cache.ts';
import type { UprobeBinary } from './uprobe-binary.ts';

export interface FoundBinary {
  /** Absolute, without symbolic links: what the kernel shows in maps and takes in uprobe_events. */
  readonly path: string;
  /** What the user should know about how the word was taken. */
  readonly notes: readonly string[];
  /** As the process that it was found by has it in its maps, where that is another path. */
  readonly mappedPath?: string | undefined;
}

interface FindOptions {
  /** Folders separated by `:`; $PATH. */
  readonly path?: string | undefined;
  /** Machine whose libraries are meant; this one by default. */
  readonly machine?: ElfMachine;
  /** Root of the file system to look in (tests). */
  readonly root?: string;
}

const libraryFolders = ['/lib64', '/usr/lib64', '/lib', '/usr/lib', '/usr/local/lib'];
const triplets: Readonly<Partial<Record<ElfMachine, string>>> = {
  'x86-64': 'x86_64-linux-gnu',
  i386: 'i386-linux-gnu',
  aarch64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
};
const machinesOfNode: Readonly<Record<string, ElfMachine>> = {
  x64: 'x86-64',
  arm64: 'aarch64',
  ia32: 'i386',
  arm: 'arm',
};
/** As many interpreters of interpreters as the kernel follows. */
const deepestScript = 4;

/** The machine that this program runs on. */
export function ownMachine(): ElfMachine {
  return machinesOfNode[process.arch] ?? 'machine 0';
}

/**
 * The file that `word` means: a path, a program in $PATH, or a library (`libc`, `libc.so.6`). A script gives its
 * interpreter. Throws UsageError when there is none or it is no ELF file, NotPermittedError when it cannot be read.
 */
export function findBinary(word: string, options: FindOptions = {}): FoundBinary {
  const attempted = `looking for the binary '${word}'`;
  if (word === '') throw new UsageError({ attempted, why: 'the name is empty', remedy: 'give a path or a name' });
  const path = word.includes('/') ? resolve(word) : (findInPath(word, options) ?? findLibraryFile(word, options));
  if (path === undefined) throw new UsageError({ attempted, ...whyNotFound(word, options) });
  return followScripts(path, attempted, options, 0);
}

function followScripts(path: string, attempted: string, options: FindOptions, depth: number): FoundBinary {
  const real = realPath(path, attempted);
  const head = readHead(real, attempted);
  const kind = recogniseProgram(head);
  if (kind === 'elf') return { path: real, notes: [] };
  const interpreter = kind === 'script' && depth < deepestScript ? parseInterpreter(head, options) : undefined;
  if (interpreter === undefined) {
    const why =
      kind === 'script' ? `${real} is a script whose interpreter was not found` : `${real} is not an ELF file`;
    throw new UsageError({ attempted, why, remedy: 'name a program or a shared library' });
  }
  const found = followScripts(interpreter, attempted, options, depth + 1);
  const note = `${path} is a script: the probe goes into its interpreter ${found.path}, whatever script that runs`;
  return { path: found.path, notes: [note, ...found.notes.slice(1)] };
}

/** The program behind `#!`; through env(1), the one that it would look up. */
function parseInterpreter(head: Uint8Array, options: FindOptions): string | undefined {
  const [line] = Buffer.from(head).toString('utf8', 2).split('\n');
  const words = line!.trim().split(/\s+/);
  const program = words[0]!;
  if (basename(program) !== 'env') return program === '' ? undefined : program;
  const name = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
  return name === undefined ? program : name.includes('/') ? name : findInPath(name, options);
}

function realPath(path: string, attempted: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw unreadable(path, attempted, cause);
  }
}

function readHead(path: string, attempted: string): Uint8Array {
  if (!isFile(path)) {
    const why = statSync(path).isDirectory() ? `${path} is a directory` : `${path} is not a regular file`;
    throw new UsageError({ attempted, why, remedy: 'name a program or a shared library' });
  }
  try {
    return new FileSource(path).read(0, 256);
  } catch (cause) {
    throw unreadable(path, attempted, cause);
  }
}

function unreadable(path: string, attempted: string, cause: unknown): Error {
  const code = errnoOf(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new UsageError({ attempted, why: `${path} does not exist`, remedy: 'give a path or a name', cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new NotPermittedError({ attempted, why: `${path} may not be read`, remedy: 'run ftui as root', cause });
  }
  return new UsageError({ attempted, why: `${path} cannot be read: ${code ?? String(cause)}`, cause });
}

function pathFolders({ path = process.env.PATH, root = '' }: FindOptions): string[] {
  return (path ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => join(root, folder));
}

function findInPath(word: string, options: FindOptions): string | undefined {
  return pathFolders(options)
    .map((folder) => join(folder, word))
    .find(isFile);
}

/** Device and inode: the same for two paths that lead to one file; undefined when there is none, or none to be seen. */
export function fileIdentity(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    // What cannot be reached is the same file as nothing.
    return undefined;
  }
}

/** Whether there is a plain file, also by way of links. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The library by ld.so.cache, else in the usual folders, where musl's are too. */
function findLibraryFile(word: string, { machine = ownMachine(), root = '' }: FindOptions): string | undefined {
  if (!/^lib|\.so(\.|$)/.test(word)) return undefined;
  const cached = findLibrary(parseLibraryCache(readIfThere(`${root}/etc/ld.so.cache`)), word, machine);
  if (cached !== undefined && isFile(root + cached.path)) return root + cached.path;
  for (const folder of foldersOfLibraries(machine, root)) {
    const name = newestLibraryName(namesIn(folder), word);
    if (name !== undefined) return join(folder, name);
    const musl = word === 'libc' ? namesIn(folder).find((file) => /^ld-musl-.*\.so\.1$/.test(file)) : undefined;
    if (musl !== undefined) return join(folder, musl);
  }
  return undefined;
}

function foldersOfLibraries(machine: ElfMachine, root: string): string[] {
  const triplet = triplets[machine];
  const own = triplet === undefined ? [] : [`/lib/${triplet}`, `/usr/lib/${triplet}`];
  return [...own, ...libraryFolders].map((folder) => root + folder);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that is not there, or not ours to read, holds nothing that could be probed.
    return [];
  }
}

function readIfThere(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch {
    // musl has no cache: the folders are searched instead.
    return new Uint8Array(0);
  }
}

function whyNotFound(word: string, options: FindOptions): { why: string; remedy: string } {
  const why = 'there is no such program in $PATH, nor a library of this name';
  if (isFile(resolve(word))) return { why, remedy: `for the file in this folder write ./${word}` };
  const nearest = nearestNames(word, pathFolders(options).flatMap(namesIn));
  return { why, remedy: nearest.length > 0 ? `did you mean ${nearest.join(', ')}?` : 'give its path' };
}

/** Reads a file by position; it is open only during a read, so that nothing needs closing. */
class FileSource implements ByteSource {
  readonly size: number;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    this.size = statSync(path).size;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    const file = openSync(this.#path, 'r');
    try {
      let filled = 0;
      while (filled < bytes.length) {
        const count = readSync(file, bytes, filled, bytes.length - filled, offset + filled);
        if (count === 0) break;
        filled += count;
      }
      return bytes.subarray(0, filled);
    } finally {
      closeSync(file);
    }
  }
}

/** Opens an ELF file; only its headers are read now. Throws as findBinary does. */
export function readElf(path: string): ElfFile {
  const attempted = `reading ${path}`;
  try {
    return new ElfFile(new FileSource(path), path);
  } catch (cause) {
    throw cause instanceof UsageError ? cause : unreadable(path, attempted, cause);
  }
}

/** The binary at `path` with its debug file, where one is installed. */
export function readUprobeBinary(path: string, root = ''): UprobeBinary {
  const elf = readElf(path);
  const debug = elf.symtab === undefined ? findDebugFile(elf, path, root) : undefined;
  return { elf, debug: debug === undefined ? undefined : readElf(debug) };
}

/**
 * The separate debug file of `elf`: by build id under /usr/lib/debug/.build-id, else by .gnu_debuglink next to the
 * file, in its folder .debug, or under /usr/lib/debug. One that was made for another build is not taken.
 */
export function findDebugFile(elf: ElfFile, path: string, root = ''): string | undefined {
  const { buildId, debugLink } = elf;
  const folder = dirname(path);
  const byId =
    buildId === undefined ? [] : [`${root}/usr/lib/debug/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`];
  const byLink =
    debugLink === undefined
      ? []
      : [folder, join(folder, '.debug'), join(root, '/usr/lib/debug', folder)].map((it) => join(it, debugLink.name));
  return [...byId, ...byLink].find((file) => file !== path && isFile(file) && isDebugFileOf(elf, file));
}

function isDebugFileOf(elf: ElfFile, file: string): boolean {
  try {
    const debug = readElf(file);
    if (elf.buildId !== undefined && debug.buildId !== undefined) return elf.buildId === debug.buildId;
    return elf.debugLink !== undefined && crc32(readFileSync(file)) === elf.debugLink.crc;
  } catch {
    // A debug file that cannot be read adds no names, and none are promised.
    return false;
  }
}
