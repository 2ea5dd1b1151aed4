/**
 * Whether an address is where an instruction starts: the kernel puts a breakpoint there unseen, and in the middle of an
 * instruction it kills the traced process. x86 code is decoded from its function's start on; aarch64 is aligned to 4.
 */

import type { ElfFile } from './elf.ts';
import { type X86Mode, x86InstructionLength } from './x86-instruction.ts';

export type BoundaryAnswer =
  | { readonly kind: 'boundary' }
  | { readonly kind: 'inside'; readonly nearest: readonly number[] }
  | { readonly kind: 'unknown'; readonly why: string };

const largestFunction = 1 << 22;

/** Whether an instruction starts at `address`; `start` is where its function starts, undefined when not known. */
export function checkInstructionBoundary(elf: ElfFile, start: number | undefined, address: number): BoundaryAnswer {
  const { machine } = elf.layout;
  if (machine === 'aarch64') {
    const below = address - (address % 4);
    return below === address ? { kind: 'boundary' } : { kind: 'inside', nearest: [below, below + 4] };
  }
  if (start === undefined) return { kind: 'unknown', why: 'no symbol covers it, so there is no place to decode from' };
  if (start === address) return { kind: 'boundary' };
  if (machine !== 'x86-64' && machine !== 'i386') {
    return { kind: 'unknown', why: `instructions of ${machine} are not decoded` };
  }
  const distance = address - start;
  if (distance > largestFunction) return { kind: 'unknown', why: 'its function starts too far before it' };
  return decodeTo(elf.codeAt(start, distance + 16), start, distance, machine === 'i386' ? 32 : 64);
}

function decodeTo(code: Uint8Array, start: number, distance: number, mode: X86Mode): BoundaryAnswer {
  let at = 0;
  while (at < distance) {
    const length = x86InstructionLength(code, at, mode);
    if (length === 0) {
      return { kind: 'unknown', why: `the bytes at 0x${(start + at).toString(16)} are no known instruction` };
    }
    if (at + length > distance) return { kind: 'inside', nearest: [start + at, start + at + length] };
    at += length;
  }
  return { kind: 'boundary' };
}
