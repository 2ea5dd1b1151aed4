/**
 * The simulated kernel's file tree: folders of files that are pairs of functions. A refused operation throws `Refusal`
 * with an errno name, which simulated-kernel.ts turns into the system error that node:fs would throw.
 */

import type { KernelStream, WriteMode } from '../tracefs/kernel-files.ts';

/** The kernel says no; `code` is the errno name. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

export function refuse(code: string): never {
  throw new Refusal(code);
}

/** One open for writing. */
export interface Writer {
  /** One write(2): the number of characters taken, which may be fewer than given. */
  write(text: string): number;
  /** close(2); what it finds wrong is never reported, as on the real kernel. */
  close?(): void;
}

export interface SimulatedFile {
  readonly kind: 'file';
  readonly mode: number;
  /** Whether reading it back tells a setting, so that it belongs to a snapshot. */
  readonly isSetting: boolean;
  read(): string | Uint8Array;
  openWriter(mode: WriteMode): Writer;
  openStream(): KernelStream;
}

export class SimulatedFolder {
  readonly kind = 'folder';
  readonly entries = new Map<string, SimulatedFile | SimulatedFolder>();
  /** What mkdir and rmdir of a name in this folder do; without them the kernel answers EPERM. */
  makeFolder: ((name: string) => void) | undefined;
  removeFolder: ((name: string) => void) | undefined;

  /** The folder of that name, made when missing. */
  folder(name: string): SimulatedFolder {
    const found = this.entries.get(name);
    if (found instanceof SimulatedFolder) return found;
    const made = new SimulatedFolder();
    this.entries.set(name, made);
    return made;
  }

  /** Puts a file at a relative path. */
  put(path: string, file: SimulatedFile): void {
    const names = path.split('/');
    const name = names.pop()!;
    let folder: SimulatedFolder = this;
    for (const parent of names) folder = folder.folder(parent);
    folder.entries.set(name, file);
  }

  find(path: string): SimulatedFile | SimulatedFolder | undefined {
    let node: SimulatedFile | SimulatedFolder | undefined = this;
    for (const name of path.split('/')) {
      if (name === '') continue;
      if (node === undefined) return undefined;
      if (node.kind === 'file') return refuse('ENOTDIR');
      node = node.entries.get(name);
    }
    return node;
  }

  remove(path: string): void {
    const names = path.split('/');
    const name = names.pop()!;
    const parent = this.find(names.join('/'));
    if (parent instanceof SimulatedFolder) parent.entries.delete(name);
  }
}

export interface FileParts {
  readonly mode?: number;
  readonly isSetting?: boolean;
  readonly read?: () => string | Uint8Array;
  /** Takes one whole write(2). */
  readonly write?: (text: string) => void;
  readonly openWriter?: (mode: WriteMode) => Writer;
  /** What O_TRUNC does when the file is opened. */
  readonly truncate?: () => void;
  readonly openStream?: () => KernelStream;
}

/** A file from its parts; whatever is left out is refused with EINVAL, as tracefs does for root. */
export function makeFile(parts: FileParts): SimulatedFile {
  const { mode = 0o640, read = () => refuse('EINVAL'), write, truncate } = parts;
  return {
    kind: 'file',
    mode,
    isSetting: parts.isSetting ?? (parts.read !== undefined && (write !== undefined || parts.openWriter !== undefined)),
    read,
    openWriter(writeMode) {
      if (writeMode === 'truncate') truncate?.();
      if (parts.openWriter !== undefined) return parts.openWriter(writeMode);
      return {
        write(text) {
          if (write === undefined) return refuse('EINVAL');
          write(text);
          return text.length;
        },
      };
    },
    openStream: parts.openStream ?? (() => streamOf(read)),
  };
}

function streamOf(readContent: () => string | Uint8Array): KernelStream {
  let rest = bytesOf(readContent());
  const read = (into: Uint8Array) => {
    const taken = rest.subarray(0, into.length);
    into.set(taken);
    rest = rest.subarray(taken.length);
    return taken.length;
  };
  const readAgain = (into: Uint8Array) => {
    rest = bytesOf(readContent());
    return read(into);
  };
  return { ...makeStream(read, () => {}), readAgain };
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** A stream of which only `read` is known: what is read is gone. */
export function makeStream(read: KernelStream['read'], close: KernelStream['close']): KernelStream {
  const readMany = (into: readonly Uint8Array[]) => {
    let bytes = 0;
    for (const each of into) {
      const length = read(each);
      if (length <= 0 && bytes === 0) return length;
      bytes += Math.max(length, 0);
      if (length < each.length) break;
    }
    return bytes;
  };
  return { read, readMany, readAgain: () => refuse('ESPIPE'), close };
}

/** Words of one write, as the kernel's parsers split them. */
export function splitWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
