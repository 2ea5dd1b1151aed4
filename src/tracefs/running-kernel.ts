/** The running kernel's files through node:fs. The only place of ftui that opens /sys and /proc. */

import fs from 'node:fs';
import os from 'node:os';
import { decodeKernelText } from '../base/text.ts';
import type { KernelFiles, KernelStream, WriteMode } from './kernel-files.ts';

const { O_WRONLY, O_RDONLY, O_APPEND, O_TRUNC, O_NONBLOCK } = fs.constants;

const openFlags: Readonly<Record<WriteMode, number>> = {
  overwrite: O_WRONLY,
  append: O_WRONLY | O_APPEND,
  truncate: O_WRONLY | O_TRUNC,
};

/** The kernel that ftui itself runs on. */
export class RunningKernel implements KernelFiles {
  readonly description = `running kernel ${os.release()}`;

  readText(path: string): string {
    return decodeKernelText(readWhole(path));
  }

  readBytes(path: string): Uint8Array {
    return readWhole(path);
  }

  readAt(path: string, position: number, length: number): Uint8Array {
    const descriptor = fs.openSync(path, O_RDONLY);
    try {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, fs.readSync(descriptor, bytes, 0, length, position));
    } finally {
      fs.closeSync(descriptor);
    }
  }

  write(path: string, words: readonly string[], mode: WriteMode): void {
    const descriptor = fs.openSync(path, openFlags[mode]);
    try {
      for (const word of words) writeWhole(descriptor, Buffer.from(word));
    } finally {
      fs.closeSync(descriptor);
    }
  }

  monotonicNow(): bigint {
    return process.hrtime.bigint();
  }

  list(path: string): string[] {
    return fs.readdirSync(path);
  }

  exists(path: string): boolean {
    return fs.existsSync(path);
  }

  readLink(path: string): string {
    return fs.readlinkSync(path);
  }

  mkdir(path: string): void {
    fs.mkdirSync(path);
  }

  rmdir(path: string): void {
    fs.rmdirSync(path);
  }

  openStream(path: string): KernelStream {
    const descriptor = fs.openSync(path, O_RDONLY | O_NONBLOCK);
    return {
      read: (into) => orNothingYet(() => fs.readSync(descriptor, into, 0, into.length, null)),
      readMany: (into) => orNothingYet(() => fs.readvSync(descriptor, into)),
      readAgain: (into) => fs.readSync(descriptor, into, 0, into.length, 0),
      close: () => fs.closeSync(descriptor),
    };
  }
}

/**
 * Starts the threads that libuv has for work that blocks; it starts all of them with the first such work. A trace can only
 * leave out threads that are there when it begins.
 */
export function startAllThreads(): Promise<void> {
  return fs.promises.access('/');
}

/** Most of the kernel's files fit into it; each is copied out at once. */
const scratch = Buffer.allocUnsafeSlow(1 << 16);

/** Memory costs something only once it is written to: to ask for much of it is cheaper than to move what was read often. */
const growth = 16;

/**
 * The kernel tells no sizes of its files, and gives a page at a time: node:fs would take 64 KiB of new memory for each,
 * a hundred megabytes for /proc/kallsyms.
 */
function readWhole(path: string): Buffer {
  const descriptor = fs.openSync(path, O_RDONLY);
  try {
    const { size } = fs.fstatSync(descriptor);
    let bytes: Buffer = size < scratch.length ? scratch : Buffer.allocUnsafeSlow(size + 1);
    let length = 0;
    for (;;) {
      const count = fs.readSync(descriptor, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
      if (length === bytes.length) bytes = enlarge(bytes);
    }
    return bytes === scratch ? Buffer.from(bytes.subarray(0, length)) : bytes.subarray(0, length);
  } finally {
    fs.closeSync(descriptor);
  }
}

function enlarge(bytes: Buffer): Buffer {
  const larger = Buffer.allocUnsafeSlow(growth * bytes.length);
  larger.set(bytes);
  return larger;
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    const count = fs.writeSync(descriptor, rest);
    if (count === 0) throw Object.assign(new Error('the kernel took no byte'), { code: 'EIO' });
    rest = rest.subarray(count);
  }
}

function orNothingYet(read: () => number): number {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    throw error;
  }
}
