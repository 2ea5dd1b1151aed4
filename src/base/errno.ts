/**
 * Names of the kernel's error numbers: those of errno(3), which Node knows, and those of include/linux/errno.h, which never
 * leave the kernel.
 */

import { getSystemErrorMap } from 'node:util';

/** The largest error number that a kernel pointer can carry (MAX_ERRNO). */
export const largestErrorNumber = 4095;
/** EHWPOISON, the last that user space sees. */
const largestUserError = 133;

const kernelErrors: ReadonlyMap<number, string> = new Map([
  [512, 'ERESTARTSYS'],
  [513, 'ERESTARTNOINTR'],
  [514, 'ERESTARTNOHAND'],
  [515, 'ENOIOCTLCMD'],
  [516, 'ERESTART_RESTARTBLOCK'],
  [517, 'EPROBE_DEFER'],
  [518, 'EOPENSTALE'],
  [519, 'ENOPARAM'],
  [521, 'EBADHANDLE'],
  [522, 'ENOTSYNC'],
  [523, 'EBADCOOKIE'],
  [524, 'ENOTSUPP'],
  [525, 'ETOOSMALL'],
  [526, 'ESERVERFAULT'],
  [527, 'EBADTYPE'],
  [528, 'EJUKEBOX'],
  [529, 'EIOCBQUEUED'],
  [530, 'ERECALLCONFLICT'],
  [531, 'ENOGRACE'],
]);

/** The name of a positive error number: 2 is `ENOENT`; undefined where it has none. */
export function errorName(error: number): string | undefined {
  // Node's table has made-up numbers of its own above the kernel's.
  return kernelErrors.get(error) ?? (error <= largestUserError ? getSystemErrorMap().get(-error)?.[0] : undefined);
}
