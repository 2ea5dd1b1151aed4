/** A recording cut into spans of time that can be reported independently of each other. */
import { findPageAt } from '../trace-dat/cpu-records.ts';
import type { TraceDat } from '../trace-dat/trace-dat.ts';

/** Bytes of pages in a span: enough that finding its place costs little, and few enough that all threads end together. */
const usualSliceBytes = 2 << 20;

/**
 * Times between the spans that make up [from, to), ascending, in ns since the recording's origin; none when the recording is too small. They are
 * stamps of pages of the CPU that has the most.
 */
export function computeSliceTimes(
  recording: TraceDat,
  {
    from = Number.NEGATIVE_INFINITY,
    to = Number.POSITIVE_INFINITY,
  }: { from?: number | undefined; to?: number | undefined },
  sliceBytes = usualSliceBytes,
): number[] {
  const cpus = recording.openBuffers().flatMap((buffer) => buffer.cpus);
  const bytes = cpus.reduce((sum, cpu) => sum + cpu.pages.count * cpu.pages.pageSize, 0);
  const count = Math.floor(bytes / sliceBytes);
  const busiest = cpus.reduce<(typeof cpus)[number] | undefined>(
    (most, cpu) => (most === undefined || cpu.pages.count > most.pages.count ? cpu : most),
    undefined,
  );
  if (busiest === undefined || count < 2) return [];
  const slicePages = busiest.pages.count / count;
  const start = from === Number.NEGATIVE_INFINITY ? 0 : findPageAt(busiest, from);
  const pages = Array.from({ length: count - 1 }, (_, index) => Math.floor(slicePages * (index + 1)));
  const times: number[] = [];
  for (const page of pages.filter((page) => page > start)) {
    const stamp = page < busiest.pages.count ? busiest.stampOf(page) : undefined;
    if (stamp !== undefined && stamp > (times.at(-1) ?? from) && stamp < to) times.push(stamp);
  }
  return times;
}
