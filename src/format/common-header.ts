/**
 * The fields that every record of a kernel begins with (struct trace_entry). Vendor and real-time kernels add some, so
 * the offsets are taken from any event's format.
 */
import { FtuiError } from '../base/errors.ts';
import { asEventId, asPid, type EventId, type Pid } from '../base/units.ts';
import type { EventFormat } from './event-format.ts';
import type { KernelAbi } from './kernel-abi.ts';

/** Bits of common_flags (include/linux/trace_events.h). */
export const traceFlag = {
  interruptsOff: 0x01,
  needRescheduleLazy: 0x02,
  needReschedule: 0x04,
  hardInterrupt: 0x08,
  softInterrupt: 0x10,
  preemptReschedule: 0x20,
  nonMaskableInterrupt: 0x40,
  bottomHalvesOff: 0x80,
} as const;

export interface CommonHeader {
  /** Offset of the u16 event id. */
  readonly type: number;
  /** Offset of the u8 of trace flags. */
  readonly flags: number;
  /** Offset of the u8 preempt count: depth in the low nibble, migrate-disable depth in the high one. */
  readonly preemptCount: number;
  /** Offset of the s32 pid. */
  readonly pid: number;
  /** A record with fewer bytes than this has no whole header. */
  readonly size: number;
  readonly littleEndian: boolean;
}

/** The offsets of the common fields; throws FtuiError when the format lacks one. */
export function commonHeaderOf(format: EventFormat, { littleEndian }: Pick<KernelAbi, 'littleEndian'>): CommonHeader {
  const offsetOf = (name: string, size: number): number => {
    const field = format.commonFields.find((candidate) => candidate.name === name);
    if (field?.size === size) return field.offset;
    throw new FtuiError({
      attempted: `reading the format of ${format.system}:${format.name}`,
      why: `it has no field ${name} of ${size} bytes`,
    });
  };
  return {
    type: offsetOf('common_type', 2),
    flags: offsetOf('common_flags', 1),
    preemptCount: offsetOf('common_preempt_count', 1),
    pid: offsetOf('common_pid', 4),
    size: Math.max(...format.commonFields.map(({ offset, size }) => offset + size)),
    littleEndian,
  };
}

/** The event id of the record that starts at `start`; -1 when the bytes end before it. */
export function readCommonType(header: CommonHeader, bytes: Uint8Array, start = 0): EventId {
  const first = bytes[start + header.type];
  const second = bytes[start + header.type + 1];
  if (first === undefined || second === undefined) return asEventId(-1);
  return asEventId(header.littleEndian ? first | (second << 8) : (first << 8) | second);
}

export function readCommonFlags(header: CommonHeader, bytes: Uint8Array, start = 0): number {
  return bytes[start + header.flags] ?? 0;
}

export function readCommonPreemptCount(header: CommonHeader, bytes: Uint8Array, start = 0): number {
  return bytes[start + header.preemptCount] ?? 0;
}

/** The pid of the record that starts at `start`; 0 when the bytes end before it. */
export function readCommonPid(header: CommonHeader, bytes: Uint8Array, start = 0): Pid {
  const at = start + header.pid;
  if (at + 4 > bytes.length) return asPid(0);
  const low = header.littleEndian ? at : at + 3;
  const step = header.littleEndian ? 1 : -1;
  return asPid(
    bytes[low]! | (bytes[low + step]! << 8) | (bytes[low + 2 * step]! << 16) | (bytes[low + 3 * step]! << 24),
  );
}
