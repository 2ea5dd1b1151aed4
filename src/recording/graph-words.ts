/**
 * Where the words of function_graph records are, and of sched_switch, by their formats: the fast way of
 * call-graph/graph-record.ts. A word has 4 or 8 bytes and is read as two unsigned halves.
 */
import type { EventFormat } from '../format/event-format.ts';
import type { GraphRecordSink } from './graph-record-sink.ts';

interface WordPlace {
  /** Of the low half, and of the high one; -1 when the word has 4 bytes. */
  readonly low: number;
  readonly high: number;
}

/** One record: bytes [start, end) of `view`, and what its common header says. */
interface RecordWords {
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly cpu: number;
  readonly time: number;
}

/** Gives a record to a sink; too short ones are left out. */
export type TakeRecord = (sink: GraphRecordSink, record: RecordWords, pid: number, flags: number) => void;

/** undefined when the format lacks func or depth. */
export function compileEntry(format: EventFormat, littleEndian: boolean): TakeRecord | undefined {
  const func = placeOf(format, 'func', littleEndian);
  const depth = placeOf(format, 'depth', littleEndian);
  if (func === undefined || depth === undefined) return undefined;
  const size = fixedBytesOf(format);
  return (sink, { view, start, end, cpu, time }, pid, flags) => {
    if (end - start < size) return;
    const number = sink.functionOf(highAt(view, start, func, littleEndian), lowAt(view, start, func, littleEndian));
    sink.enter(cpu, pid, flags, time, number, lowAt(view, start, depth, littleEndian) | 0);
  };
}

/** undefined when the format lacks func or depth. */
export function compileExit(format: EventFormat, littleEndian: boolean): TakeRecord | undefined {
  const func = placeOf(format, 'func', littleEndian);
  const depth = placeOf(format, 'depth', littleEndian);
  if (func === undefined || depth === undefined) return undefined;
  const retval = placeOf(format, 'retval', littleEndian);
  const readDuration = compileDuration(format, littleEndian);
  const size = fixedBytesOf(format);
  return (sink, { view, start, end, cpu, time }, pid) => {
    if (end - start < size) return;
    sink.exit(
      cpu,
      pid,
      time,
      sink.functionOf(highAt(view, start, func, littleEndian), lowAt(view, start, func, littleEndian)),
      lowAt(view, start, depth, littleEndian) | 0,
      readDuration(view, start),
      retval === undefined ? -1 : highAt(view, start, retval, littleEndian),
      retval === undefined ? 0 : lowAt(view, start, retval, littleEndian),
    );
  };
}

/** undefined when the format lacks a pid. */
export function compileTaskSwitch(format: EventFormat, littleEndian: boolean): TakeRecord | undefined {
  const previous = placeOf(format, 'prev_pid', littleEndian);
  const next = placeOf(format, 'next_pid', littleEndian);
  if (previous === undefined || next === undefined) return undefined;
  const size = Math.max(previous.low, next.low) + 4;
  return (sink, { view, start, end, cpu, time }) => {
    if (end - start < size) return;
    const from = lowAt(view, start, previous, littleEndian) | 0;
    sink.taskSwitch?.(cpu, time, from, lowAt(view, start, next, littleEndian) | 0);
  };
}

/** rettime - calltime; -1 where the kernel records no times, or they make no sense. */
function compileDuration(format: EventFormat, littleEndian: boolean): (view: DataView, start: number) => number {
  const calltime = placeOf(format, 'calltime', littleEndian);
  const rettime = placeOf(format, 'rettime', littleEndian);
  if (calltime === undefined || rettime === undefined) return () => -1;
  return (view, start) => {
    const high = highAt(view, start, rettime, littleEndian) - highAt(view, start, calltime, littleEndian);
    const low = lowAt(view, start, rettime, littleEndian) - lowAt(view, start, calltime, littleEndian);
    return Math.max(high * 0x1_0000_0000 + low, -1);
  };
}

function lowAt(view: DataView, start: number, { low }: WordPlace, littleEndian: boolean): number {
  return view.getUint32(start + low, littleEndian);
}

function highAt(view: DataView, start: number, { high }: WordPlace, littleEndian: boolean): number {
  return high < 0 ? 0 : view.getUint32(start + high, littleEndian);
}

function placeOf({ fields }: EventFormat, name: string, littleEndian: boolean): WordPlace | undefined {
  const field = fields.find((candidate) => candidate.name === name);
  if (field === undefined) return undefined;
  const { offset, size } = field;
  if (size === 4) return { low: offset, high: -1 };
  if (size !== 8) return undefined;
  return littleEndian ? { low: offset, high: offset + 4 } : { low: offset + 4, high: offset };
}

function fixedBytesOf({ fields }: EventFormat): number {
  return Math.max(...fields.map(({ offset, size }) => offset + size));
}
