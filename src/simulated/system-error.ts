/** The errors that node:fs throws, made from a refusal. */

import os from 'node:os';
import { Refusal } from './file-nodes.ts';

const phrases: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'resource busy or locked',
  EEXIST: 'file already exists',
  EINVAL: 'invalid argument',
  EISDIR: 'illegal operation on a directory',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

/** An error with code, errno, syscall and path as Node reports them. */
function makeSystemError(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  const errno = (os.constants.errno as Readonly<Record<string, number>>)[code];
  const message = `${code}: ${phrases[code] ?? 'failed'}, ${syscall} '${path}'`;
  return Object.assign(new Error(message), { code, syscall, path, ...(errno === undefined ? {} : { errno: -errno }) });
}

/** Runs `work`; a refusal becomes the system error of `syscall` on `path`. */
export function withSystemErrors<T>(syscall: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof Refusal ? makeSystemError(error.code, syscall, path) : error;
  }
}
