/** Numbers as people read them in columns: durations, counts, rates, shares. */

/** `812.4 ms`, `22.9 us`, `850 ns`, `1.204 s`; at most 9 characters up to days. */
export function formatDuration(ns: number): string {
  const size = Math.abs(ns);
  if (size < 1_000) return `${Math.round(ns)} ns`;
  if (size < 999_950) return `${(ns / 1e3).toFixed(1)} us`;
  if (size < 999_950_000) return `${(ns / 1e6).toFixed(1)} ms`;
  if (size < 60e9) return `${(ns / 1e9).toFixed(3)} s`;
  return `${Math.floor(ns / 60e9)}m${String(Math.floor((ns / 1e9) % 60)).padStart(2, '0')}s`;
}

const countUnits: readonly (readonly [number, string])[] = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** `37`, `1.2k`, `48k`, `12.4M`: at most 5 characters. */
export function formatCount(count: number): string {
  for (const [unit, letter] of countUnits) {
    if (count < unit * 0.9995) continue;
    const value = count / unit;
    return `${value < 99.95 ? value.toFixed(1) : Math.round(value)}${letter}`;
  }
  return String(Math.round(count));
}

const sizeUnits: readonly (readonly [number, string])[] = [
  [1 << 30, 'GB'],
  [1 << 20, 'MB'],
  [1 << 10, 'KB'],
];

/** `512 B`, `1.4 MB`. */
export function formatSize(bytes: number): string {
  for (const [unit, letters] of sizeUnits) if (bytes >= unit) return `${(bytes / unit).toFixed(1)} ${letters}`;
  return `${Math.round(bytes)} B`;
}

/** `69%`, `0.4%`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 9.95 ? `${percent.toFixed(1)}%` : `${Math.round(percent)}%`;
}

/** Seconds with six digits, as the kernel prints stamps. */
export function formatStamp(ns: number): string {
  return (ns / 1e9).toFixed(6);
}

/** `00:01:12` of a span in ms. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `1,234`, for places with room. */
export function formatWhole(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** One character of `levels` for each value, the largest being the last. */
export function formatSparkline(values: readonly number[], levels: readonly string[]): string {
  const largest = Math.max(...values, 0);
  if (largest === 0) return (levels[0] ?? ' ').repeat(values.length);
  const steps = levels.length - 1;
  return values.map((value) => levels[value === 0 ? 0 : Math.max(1, Math.round((value / largest) * steps))]).join('');
}
