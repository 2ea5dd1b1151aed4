/** Durations counted by powers of two: what a bucket holds, and percentiles by interpolation within one. */

/** Bucket b counts durations from 2^b up to 2^(b+1) ns, the first one also those under 1; the last one all that are longer. */
export const bucketCount = 48;

export interface DurationBucket {
  /** ns; durations in [from, to). */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export function bucketOf(duration: number): number {
  if (duration < 2) return 0;
  if (duration < 0x8000_0000) return 31 - Math.clz32(duration);
  return Math.min(Math.floor(Math.log2(duration)), bucketCount - 1);
}

/** The buckets from the first to the last that count anything. */
export function listBuckets(counts: Uint32Array): DurationBucket[] {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  if (first < 0) return [];
  return [...counts.subarray(first, last + 1)].map((count, index) => ({
    from: first + index === 0 ? 0 : 2 ** (first + index),
    to: 2 ** (first + index + 1),
    count,
  }));
}

/**
 * The duration that `share` (0 to 1) of all are not longer than, as if a bucket's durations lay evenly in it; undefined
 * when none are counted.
 */
export function percentileOf(
  counts: Uint32Array,
  share: number,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  let all = 0;
  for (const count of counts) all += count;
  if (all === 0) return undefined;
  let rest = share * all;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    const count = counts[bucket]!;
    if (count === 0 || rest > count) {
      rest -= count;
      continue;
    }
    const from = Math.max(bucket === 0 ? 0 : 2 ** bucket, min);
    const to = bucket === bucketCount - 1 ? max : Math.min(2 ** (bucket + 1), max);
    return from + (Math.max(to - from, 0) * Math.max(rest, 0)) / count;
  }
  return max;
}
