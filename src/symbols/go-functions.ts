/**
 * The functions of a Go program from its .gopclntab, which a stripped program keeps as well: the runtime needs it for stack
 * traces. Mirrors Go's runtime/symtab.go (pcHeader, functab, _func) since Go 1.18.
 */

import type { ElfNumbers } from './elf-layout.ts';
import { textAt } from './elf-layout.ts';

interface GoFunction {
  readonly name: string;
  readonly address: number;
  readonly size: number;
}

/** Go 1.18 and 1.20. */
const magics = new Set([0xfffffff0, 0xfffffff1]);
const mostFunctions = 1_000_000;
const longestName = 4096;
const tableOffset = 8;
/** Of a _func: the entry's offset, then the name's. */
const nameAt = 4;

/**
 * By address; empty for other versions and for what makes no sense. `textAddress` is where .text begins, which newer Go no
 * longer says in the table; `entryPoint` then proves that functions are counted from there.
 */
export function parseGoFunctions(
  bytes: Uint8Array,
  numbers: ElfNumbers,
  { textAddress, entryPoint }: { readonly textAddress: number; readonly entryPoint: number },
): GoFunction[] {
  const word = bytes[7];
  if (bytes.length < tableOffset + 64 || !magics.has(numbers.u32(0)) || (word !== 8 && word !== 4)) return [];
  const field = (index: number): number => numbers.word(tableOffset + index * word);
  const [count, start, names, table] = [field(0), field(2), field(3), field(7)];
  const isInside = table + (count + 1) * 8 <= bytes.length && names < bytes.length;
  if (!isInside || count > mostFunctions) return [];
  const base = start === 0 ? textAddress : start;
  const functions: GoFunction[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = table + index * 8;
    const described = table + numbers.u32(at + 4);
    if (described + 8 > bytes.length) continue;
    const place = names + numbers.u32(described + nameAt);
    const name = textAt(bytes.subarray(place, place + longestName), 0);
    const offset = numbers.u32(at);
    if (name !== '') functions.push({ name, address: base + offset, size: Math.max(0, numbers.u32(at + 8) - offset) });
  }
  const isSure =
    start !== 0 || functions.some(({ name, address }) => address === entryPoint && name.startsWith('_rt0_'));
  return isSure ? functions : [];
}
