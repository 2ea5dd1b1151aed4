/** Times of side-by-side runs: each round runs every contender once, so a busy machine is equally unfair to all. */

import { spawnSync } from 'node:child_process';

/** Prepares nothing and returns milliseconds; throws when it cannot be measured. */
export type Contender = () => number | Promise<number>;

/** Medians in ms by name, after one uncounted round. */
export async function measureSideBySide(
  contenders: Readonly<Record<string, Contender>>,
  rounds: number,
): Promise<Map<string, number>> {
  const times = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const time = await run();
      if (round >= 0) times.get(name)!.push(time);
    }
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A program from start to end. */
export function timeProgram(file: string, args: readonly string[]): number {
  const begun = performance.now();
  const { status, stderr, error } = spawnSync(file, args, { encoding: 'utf8' });
  const time = performance.now() - begun;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
  return time;
}

/** The value that `share` (0 to 1) of the values are not larger than. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
