/**
 * From the stamps of a recording to the times that are shown: offsets, TSC cycles to ns, and the clock of a guest matched
 * to its host's (options DATE, OFFSET, TSC2NSEC, TIME_SHIFT, TRACECLOCK; libtracecmd's timestamp_calc).
 */
import type { TimeConversion } from './cpu-records.ts';
import { optionId, type TraceDatLayout, type TraceDatOption } from './file-layout.ts';
import { chosenClock } from './read-version-6.ts';
import { readTimeShift, type TimeShift } from './time-shift.ts';

/** Clocks that count ns; `boot` does, too, but trace-cmd shows it as a plain number. */
const nanosecondClocks = /^(?:local|global|uptime|perf|mono.*|tai|tsc2nsec)$/;

/** Whether a clock counts nanoseconds; the others count events or cycles. */
export function tellsTime(clock: string): boolean {
  return nanosecondClocks.test(clock) || clock === 'boot';
}

export interface RecordingClock {
  /** As the file names it. */
  readonly name: string | undefined;
  /** Whether the times are ns. */
  readonly isNanoseconds: boolean;
  /** Whether trace-cmd shows seconds; else the plain number. */
  readonly showsSeconds: boolean;
  /** Whether the file has a TRACECLOCK option. */
  readonly hasOption: boolean;
  /** Added to every stamp, after any conversion. */
  readonly offset: bigint;
  /** Turns stamps into times; undefined where they are times. `cpu` is the number in the recording. */
  convert(cpu: number): ((stamp: bigint) => bigint) | undefined;
}

/** What the options of a recording say about its clock. */
export function readRecordingClock({ options, littleEndian, buffers }: TraceDatLayout): RecordingClock {
  const clockOption = findText(options, optionId.traceClock);
  const tsc = readTsc(options, littleEndian);
  const shift = readTimeShift(options, littleEndian);
  const optionName = clockOption === undefined ? undefined : chosenClock(clockOption);
  const name = optionName ?? buffers.find(({ clock }) => clock)?.clock;
  const showsSeconds = tsc !== undefined || optionName === undefined || nanosecondClocks.test(optionName);
  return {
    name,
    isNanoseconds: showsSeconds || (name !== undefined && tellsTime(name)),
    showsSeconds,
    hasOption: clockOption !== undefined,
    offset: parseOffset(findText(options, optionId.date)) * 1000n + parseOffset(findText(options, optionId.offset)),
    convert: (cpu) => {
      const shifted = shift?.forCpu(cpu);
      if (tsc === undefined) return shifted;
      return (stamp) => ((shifted === undefined ? stamp : shifted(stamp)) * tsc.multiplier) >> tsc.shift;
    },
  };
}

/** For the records of one CPU: times relative to `to` from times relative to `from`. */
export function compileConversion(
  convert: ((stamp: bigint) => bigint) | undefined,
  from: bigint,
  to: bigint,
): TimeConversion | undefined {
  if (convert === undefined) return undefined;
  return (time) => Number(convert(BigInt(Math.trunc(time)) + from) - to);
}

export type { TimeShift };

function findText(options: readonly TraceDatOption[], id: number): string | undefined {
  const option = options.findLast((candidate) => candidate.id === id);
  return option && Buffer.from(option.data).toString('latin1').replace(/\0.*$/s, '');
}

/** A number as strtoll(text, 0) reads it: decimal, 0x hexadecimal or octal; what is no number counts as 0. */
function parseOffset(text: string | undefined): bigint {
  const parts = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(text ?? '');
  if (parts === null) return 0n;
  // Numbers of the kernel have 64 bits: of a longer one it would not be clear which are meant.
  const digits = parts[2]!.slice(0, 20);
  const isOctal = /^0[0-7]+$/.test(digits);
  const value = BigInt(isOctal ? `0o${digits.slice(1)}` : digits.replace(/^0+(?=\d)/, ''));
  return parts[1] === '-' ? -value : value;
}

function readTsc(
  options: readonly TraceDatOption[],
  littleEndian: boolean,
): { multiplier: bigint; shift: bigint } | undefined {
  const data = options.findLast(({ id, data: { length } }) => id === optionId.tscToNanoseconds && length >= 16)?.data;
  if (data === undefined) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const multiplier = BigInt(view.getUint32(0, littleEndian));
  return multiplier === 0n ? undefined : { multiplier, shift: BigInt(view.getUint32(4, littleEndian) & 63) };
}
