/**
 * A returned word for people. Nothing says what type a function returns, so, as the kernel's own output does
 * (print_graph_retval), a value in the range of negated error numbers is taken for one, as a long or as an int.
 */
import { getSystemErrorMap } from 'node:util';

/** The largest error number that a kernel pointer can carry (MAX_ERRNO). */
const largestError = 4095n;
/** EHWPOISON, the last that user space sees. */
const largestUserError = 133;

/** Error numbers that never leave the kernel (include/linux/errno.h). */
const kernelErrors: ReadonlyMap<number, string> = new Map([
  [512, 'ERESTARTSYS'],
  [513, 'ERESTARTNOINTR'],
  [514, 'ERESTARTNOHAND'],
  [515, 'ENOIOCTLCMD'],
  [516, 'ERESTART_RESTARTBLOCK'],
  [517, 'EPROBE_DEFER'],
  [518, 'EOPENSTALE'],
  [519, 'ENOPARAM'],
  [524, 'ENOTSUPP'],
  [529, 'EIOCBQUEUED'],
]);

/** `-2 ENOENT` for an error, `0x1f` for anything else; 0 to 9 plain. */
export function formatReturnValue(value: bigint): string {
  const error = errorNumberOf(value);
  if (error !== undefined) {
    const name = errorName(error);
    return name === undefined ? `-${error}` : `-${error} ${name}`;
  }
  return value < 10n ? value.toString() : `0x${value.toString(16)}`;
}

/** The error number that a word carries, as a 64-bit long or in its low 32 bits; undefined when it carries none. */
export function errorNumberOf(value: bigint): number | undefined {
  const asLong = BigInt.asIntN(64, value);
  const isInt = value >> 32n === 0n;
  const signed = isInt ? BigInt.asIntN(32, value) : asLong;
  return signed < 0n && signed >= -largestError ? Number(-signed) : undefined;
}

function errorName(error: number): string | undefined {
  // Node's table has made-up numbers of its own above the kernel's.
  return kernelErrors.get(error) ?? (error <= largestUserError ? getSystemErrorMap().get(-error)?.[0] : undefined);
}
