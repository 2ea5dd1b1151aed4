/** The only file of recording/ that touches the file system: recordings opened for reading at any place, and written. */
import fs, { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { errnoOf, FtuiError, UsageError } from '../base/errors.ts';

/** Bytes that can be read at any place, like a file. */
export interface ByteSource {
  /** What messages call it. */
  readonly name: string;
  /** Bytes there are; asked anew each time, for a file may still grow. */
  size(): number;
  /** Reads into `target` and returns how many bytes that was: fewer than it has room for at the end only. */
  read(target: Uint8Array, offset: number): number;
  close(): void;
}

/** Opens a recording; throws UsageError when there is no such file, FtuiError when it cannot be read. */
export function openByteSource(path: string): ByteSource {
  const fd = openForReading(path);
  return {
    name: path,
    size: () => fstatSync(fd).size,
    read: (target, offset) => {
      let done = 0;
      while (done < target.length) {
        const count = readSync(fd, target, done, target.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    },
    close: () => closeSync(fd),
  };
}

/** Bytes in memory as a source. */
export function byteSourceOf(bytes: Uint8Array, name = 'bytes in memory'): ByteSource {
  return {
    name,
    size: () => bytes.length,
    read: (target, offset) => {
      const part = bytes.subarray(Math.min(offset, bytes.length), offset + target.length);
      target.set(part);
      return part.length;
    },
    close: () => {},
  };
}

function openForReading(path: string): number {
  const attempted = `reading ${path}`;
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === 'ENOENT') throw new UsageError({ attempted, why: 'there is no such file', cause });
    throw new FtuiError({ attempted, why: code ?? String(cause), cause });
  }
  if (fstatSync(fd).isFile()) return fd;
  closeSync(fd);
  throw new UsageError({ attempted, why: 'it is no regular file' });
}

/** A new file being written: by appending, and again at places already written. */
export interface ByteSink {
  /** What messages call it. */
  readonly name: string;
  /** Bytes written: where the next append goes. */
  readonly length: number;
  append(bytes: Uint8Array): void;
  writeAt(bytes: Uint8Array, offset: number): void;
  /** Leaves what the file has up to `offset`, or nothing, as it is; the next append goes there. */
  skipTo(offset: number): void;
  /** Cuts the file; the next append goes to the new end. */
  truncate(length: number): void;
  /** Brings the data to the disk. */
  sync(): void;
  close(): void;
}

/** Makes a file (0600); throws UsageError when there is something of that name. */
export function createByteSink(file: string): ByteSink {
  return sinkOf(file, 'wx');
}

/** A file that exists, to be written over from its start. */
export function openByteSink(file: string): ByteSink {
  return sinkOf(file, 'r+');
}

function sinkOf(file: string, flags: string): ByteSink {
  const fd = attempt(file, () => openSync(file, flags, 0o600));
  let length = 0;
  const writeAt = (bytes: Uint8Array, offset: number): void => {
    for (let done = 0; done < bytes.length; ) {
      done += fs.writeSync(fd, bytes, done, bytes.length - done, offset + done);
    }
  };
  const truncate = (to: number): void => {
    fs.ftruncateSync(fd, to);
    length = to;
  };
  return {
    name: file,
    get length() {
      return length;
    },
    append: (bytes) => {
      attempt(file, () => writeAt(bytes, length));
      length += bytes.length;
    },
    writeAt: (bytes, offset) => attempt(file, () => writeAt(bytes, offset)),
    skipTo: (offset) => {
      length = offset;
    },
    truncate: (to) => attempt(file, () => truncate(to)),
    sync: () => attempt(file, () => fs.fdatasyncSync(fd)),
    close: () => closeSync(fd),
  };
}

/** What is at a path; links are followed. */
export function kindOfFile(file: string): 'absent' | 'file' | 'folder' | 'other' {
  const stat = attempt(file, () => fs.statSync(file, { throwIfNoEntry: false }), 'looking at');
  if (stat === undefined) return 'absent';
  return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
}

/** Makes a folder (0700) in an existing one. */
export function makeFolder(folder: string): void {
  attempt(folder, () => fs.mkdirSync(folder, 0o700), 'making');
}

/** Names and sizes of the files of a folder. */
export function listFolder(folder: string): { name: string; size: number }[] {
  const sizeOf = (name: string) => fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  const list = () => fs.readdirSync(folder).map((name) => ({ name, size: sizeOf(name) }));
  return attempt(folder, list, 'listing');
}

/** Removes a file, or a folder and all it has; nothing happens when it is not there. */
export function removePath(file: string): void {
  attempt(file, () => fs.rmSync(file, { recursive: true, force: true }), 'removing');
}

/** The bytes of a small file, undefined when it is not there. */
export function readSmallFile(file: string): Uint8Array | undefined {
  if (kindOfFile(file) === 'absent') return undefined;
  return attempt(file, () => fs.readFileSync(file), 'reading');
}

/** Writes a file (0600) as a whole and durably: a crash leaves the old one or the new one. */
export function replaceFile(file: string, ...pieces: readonly Uint8Array[]): void {
  const draft = `${file}.draft`;
  removePath(draft);
  const sink = createByteSink(draft);
  try {
    for (const piece of pieces) sink.append(piece);
    sink.sync();
  } catch (error) {
    removePath(draft);
    throw error;
  } finally {
    sink.close();
  }
  publishFile(draft, file, { force: true });
}

/** Gives a finished file its name, durably; without `force` it throws UsageError when there is something of that name. */
export function publishFile(from: string, to: string, { force }: { force: boolean }): void {
  attempt(to, () => (force ? fs.renameSync(from, to) : renameToNew(from, to)));
  attempt(to, () => syncFolder(path.dirname(to)));
}

/** Bytes that the file system of a path has left for this user. */
export function readFreeBytes(file: string): number {
  const { bavail, bsize } = attempt(file, () => fs.statfsSync(file), 'looking at');
  return bavail * bsize;
}

/** rename(2) would replace; link(2) refuses, but not every file system has links. */
function renameToNew(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || fs.existsSync(to)) throw error;
    return fs.renameSync(from, to);
  }
  fs.rmSync(from);
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

const meanings: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EFBIG: 'the file may not grow further',
  EACCES: 'not permitted here',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such folder',
};

/** Runs a file operation; what the system refuses becomes FtuiError (`why` begins with the errno name). */
function attempt<T>(file: string, operation: () => T, verb = 'writing'): T {
  try {
    return operation();
  } catch (cause) {
    const code = errnoOf(cause);
    if (code === undefined) throw cause;
    const attempted = `${verb} ${file}`;
    if (code === 'EEXIST') {
      throw new UsageError({ attempted, why: 'it exists', remedy: 'choose another name, or --force', cause });
    }
    const meaning = meanings[code];
    throw new FtuiError({ attempted, why: meaning === undefined ? code : `${code}: ${meaning}`, cause });
  }
}
