/** Damage to files of numbers: single bits, bytes and words that are off by one, huge or negative, parts moved, cut off. */
import type { SeededRandom } from './seeded-random.ts';

/** Bytes from `from` up to, not including, `to`. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

interface DamagedBytes {
  readonly bytes: Uint8Array;
  readonly steps: readonly string[];
}

const oddBytes = [0, 1, 2, 0x0a, 0x1d, 0x2e, 0x34, 0x7f, 0x80, 0xf0, 0xfe, 0xff];
const oddWords = [
  ...[
    0n,
    1n,
    2n,
    0x7fn,
    0x80n,
    0xffn,
    0x100n,
    0xffffn,
    0x1_0000n,
    0xff_ffffn,
    0x7fff_ffffn,
    0x8000_0000n,
    0xffff_fff0n,
  ],
  ...[0xffff_ffffn, 0x1_0000_0000n, 0x1f_ffff_ffff_ffffn, 0x20_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn],
  ...[0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ff00n, 0xffff_ffff_ffff_ffffn],
];

/** A copy with 1 to 5 damages in these places. */
export function damageBytes(bytes: Uint8Array, places: readonly Place[], random: SeededRandom): DamagedBytes {
  let copy: Buffer = Buffer.from(bytes);
  const steps: string[] = [];
  for (let count = 1 + random.below(5); count > 0; count -= 1) {
    const { from, to } = random.pick(places);
    const at = from + random.below(Math.max(1, to - from));
    const kind = random.below(16);
    if (kind < 4) steps.push(setByte(copy, at, copy[at]! ^ (1 << random.below(8))));
    else if (kind < 7) steps.push(setByte(copy, at, random.pick(oddBytes)));
    else if (kind < 9) steps.push(setByte(copy, at, copy[at]! + 1 - 2 * random.below(2)));
    else if (kind < 12) steps.push(setWord(copy, at, random.pick([2, 4, 8]), random.pick(oddWords)));
    else if (kind < 14) steps.push(moveWithin(copy, at, from + random.below(to - from), random));
    else if (kind < 15) steps.push(fill(copy, at, Math.min(to, at + 1 + random.below(64)), random.pick(oddBytes)));
    else if (random.oneIn(20)) {
      steps.push(`cut at ${at}`);
      copy = copy.subarray(0, at);
      break;
    }
  }
  return { bytes: copy, steps };
}

/** A field of the ELF header, of a program header or of a section header is replaced. */
export function forgeHeader(bytes: Uint8Array, random: SeededRandom): DamagedBytes {
  const copy = Buffer.from(bytes);
  const tables = [{ from: 16, to: 64 }, tableAt(copy, 32, 54), tableAt(copy, 40, 58)];
  const steps: string[] = [];
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const { from, to } = random.pick(tables);
    const size = random.pick([2, 4, 8]);
    const at = from + random.below((to - from) / size) * size;
    const value = random.oneIn(3) ? BigInt(random.below(copy.length * 2)) : random.pick(oddWords);
    steps.push(setWord(copy, at, size, value));
  }
  return { bytes: copy, steps };
}

/** A table of a 64-bit file, by where its offset and its entries' size stand in the header. */
function tableAt(copy: Buffer, offsetAt: number, sizeAt: number): Place {
  const from = Number(copy.readBigUInt64LE(offsetAt));
  return { from, to: from + copy.readUInt16LE(sizeAt) * copy.readUInt16LE(sizeAt + 2) };
}

function setByte(copy: Buffer, at: number, value: number): string {
  if (at >= copy.length) return 'nothing';
  copy[at] = value & 255;
  return `byte at ${at}: ${value & 255}`;
}

function setWord(copy: Buffer, at: number, size: number, value: bigint): string {
  for (let index = 0; index < size && at + index < copy.length; index += 1) {
    copy[at + index] = Number((value >> BigInt(8 * index)) & 255n);
  }
  return `${size} bytes at ${at}: ${value}`;
}

function moveWithin(copy: Buffer, to: number, from: number, random: SeededRandom): string {
  const length = 1 + random.below(32);
  copy.copyWithin(to, from, Math.min(copy.length, from + length));
  return `${length} bytes from ${from} to ${to}`;
}

function fill(copy: Buffer, from: number, to: number, value: number): string {
  copy.fill(value, from, Math.min(to, copy.length));
  return `bytes ${from} to ${to}: ${value}`;
}
