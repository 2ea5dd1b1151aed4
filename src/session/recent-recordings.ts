/**
 * The recordings made or replayed lately, newest first, in a small file of the user's: recent.json in
 * $XDG_STATE_HOME/ftui (~/.local/state/ftui). Who cannot write it goes without; a damaged file counts as empty.
 */

import path from 'node:path';
import { FtuiError } from '../base/errors.ts';
import { kindOfFile, makeFolder, readSmallFile, replaceFile } from '../recording/files.ts';

/** A row of the file. */
interface StoredRecording {
  /** Absolute. */
  readonly path: string;
  /** When it was made or looked at, ISO 8601. */
  readonly time: string;
  readonly how: 'recorded' | 'replayed';
  readonly bytes: number | undefined;
  readonly events: number | undefined;
}

export interface RecentRecording extends StoredRecording {
  /** Whether the file is there now. */
  readonly isThere: boolean;
}

const mostRecordings = 20;

/** Where the list lies; undefined when the environment names no place for it. */
export function recentRecordingsFile(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_STATE_HOME: state, HOME: home } = environment;
  const folder = state !== undefined && path.isAbsolute(state) ? state : home && path.join(home, '.local', 'state');
  return folder ? path.join(folder, 'ftui', 'recent.json') : undefined;
}

export class RecentRecordings {
  readonly #file: string | undefined;

  /** Without a file the list is always empty. */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** Newest first. */
  list(): readonly RecentRecording[] {
    return this.#read().map((row) => ({ ...row, isThere: isThere(row.path) }));
  }

  /** Puts a recording to the front. Never throws: the list is a convenience. */
  add(file: string, how: StoredRecording['how'], facts: Partial<Pick<StoredRecording, 'bytes' | 'events'>> = {}): void {
    if (this.#file === undefined) return;
    const absolute = path.resolve(file);
    const before = this.#read();
    const known = before.find((recent) => recent.path === absolute);
    const { bytes = known?.bytes, events = known?.events } = facts;
    const entry = { path: absolute, time: new Date().toISOString(), how, bytes, events };
    const others = before.filter((recent) => recent.path !== absolute);
    const text = `${JSON.stringify([entry, ...others].slice(0, mostRecordings), undefined, 2)}\n`;
    try {
      makeFolders(path.dirname(this.#file));
      replaceFile(this.#file, Buffer.from(text));
    } catch (error) {
      if (!(error instanceof FtuiError)) throw error;
    }
  }

  #read(): StoredRecording[] {
    try {
      const bytes = this.#file === undefined ? undefined : readSmallFile(this.#file);
      const rows: unknown = bytes === undefined ? [] : JSON.parse(Buffer.from(bytes).toString('utf8'));
      return Array.isArray(rows) ? rows.filter(isRecent).slice(0, mostRecordings) : [];
    } catch {
      return [];
    }
  }
}

function isRecent(row: unknown): row is StoredRecording {
  const { path: file, time, how } = (row ?? {}) as Partial<StoredRecording>;
  return typeof file === 'string' && typeof time === 'string' && (how === 'recorded' || how === 'replayed');
}

function isThere(file: string): boolean {
  try {
    return kindOfFile(file) === 'file';
  } catch {
    return false;
  }
}

function makeFolders(folder: string): void {
  if (kindOfFile(folder) === 'folder') return;
  if (folder !== path.dirname(folder)) makeFolders(path.dirname(folder));
  makeFolder(folder);
}
