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
    return decodeKernelText(fs.readFileSync(path));
  }

  readBytes(path: string): Uint8Array {
    return fs.readFileSync(path);
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
      read: (into) => readAvailable(descriptor, into),
      close: () => fs.closeSync(descriptor),
    };
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    const count = fs.writeSync(descriptor, rest);
    if (count === 0) throw Object.assign(new Error('the kernel took no byte'), { code: 'EIO' });
    rest = rest.subarray(count);
  }
}

function readAvailable(descriptor: number, into: Uint8Array): number {
  try {
    return fs.readSync(descriptor, into, 0, into.length, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return -1;
    throw error;
  }
}
