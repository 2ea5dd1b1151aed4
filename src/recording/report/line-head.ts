/**
 * What stands before the text of an event in a line of `trace-cmd report`: task, CPU, flags, time, and the event's name.
 * Each part that repeats is kept as bytes.
 */
import type { ByteWriter } from '../../base/byte-writer.ts';
import { digitTriples } from '../../base/digit-pairs.ts';
import { encodeKernelText } from '../../base/text.ts';
import { traceFlag } from '../../format/common-header.ts';
import type { TimeFormat } from './report-options.ts';

const space = 0x20;
const nsPerSecond = 1_000_000_000n;
/** `:` as the last of four bytes. */
const highColon = 0x3a << 24;

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

/**
 * Writes times as trace-cmd shows them; `origin` is in ns or, with `count`, units of the clock. Lines of one second differ
 * in the digits behind the point only, so a time can be set and then be had in two parts.
 */
export class TimeWriter {
  /** Whole seconds of the time that is set, since those of the origin. */
  second = 0;
  /** ` 1234.`: the text of those. */
  secondText: Uint8Array;
  /** Bytes that putRest() writes: the digits behind the point, and the colon that follows a time. */
  readonly restBytes: number;
  readonly #format: TimeFormat;
  readonly #origin: bigint;
  /** Whole seconds of the origin. */
  readonly #originSeconds: number;
  /** The time (ns since the origin) that is shown as the beginning of the origin's second, as the earliest one. */
  readonly #secondZero: number;
  readonly #isPlain: boolean;
  /** The earliest time that is shown with `second`. */
  #secondStart: number;
  /** How much later the time is that is set. */
  #rest = 0;

  constructor(format: TimeFormat, origin: bigint) {
    this.#format = format;
    this.#origin = origin;
    this.#originSeconds = Number(origin / nsPerSecond);
    // Microseconds are rounded.
    this.#secondZero = -Number(origin % nsPerSecond) - (format === 'us' ? 500 : 0);
    this.#secondStart = this.#secondZero;
    this.#isPlain = format !== 'count' && origin >= 0n && origin < 2n ** 63n;
    this.secondText = formatSecond(this.#originSeconds);
    this.restBytes = format === 'us' ? 7 : 10;
  }

  /** Sets the time for putRest(); false when it can only be written as a whole. */
  set(time: number): boolean {
    if (!this.#isPlain || time < 0) return false;
    let rest = time - this.#secondStart;
    if (!(rest >= 0 && rest < 1e9)) {
      this.second = Math.floor((time - this.#secondZero) / 1e9);
      this.secondText = formatSecond(this.second + this.#originSeconds);
      this.#secondStart = this.#secondZero + this.second * 1e9;
      rest = time - this.#secondStart;
    }
    this.#rest = rest | 0;
    return true;
  }

  /** Writes the digits behind the point of the time that is set, and a colon. */
  putRest(view: DataView, at: number): void {
    const us = (this.#rest / 1000) | 0;
    const ms = (us / 1000) | 0;
    view.setInt32(at, digitTriples[ms]!, true);
    if (this.#format === 'us') return view.setInt32(at + 3, digitTriples[us - ms * 1000]! | highColon, true);
    view.setInt32(at + 3, digitTriples[us - ms * 1000]!, true);
    view.setInt32(at + 6, digitTriples[this.#rest - us * 1000]! | highColon, true);
  }

  /** ` 1234.567890`, ` 1234.567890123`, or the number in 12 columns. */
  write(out: ByteWriter, time: number): void {
    if (!this.set(time)) return this.#writeSlowly(out, time);
    out.copy(this.secondText);
    out.reserve(this.restBytes);
    this.putRest(out.view, out.length);
    out.length += this.restBytes - 1;
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

function formatSecond(second: number): Uint8Array {
  return Buffer.from(` ${String(second).padStart(5)}.`);
}
