/**
 * What stands before the text of an event in a line of `trace-cmd report`: task, CPU, flags, time, and the event's name.
 * Each part that repeats is kept as bytes.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { encodeKernelText } from '../../base/text.ts';
import { traceFlag } from '../../format/common-header.ts';
import type { TimeFormat } from './report-options.ts';

const space = 0x20;

/** `            bash-1234 ` up to the CPU: `%16s-%-5d`, or `%8.8s-%-5d` in the latency format. */
export function formatTask(comm: string, pid: number, latencyFormat: boolean): Uint8Array {
  const name = encodeKernelText(comm);
  const shown = latencyFormat ? name.subarray(0, 8) : name;
  const number = Buffer.from(String(pid).padEnd(5));
  return Buffer.concat([
    Buffer.alloc(Math.max((latencyFormat ? 8 : 16) - shown.length, 0), space),
    shown,
    Buffer.from('-'),
    number,
    Buffer.from(' '),
  ]);
}

/** `[003]`, or `  3` in the latency format. */
export function formatCpu(cpu: number, latencyFormat: boolean): Uint8Array {
  return Buffer.from(latencyFormat ? String(cpu).padStart(3) : `[${String(cpu).padStart(3, '0')}]`);
}

/**
 * The five columns of flags as libtraceevent 1.8.4 knows them (d or X, N, H h s, preempt depth, migrate-disable depth),
 * and behind them what vendor kernels add to the header.
 */
export function formatFlags(flags: number, preemptCount: number, extra: readonly (number | undefined)[]): string {
  const isHard = (flags & traceFlag.hardInterrupt) !== 0;
  const isSoft = (flags & traceFlag.softInterrupt) !== 0;
  return [
    flags & traceFlag.interruptsOff ? 'd' : flags & traceFlag.needRescheduleLazy ? 'X' : '.',
    flags & traceFlag.needReschedule ? 'N' : '.',
    isHard && isSoft ? 'H' : isHard ? 'h' : isSoft ? 's' : '.',
    preemptCount & 0xf ? (preemptCount & 0xf).toString(16) : '.',
    preemptCount & 0xf0 ? (preemptCount >> 4).toString(16) : '.',
    ...extra.map((value) => (value === undefined || value < 0 ? '.' : String(value))),
  ].join('');
}

/** ` sched_switch:         `: names fill 20 columns. */
export function formatEventName(name: string): Uint8Array {
  return Buffer.from(` ${name}: ${' '.repeat(Math.max(20 - name.length, 0))}`, 'latin1');
}

/** Writes times as trace-cmd shows them; `origin` is in ns or, with `count`, units of the clock. */
export class TimeWriter {
  readonly #format: TimeFormat;
  readonly #origin: bigint;
  /** Whole seconds of the origin, and the rest of it in ns. */
  readonly #originSeconds: number;
  readonly #originRest: number;
  readonly #isPlain: boolean;
  #second = 0;
  #secondText: Uint8Array;

  constructor(format: TimeFormat, origin: bigint) {
    this.#format = format;
    this.#origin = origin;
    this.#originSeconds = Number(origin / 1_000_000_000n);
    this.#originRest = Number(origin % 1_000_000_000n);
    this.#isPlain = origin >= 0n && origin < 2n ** 63n;
    this.#secondText = Buffer.from(` ${String(this.#originSeconds).padStart(5)}.`);
  }

  /** Bytes that write() appends for this time, 0 when it has to be written to know. */
  widthOf(time: number): number {
    if (this.#format === 'count' || !this.#isPlain || time < 0) return 0;
    const seconds =
      Math.floor((time + this.#originRest + (this.#format === 'us' ? 500 : 0)) / 1e9) + this.#originSeconds;
    return seconds < 100_000 ? (this.#format === 'ns' ? 16 : 13) : 0;
  }

  /** ` 1234.567890`, ` 1234.567890123`, or the number in 12 columns. */
  write(out: ByteWriter, time: number): void {
    if (this.#format === 'count' || !this.#isPlain || time < 0) return this.#writeSlowly(out, time);
    const ns = time + this.#originRest;
    if (this.#format === 'us') {
      const us = Math.floor((ns + 500) / 1000);
      this.#writeSeconds(out, us, 1e6);
    } else {
      this.#writeSeconds(out, ns, 1e9);
    }
  }

  /** The whole seconds and the rest, `perSecond` units being a second. */
  #writeSeconds(out: ByteWriter, units: number, perSecond: number): void {
    let rest = units - this.#second * perSecond;
    if (rest < 0 || rest >= perSecond) {
      this.#second = Math.floor(units / perSecond);
      this.#secondText = Buffer.from(` ${String(this.#second + this.#originSeconds).padStart(5)}.`);
      rest = units - this.#second * perSecond;
    }
    out.reserve(32);
    const { bytes } = out;
    const text = this.#secondText;
    let at = out.length;
    for (let index = 0; index < text.length; index += 1) bytes[at++] = text[index]!;
    const whole = rest | 0;
    const thousands = (whole / 1000) | 0;
    if (perSecond === 1e9) {
      const millions = (thousands / 1000) | 0;
      at = putThree(bytes, at, millions);
      at = putThree(bytes, at, thousands - millions * 1000);
    } else at = putThree(bytes, at, thousands);
    out.length = putThree(bytes, at, whole - thousands * 1000);
  }

  #writeSlowly(out: ByteWriter, time: number): void {
    const value = BigInt.asUintN(64, this.#origin + BigInt(Math.trunc(time)));
    if (this.#format === 'count') return out.text(String(value).padStart(12));
    const digits = this.#format === 'ns' ? 9 : 6;
    const units = this.#format === 'ns' ? value : BigInt.asUintN(64, value + 500n) / 1000n;
    const perSecond = 10n ** BigInt(digits);
    out.text(` ${String(units / perSecond).padStart(5)}.${String(units % perSecond).padStart(digits, '0')}`);
  }
}

/** 000 to 999, one after the other. */
const threeDigits = Buffer.from(Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0')).join(''));

/** Writes three digits; returns where the next byte goes. */
function putThree(bytes: Uint8Array, at: number, value: number): number {
  const from = value * 3;
  bytes[at] = threeDigits[from]!;
  bytes[at + 1] = threeDigits[from + 1]!;
  bytes[at + 2] = threeDigits[from + 2]!;
  return at + 3;
}
