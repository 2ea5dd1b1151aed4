/**
 * Where a file says that the pages of its CPUs are, held against where there can be any: each byte belongs to one CPU,
 * and between CPUs lies less than a page. What does not fit is said; no more is read than the file has.
 */
import type { BufferPlace, CpuPlace } from './file-layout.ts';

/** Part of a file that holds pages. */
interface DataRange {
  readonly from: number;
  readonly to: number;
  /** Bytes that may lie between CPUs: up to the next page, and tables. */
  readonly gap: number;
}

/** Tells `problem` of the largest gap in `range` that no CPU has; then a size or an offset is damaged. */
export function noteUnclaimed(
  places: readonly CpuPlace[],
  { from, to, gap }: DataRange,
  problem: (why: string) => void,
): void {
  let end = from;
  let [largest, largestAt] = [0, 0];
  const look = (until: number): void => {
    if (until - end > largest) [largest, largestAt] = [until - end, end];
  };
  for (const { offset, size } of inOrder(places)) {
    look(Math.min(offset, to));
    end = Math.max(end, offset + size);
  }
  look(to);
  if (largest >= gap) problem(`${largest} bytes of data at ${largestAt} belong to no CPU`);
}

/**
 * The buffers without what would be read again and again: bytes that several CPUs claim are said, and beyond twice the
 * size of the file nothing is read.
 */
export function limitPlaces(
  buffers: readonly BufferPlace[],
  fileBytes: number,
  problem: (why: string) => void,
): BufferPlace[] {
  let end = 0;
  for (const { cpu, offset, size } of inOrder(buffers.flatMap(({ cpus }) => cpus))) {
    if (offset < end) problem(`CPU ${cpu}: the bytes from ${offset} on belong to another CPU, too`);
    end = Math.max(end, offset + size);
  }
  let room = 2 * fileBytes;
  return buffers.map((buffer) => ({
    ...buffer,
    cpus: buffer.cpus.filter(({ cpu, offset, size }) => {
      const there = Math.max(Math.min(size, fileBytes - offset), 0);
      room -= there;
      if (room < 0) problem(`CPU ${cpu} is left out: the CPUs say that they have more bytes than the file`);
      return room >= 0;
    }),
  }));
}

function inOrder(places: readonly CpuPlace[]): CpuPlace[] {
  return places.filter(({ size }) => size > 0).sort((a, b) => a.offset - b.offset);
}
