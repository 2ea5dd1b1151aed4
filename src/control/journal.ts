/**
 * The journal: the undo list of one session, on disk before the session's first write. /run/ftui/PID.json for a session
 * in an own instance, /run/ftui/top-level.json for the one session that may use the top level. A journal whose owner is
 * gone (pid + start time + boot id) is what a killed session left to be undone.
 */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fsExtra from 'fs-extra';
import { BusyError, errnoOf, NotPermittedError } from '../base/errors.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { isAlive, readBootId, readStartTime } from '../tracefs/processes.ts';
import type { Undo } from './undo.ts';

interface JournalEntry {
  readonly version: 1;
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
  /** What the session was, for people: `graph do_sys_open`. */
  readonly title: string;
  readonly undos: readonly Undo[];
}

/** A journal found on disk. */
export interface FoundJournal {
  readonly file: string;
  readonly entry: JournalEntry;
  readonly owner: JournalOwner;
}

/** running, killed, or of an earlier boot: then tracefs holds nothing of it any more. */
type JournalOwner = 'running' | 'killed' | 'earlier-boot';

export interface JournalFolder {
  readonly path: string;
  /** Where journals of killed sessions may lie. */
  readonly searched: readonly string[];
  /** Set where the usual folder cannot be used: what to tell the user. */
  readonly note?: string | undefined;
}

const usualFolder = '/run/ftui';

/** /run/ftui, or a folder in the temporary directory where /run is missing or read-only (with a note that says so). */
export function chooseJournalFolder(preferred = usualFolder): JournalFolder {
  try {
    fsExtra.ensureDirSync(preferred, { mode: 0o700 });
    fs.accessSync(preferred, fs.constants.W_OK);
    return { path: preferred, searched: listJournalFolders() };
  } catch (error) {
    const fallback = fallbackFolder();
    fsExtra.ensureDirSync(fallback, { mode: 0o700 });
    const owner = fs.statSync(fallback).uid;
    if (owner !== process.getuid?.()) {
      throw new NotPermittedError({
        attempted: `keeping the journal in ${fallback}`,
        why: 'the folder belongs to another user',
        remedy: `remove it, or make ${preferred} writable`,
      });
    }
    return {
      path: fallback,
      searched: listJournalFolders(),
      note: `${preferred} cannot be used (${errnoOf(error)}): the journal is in ${fallback}`,
    };
  }
}

function fallbackFolder(): string {
  return path.join(os.tmpdir(), `ftui-${process.getuid?.() ?? 0}`);
}

/** The folders where journals may lie, for readers that must not create any. */
export function listJournalFolders(): string[] {
  return [usualFolder, fallbackFolder()];
}

/** An open journal of this process. */
export interface Journal {
  readonly file: string;
  remove(): void;
}

/**
 * Writes the journal and fsyncs it and its folder. For the top level there is one name, so that a second session meets
 * the first one's file: BusyError (exit 5).
 */
export function createJournal(
  folder: string,
  kernel: KernelFiles,
  content: Pick<JournalEntry, 'title' | 'undos'> & { readonly topLevel: boolean },
): Journal {
  const { topLevel, ...rest } = content;
  const entry: JournalEntry = {
    version: 1,
    pid: process.pid,
    startTime: readStartTime(kernel, process.pid) ?? '',
    bootId: readBootId(kernel),
    ...rest,
  };
  const file = path.join(folder, topLevel ? 'top-level.json' : `${process.pid}.json`);
  const draft = path.join(folder, `.${process.pid}.draft`);
  writeDurably(draft, JSON.stringify(entry));
  try {
    // link(2) fails where the name exists: the journal appears whole and only once.
    fs.linkSync(draft, file);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    throw refuseSecondSession(kernel, file, content.title);
  } finally {
    fs.rmSync(draft, { force: true });
  }
  syncFolder(folder);
  return { file, remove: () => fs.rmSync(file, { force: true }) };
}

function refuseSecondSession(kernel: KernelFiles, file: string, title: string): BusyError {
  const attempted = `starting '${title}'`;
  const entry = parseJournal(fsExtra.readFileSync(file, 'utf8'));
  const owner = entry === undefined ? file : `pid ${entry.pid}: ${entry.title}`;
  if (entry !== undefined && findOwner(kernel, entry) !== 'running') {
    const why = `what a killed session left in the top level could not be undone (${owner})`;
    return new BusyError({
      attempted,
      why,
      remedy: '`ftui reset` says what is in the way; `ftui reset --all` clears it',
    });
  }
  const why = `another ftui session uses the top level (${owner})`;
  return new BusyError({ attempted, why, remedy: 'wait for it to end; `ftui status` shows it' });
}

function writeDurably(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'w', 0o600);
  try {
    fs.writeFileSync(descriptor, text);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A journal's text as an entry; undefined for anything that is no journal of this version. */
export function parseJournal(text: string): JournalEntry | undefined {
  try {
    const entry = JSON.parse(text) as JournalEntry;
    return entry.version === 1 && Array.isArray(entry.undos) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** All journals of `folders`, those of other users' folders left out. */
export function findJournals(folders: readonly string[], kernel: KernelFiles): FoundJournal[] {
  const found: FoundJournal[] = [];
  for (const folder of new Set(folders)) {
    for (const file of listJsonFiles(folder)) {
      const entry = parseJournal(fsExtra.readFileSync(file, 'utf8'));
      if (entry !== undefined) found.push({ file, entry, owner: findOwner(kernel, entry) });
    }
  }
  return found;
}

function listJsonFiles(folder: string): string[] {
  try {
    if (fs.statSync(folder).uid !== process.getuid?.()) return [];
    return fs
      .readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** A pid alone may have been given to another process since: the start time tells. */
function findOwner(kernel: KernelFiles, { pid, startTime, bootId }: JournalEntry): JournalOwner {
  if (bootId !== readBootId(kernel)) return 'earlier-boot';
  return isAlive(kernel, pid) && readStartTime(kernel, pid) === startTime ? 'running' : 'killed';
}

/** Takes a journal away after its undos have been applied. */
export function removeJournal(found: FoundJournal): void {
  fs.rmSync(found.file, { force: true });
}
