/** Where an export goes: standard output, or a file that appears under its name when it is whole. */

import { once } from 'node:events';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, FtuiError, UsageError } from '../base/errors.ts';

interface ExportTarget {
  /** undefined is standard output. */
  readonly path: string | undefined;
  /** Whether a file of that name may be replaced. */
  readonly force: boolean;
}

/** Writes all blocks. Nothing is left behind when making them fails; a reader that has gone away ends it quietly. */
export async function writeExport(blocks: Iterable<Uint8Array>, { path, force }: ExportTarget): Promise<void> {
  if (path === undefined || path === '-') await writeToStandardOutput(blocks);
  else writeToFile(blocks, path, force);
}

/** Says so before anything is read when the file may not be written. */
export function checkExportTarget({ path, force }: ExportTarget): void {
  if (path === undefined || path === '-') return;
  if (!existsSync(dirname(path))) {
    throw new UsageError({ attempted: `writing ${path}`, why: `there is no folder ${dirname(path)}` });
  }
  if (existsSync(path) && !force) throw alreadyThere(path);
}

/** A recording holds other people's data: so does what comes of it, and the file is the user's alone. */
function writeToFile(blocks: Iterable<Uint8Array>, path: string, force: boolean): void {
  const temporary = `${path}.${process.pid}.part`;
  const fd = attempt(path, () => openSync(temporary, 'wx', 0o600));
  let isOpen = true;
  try {
    for (const block of blocks) attempt(path, () => writeWhole(fd, block));
    attempt(path, () => fsyncSync(fd));
    closeSync(fd);
    isOpen = false;
    if (!force && existsSync(path)) throw alreadyThere(path);
    attempt(path, () => renameSync(temporary, path));
  } catch (error) {
    if (isOpen) closeSync(fd);
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

async function writeToStandardOutput(blocks: Iterable<Uint8Array>): Promise<void> {
  const { stdout } = process;
  let failure: Error | undefined;
  stdout.on('error', (error) => {
    failure ??= error;
  });
  for (const block of blocks) {
    if (failure !== undefined) break;
    if (!stdout.write(block)) await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => {});
  }
  if (stdout.writableLength > 0 && failure === undefined) {
    await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  }
  if (failure !== undefined && errnoOf(failure) !== 'EPIPE') throw writeFailure('standard output', failure);
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw writeFailure(path, cause);
  }
}

function writeFailure(name: string, cause: unknown): FtuiError {
  const code = errnoOf(cause);
  const remedy = code === 'ENOSPC' ? 'the disk is full' : undefined;
  return new FtuiError({ attempted: `writing ${name}`, why: code ?? String(cause), remedy, cause });
}

function alreadyThere(path: string): UsageError {
  return new UsageError({ attempted: `writing ${path}`, why: 'it is there already', remedy: '--force replaces it' });
}
