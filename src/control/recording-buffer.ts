/**
 * How large the buffers of a recording are by default. They cannot grow with the rate of events while recording: on 5.10
 * to 7.2 the kernel stops taking events while it changes the size, and counts those nowhere. So they are large from the
 * start, and where that was not enough the measured rate tells the size for the next time.
 */

import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { readTextIfThere } from '../tracefs/processes.ts';

const largestKb = 32_768;
const smallestKb = 1_024;
/** All CPUs together take at most this share of the memory that is free, and no more than this. */
const shareOfMemory = 1 / 16;
const allBuffersKb = 1_048_576;

/** KiB for each CPU. */
export function chooseRecordingBufferKb(kernel: KernelFiles, cpus: number): number {
  const free = Number(/^MemAvailable:\s*(\d+) kB/m.exec(readTextIfThere(kernel, '/proc/meminfo'))?.[1] ?? 0);
  const each = Math.min(free * shareOfMemory, allBuffersKb) / Math.max(cpus, 1);
  return Math.max(smallestKb, Math.min(largestKb, Math.floor(each)));
}

/** KiB for each CPU that hold a second at `bytesPerSecond`, at least twice what was too little; a power of two. */
export function suggestBufferKb(bytesPerSecond: number, tooLittleKb: number): number {
  const wanted = Math.max(bytesPerSecond / 1024, 2 * tooLittleKb);
  return 2 ** Math.ceil(Math.log2(wanted));
}

/** Half a buffer is full after a round at this rate, MB/s, which is about the most that one CPU writes. */
const fastestRate = 100;
const shortestRoundMs = 20;
const longestRoundMs = 80;

/** ms between two rounds of reading buffers with so many KiB for each CPU: each round costs, however little it finds. */
export function chooseRoundMs(bufferKb: number): number {
  const half = (bufferKb * 1024) / 2;
  return Math.max(shortestRoundMs, Math.min(longestRoundMs, half / (fastestRate * 1000)));
}
