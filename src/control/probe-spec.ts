/** The SPEC word of `ftui kprobe`, and the names of probe events. */

import { UsageError } from '../base/errors.ts';

/** Where in the kernel a kprobe sits. */
export interface KprobeSpec {
  readonly module: string | undefined;
  /** A function's name, or undefined for a bare address. */
  readonly symbol: string | undefined;
  readonly address: bigint | undefined;
  readonly offset: number;
  readonly isReturn: boolean;
  /** How many calls of a return probe can be under way at once; undefined leaves it to the kernel. */
  readonly maxActive?: number | undefined;
  /** Arguments are to be `$argN`: of an fprobe, and at a return where the kernel keeps what the entry was called with. */
  readonly numbered?: boolean | undefined;
  /** By the function tracer's hook instead of a breakpoint. */
  readonly isFprobe?: boolean | undefined;
}

/** Parses `[MOD:]FUNC[+OFF][%return]` or `0xADDR[%return]`; throws UsageError with the position of the mistake. */
export function parseKprobeSpec(text: string): KprobeSpec {
  const isReturn = text.endsWith('%return');
  const place = isReturn ? text.slice(0, -'%return'.length) : text;
  if (/^0x[0-9a-fA-F]+$/.test(place)) {
    return { module: undefined, symbol: undefined, address: BigInt(place), offset: 0, isReturn };
  }
  const parts = /^(?:([\w-]+):)?([A-Za-z_][\w.$]*)(?:\+(0x[0-9a-fA-F]+|\d+))?$/.exec(place);
  if (parts === null) {
    const at = /^(?:[\w-]+:)?(?:[A-Za-z_][\w.$]*(?:\+(?:0x[0-9a-fA-F]*|\d*))?)?/.exec(place)?.[0].length ?? 0;
    throw new UsageError({
      attempted: `reading the probe '${text}'`,
      why: `it is no FUNC[+OFFSET][%return]\n  ${text}\n  ${' '.repeat(at)}^`,
      remedy: 'write FUNC, FUNC+OFFSET, FUNC%return, MODULE:FUNC or 0xADDRESS',
    });
  }
  const offset = parts[3] === undefined ? 0 : Number(parts[3]);
  if (isReturn && offset !== 0) {
    throw new UsageError({
      attempted: `reading the probe '${text}'`,
      why: 'a function returns as a whole, not from an offset',
      remedy: `use ${parts[2]}%return, or ${parts[2]}+${parts[3]} without %return`,
    });
  }
  return { module: parts[1], symbol: parts[2]!, address: undefined, offset, isReturn };
}

/**
 * Event names for probes: the symbol with other characters as `_`, at most 50 characters, made unique by `_2`, `_3` …
 * `taken` holds the names given so far and is added to.
 */
export function chooseEventName(symbol: string, taken: Set<string>): string {
  const plain = (symbol === '' ? 'at' : symbol)
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?=\d)/, '_')
    .slice(0, 50);
  let name = plain;
  for (let number = 2; taken.has(name); number += 1) name = `${plain}_${number}`;
  taken.add(name);
  return name;
}
