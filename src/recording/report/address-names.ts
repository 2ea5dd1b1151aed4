/**
 * Names for addresses as libtraceevent finds them. Where several symbols share an address, which of them it names depends
 * on the steps of its bisection over a table that holds such symbols in the reverse order of kallsyms.
 */
import type { AddressName } from '../../format/event-text.ts';
import type { KernelSymbols } from '../../symbols/kallsyms.ts';

export type FindName = (high: number, low: number) => AddressName | undefined;

/** Addresses remembered; a recording has as many as functions were traced. */
const mostRemembered = 200_000;

/** A lookup in symbols that are read when first needed. Answers for an address are the same object each time. */
export function namesLikeLibtraceevent(symbols: () => KernelSymbols): FindName {
  let known = new Map<number, Map<number, AddressName | undefined>>();
  let count = 0;
  return (high, low) => {
    let rows = known.get(high);
    if (rows?.has(low)) return rows.get(low);
    if (count >= mostRemembered) {
      known = new Map();
      rows = undefined;
      count = 0;
    }
    if (rows === undefined) {
      rows = new Map();
      known.set(high, rows);
    }
    count += 1;
    const name = findName(symbols(), high, low);
    rows.set(low, name);
    return name;
  };
}

function findName(symbols: KernelSymbols, high: number, low: number): AddressName | undefined {
  const { count } = symbols;
  let from = 0;
  let to = count;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const distance = symbols.offsetIn(middle, high, low);
    if (distance < 0) {
      to = middle;
      continue;
    }
    const isInside = middle + 1 < count && symbols.offsetIn(middle + 1, high, low) < 0;
    if (distance === 0 || isInside)
      return { ...symbols.symbolAt(mirrored(symbols, middle, high, low)), offset: distance };
    from = middle + 1;
  }
  return undefined;
}

/** The symbol that stands at `index` when those of one address are turned round. */
function mirrored(symbols: KernelSymbols, index: number, high: number, low: number): number {
  const distance = symbols.offsetIn(index, high, low);
  let first = index;
  let last = index;
  while (first > 0 && symbols.offsetIn(first - 1, high, low) === distance) first -= 1;
  while (last + 1 < symbols.count && symbols.offsetIn(last + 1, high, low) === distance) last += 1;
  return first + last - index;
}
