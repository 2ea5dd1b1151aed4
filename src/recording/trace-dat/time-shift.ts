/**
 * The TIME_SHIFT option of a guest's recording: samples of how its clock differed from the host's
 * (libtracecmd's timestamp_host_sync). u64 peer, u32 flags, u32 CPUs; per CPU u32 n and n each of s64 time, offset,
 * scaling; behind all of them, per CPU, n s64 of fraction bits.
 */
import { optionId, type TraceDatOption } from './file-layout.ts';

const interpolateFlag = 1;
const mostSamples = 1_000_000;

interface Sample {
  readonly time: bigint;
  readonly offset: bigint;
  readonly scaling: bigint;
  readonly fraction: bigint;
}

export interface TimeShift {
  /** undefined for a CPU without samples: its stamps stay as they are. */
  forCpu(cpu: number): ((stamp: bigint) => bigint) | undefined;
}

/** undefined when there is no such option, or it is cut short. */
export function readTimeShift(options: readonly TraceDatOption[], littleEndian: boolean): TimeShift | undefined {
  const data = options.findLast(({ id }) => id === optionId.timeShift)?.data;
  if (data === undefined || data.length < 16) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const interpolate = (view.getUint32(8, littleEndian) & interpolateFlag) !== 0;
  const cpus = readSamples(view, littleEndian);
  if (cpus === undefined) return undefined;
  return {
    forCpu: (cpu) => {
      const samples = cpus[cpu];
      return samples === undefined || samples.length === 0
        ? undefined
        : (stamp) => shiftStamp(stamp, samples, interpolate);
    },
  };
}

function readSamples(view: DataView, littleEndian: boolean): Sample[][] | undefined {
  const count = view.getUint32(12, littleEndian);
  let at = 16;
  const columns: [bigint[], bigint[], bigint[]][] = [];
  const longs = (length: number): bigint[] | undefined => {
    if (length > mostSamples || at + length * 8 > view.byteLength) return undefined;
    const values = Array.from({ length }, (_, index) => view.getBigInt64(at + index * 8, littleEndian));
    at += length * 8;
    return values;
  };
  for (let cpu = 0; cpu < count; cpu += 1) {
    if (at + 4 > view.byteLength) return undefined;
    const samples = view.getUint32(at, littleEndian);
    at += 4;
    const [times, offsets, scalings] = [longs(samples), longs(samples), longs(samples)];
    if (times === undefined || offsets === undefined || scalings === undefined) return undefined;
    columns.push([times, offsets, scalings]);
  }
  // Older recorders did not write the fractions.
  return columns.map(([times, offsets, scalings]) => {
    const fractions = longs(times.length);
    const samples = times.map((time, index) => ({
      time,
      offset: offsets[index]!,
      scaling: scalings[index]! === 0n ? 1n : scalings[index]!,
      fraction: (fractions?.[index] ?? 0n) & 63n,
    }));
    samples.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
    return samples.filter(({ time }, index) => index === 0 || samples[index - 1]!.time !== time);
  });
}

function shiftStamp(stamp: bigint, samples: readonly Sample[], interpolate: boolean): bigint {
  if (samples.length === 1) return stamp + samples[0]!.offset;
  let index = 0;
  while (index < samples.length - 2 && samples[index + 1]!.time <= stamp) index += 1;
  return correct(stamp, samples[index]!, samples[index + 1]!, interpolate);
}

function correct(stamp: bigint, before: Sample, after: Sample, interpolate: boolean): bigint {
  let { offset } = before;
  if (interpolate) {
    const span = after.time - before.time;
    offset += ((stamp - before.time) * (after.offset - before.offset) + span / 2n) / span;
  }
  return ((stamp * before.scaling) >> before.fraction) + offset;
}
