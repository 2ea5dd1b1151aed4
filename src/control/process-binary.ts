/**
 * The very file that a process maps, for `-p PID`: also where the process lives in another mount namespace (a container)
 * or a chroot, and where the file was deleted or replaced since. uprobes belong to files (inodes), so a file of the same
 * name elsewhere would never be hit. Mirrors proc(5): maps, root, map_files.
 */

import { basename } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { type FoundBinary, fileIdentity, findBinary } from '../symbols/files.ts';
import { newestLibraryName } from '../symbols/ld-cache.ts';
import { type MemoryMapping, parseProcessMaps } from '../symbols/process-maps.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { readTextIfThere } from '../tracefs/processes.ts';

/** A file of each process, one for each different file; without processes what `word` means to whoever runs ftui. */
export function findTargetBinaries(kernel: KernelFiles, word: string, pids: readonly number[]): FoundBinary[] {
  if (pids.length === 0) return [findBinary(word)];
  const found = new Map<string, FoundBinary>();
  for (const pid of pids) {
    const binary = findProcessBinary(kernel, word, pid);
    const key = fileIdentity(binary.path) ?? binary.path;
    if (!found.has(key)) found.set(key, binary);
  }
  return [...found.values()];
}

/** Throws UsageError when `word` is neither a file that the process maps nor one at all. */
function findProcessBinary(kernel: KernelFiles, word: string, pid: number): FoundBinary {
  const mappings = parseProcessMaps(readTextIfThere(kernel, `/proc/${pid}/maps`));
  const files = mappings.filter(({ executable, path }) => executable && path.startsWith('/'));
  const own = findQuietly(word);
  const wanted = own === undefined ? undefined : fileIdentity(own.path);
  const isWanted = (mapping: MemoryMapping): boolean =>
    wanted !== undefined && identityOf(pid, mapping) === wanted && !mapping.isDeleted;
  // A path may be meant as the process itself would write it.
  const inside = word.startsWith('/') ? fileIdentity(`/proc/${pid}/root${word}`) : undefined;
  const mapping =
    files.find(isWanted) ??
    files.find((it) => inside !== undefined && identityOf(pid, it) === inside) ??
    files.find(({ path }) => isCalled(path, word, own)) ??
    interpreterOf(kernel, pid, files, own);
  if (mapping === undefined) return notMapped(word, pid, files);
  return whereItIs(pid, mapping, own);
}

/** What runs a script, where that is another program than the script's first line leads to here. */
function interpreterOf(
  kernel: KernelFiles,
  pid: number,
  files: readonly MemoryMapping[],
  own: FoundBinary | undefined,
): MemoryMapping | undefined {
  const isScript = own !== undefined && own.notes.length > 0;
  if (!isScript) return undefined;
  try {
    const program = kernel.readLink(`/proc/${pid}/exe`);
    return files.find(({ path, isDeleted }) => program === (isDeleted ? `${path} (deleted)` : path));
  } catch {
    // The process has gone, or is not ours to look at.
    return undefined;
  }
}

/** As the user's own namespace has it; there may be no such file. */
function findQuietly(word: string): FoundBinary | undefined {
  try {
    return findBinary(word);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** What identifies the mapped file, also where its path leads elsewhere. */
function identityOf(pid: number, mapping: MemoryMapping): string | undefined {
  return fileIdentity(mapFile(pid, mapping)) ?? fileIdentity(`/proc/${pid}/root${mapping.path}`);
}

/** The kernel's link to a mapping's own file; only root may follow it. */
function mapFile(pid: number, { start, end }: MemoryMapping): string {
  return `/proc/${pid}/map_files/${start.toString(16)}-${end.toString(16)}`;
}

function isCalled(path: string, word: string, own: FoundBinary | undefined): boolean {
  if (word.includes('/')) return path === word || path === own?.path || path.endsWith(`/${word.replace(/^\.\//, '')}`);
  const name = basename(path);
  if (name === word || (own !== undefined && name === basename(own.path))) return true;
  return /^lib|\.so(\.|$)/.test(word) && newestLibraryName([name], word) !== undefined;
}

function whereItIs(pid: number, mapping: MemoryMapping, own: FoundBinary | undefined): FoundBinary {
  const { path } = mapping;
  const mapped = fileIdentity(mapFile(pid, mapping));
  const isInterpreter = own !== undefined && own.notes.length > 0 && basename(own.path) !== basename(path);
  const notes = isInterpreter ? [`process ${pid} runs the script by ${path}, which is probed`] : (own?.notes ?? []);
  const inRoot = `/proc/${pid}/root${path}`;
  const isThere = (file: string): boolean => {
    const identity = fileIdentity(file);
    return identity !== undefined && (mapped === undefined ? !mapping.isDeleted : identity === mapped);
  };
  if (mapped === undefined && mapping.isDeleted) throw notReadable(pid, path);
  if (isThere(path) && (mapped !== undefined || fileIdentity(inRoot) === fileIdentity(path))) return { path, notes };
  if (isThere(inRoot)) {
    const note = `process ${pid} has its own file system: its ${path} is probed, not the one here`;
    return { path: inRoot, notes: [...notes, note], mappedPath: path };
  }
  if (mapped === undefined) throw notReadable(pid, path);
  const note = `${path} was deleted or replaced since process ${pid} started: what the process still runs is probed`;
  return { path: mapFile(pid, mapping), notes: [...notes, note], mappedPath: path };
}

function notReadable(pid: number, path: string): UsageError {
  const why = `${path}, which process ${pid} runs, was deleted or is out of reach`;
  return new UsageError({ attempted: `probing ${path}`, why, remedy: 'run ftui as root, or restart the process' });
}

/** It may map the file later (a library that is loaded on demand): the probe waits for that. */
function notMapped(word: string, pid: number, files: readonly MemoryMapping[]): FoundBinary {
  const found = findBinary(word);
  if (files.length === 0) return found;
  const note = `process ${pid} has not mapped ${found.path}: hits come only if it does so later`;
  return { ...found, notes: [...found.notes, note] };
}
