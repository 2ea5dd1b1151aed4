/** Which inlined function the code at an address is a copy of (DWARF 5, section 3.3.8). */

import { attribute, tag } from './dwarf-constants.ts';
import type { DwarfFunctions, FunctionCode, InlinedCopy } from './dwarf-functions.ts';
import { contains, rangesOf } from './dwarf-ranges.ts';
import type { DwarfEntry, DwarfUnits } from './dwarf-units.ts';

const deepestBlock = 32;
/** Entries looked at for one address. */
const mostLookedAt = 100_000;

/** The copies inside `code` that hold `address`, outer ones first; none when the code is the function's own. */
export function findInlinedAt(
  units: DwarfUnits,
  functions: DwarfFunctions,
  code: FunctionCode,
  address: number,
): InlinedCopy[] {
  let left = mostLookedAt;
  return within(code.entry, code.name, 0);

  function within(parent: DwarfEntry, into: string, depth: number): InlinedCopy[] {
    for (const child of units.children(parent)) {
      left -= 1;
      if (left < 0 || depth > deepestBlock) return [];
      const isInlined = child.tag === tag.inlinedSubroutine;
      if (!isInlined && child.tag !== tag.lexicalBlock) continue;
      const ranges = rangesOf(units, child);
      if (!contains(ranges, address)) {
        // Blocks without code of their own may still hold some.
        if (isInlined || ranges.length > 0) continue;
      }
      const inner = within(child, isInlined ? functions.nameOf(child) : into, depth + 1);
      if (isInlined) return [copyOf(child, ranges, into), ...inner];
      if (inner.length > 0) return inner;
    }
    return [];
  }

  function copyOf(entry: DwarfEntry, ranges: InlinedCopy['ranges'], into: string): InlinedCopy {
    const entryAddress = units.address(entry, attribute.entryPc) ?? ranges[0]!.low;
    return { entry, ranges, address: entryAddress, into, call: undefined };
  }
}
