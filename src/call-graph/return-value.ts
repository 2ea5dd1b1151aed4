/**
 * A returned word for people. Nothing says what type a function returns, so, as the kernel's own output does
 * (print_graph_retval), a value in the range of negated error numbers is taken for one, as a long or as an int.
 */

import { errorName, largestErrorNumber } from '../base/errno.ts';

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
  return signed < 0n && signed >= -BigInt(largestErrorNumber) ? Number(-signed) : undefined;
}
