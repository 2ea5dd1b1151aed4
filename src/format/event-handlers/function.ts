/** The function tracer's events and stacks, as libtraceevent's plugin prints them. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { EventFormat } from '../event-format.ts';
import type { AddressName, EventTextContext, RecordPlace, WriteEventText } from '../event-text.ts';
import { putHex64 } from '../print-fmt/digits.ts';
import { writeHexNumber } from '../print-fmt/tables.ts';
import { numberField, numberFields } from './number-field.ts';

const deepestIndent = 1000;

/**
 * How deep a function is shown: per CPU the names of the functions that seem to call each other. The parent's place is
 * looked for from the bottom; what is above its child stays, as in libtraceevent.
 */
class CallGuess {
  readonly #stacks = new Map<number, string[]>();

  depthOf(cpu: number, parent: string, child: string | undefined): number {
    let stack = this.#stacks.get(cpu);
    if (stack === undefined) {
      stack = [];
      this.#stacks.set(cpu, stack);
    }
    let depth = stack.indexOf(parent);
    if (depth < 0) {
      depth = 0;
      stack[0] = parent;
    }
    if (child !== undefined && depth < deepestIndent) stack[depth + 1] = child;
    return depth;
  }
}

const guesses = new WeakMap<RecordPlace, CallGuess>();

export function functionWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const fields = numberFields(format, context.abi, ['ip', 'parent_ip']);
  if (fields === undefined) return undefined;
  const { ip, parent_ip } = fields;
  const { place } = context;
  const guess = place && (guesses.get(place) ?? new CallGuess());
  if (place && guess) guesses.set(place, guess);
  return (out, _bytes, view, start, end) => {
    if (start + fields.end > end) return;
    const high = ip.high(view, start);
    const low = ip.low(view, start);
    const name = context.nameOfHalves(high, low);
    if (place !== undefined && guess !== undefined) {
      const parent = context.nameOfHalves(parent_ip.high(view, start), parent_ip.low(view, start));
      if (parent !== undefined) out.fill(0x20, guess.depthOf(place.cpu, parent.name, name?.name) * 3);
    }
    writeName(out, name, high, low);
  };
}

function writeName(out: ByteWriter, name: AddressName | undefined, high: number, low: number): void {
  if (name === undefined) writeHexNumber(out, high, low);
  else out.text(name.name);
}

/** `vfs_read <-ksys_read`, as the kernel's trace file has it. */
export function calledFromWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const fields = numberFields(format, context.abi, ['ip', 'parent_ip']);
  if (fields === undefined) return undefined;
  const { ip, parent_ip } = fields;
  return (out, _bytes, view, start, end) => {
    if (start + fields.end > end) return;
    for (const field of [ip, parent_ip]) {
      if (field === parent_ip) out.text(' <-');
      const high = field.high(view, start);
      const low = field.low(view, start);
      const name = context.nameOfHalves(high, low);
      writeName(out, name, high, low);
      if (name?.module !== undefined) out.text(` [${name.module}]`);
    }
  };
}

/** `func (count: 3  last_ts: 12.345678)`; without a clock the nanoseconds back in its place. */
export function functionRepeatsWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const writeFunction = functionWriter(format, context);
  const fields = numberFields(format, context.abi, ['count', 'top_delta_ts', 'bottom_delta_ts']);
  if (writeFunction === undefined || fields === undefined) return undefined;
  return (out, bytes, view, start, end) => {
    writeFunction(out, bytes, view, start, end);
    if (start + fields.end > end) return;
    out.text(' (count: ');
    out.decimal(fields.count.low(view, start));
    out.text('  last_ts: ');
    const top = BigInt(fields.top_delta_ts.low(view, start));
    const delta = (top << 32n) | BigInt(fields.bottom_delta_ts.low(view, start));
    if (context.place?.writeEarlierTime) context.place.writeEarlierTime(out, delta);
    else out.text(`-${delta}`);
    out.text(')');
  };
}

/** All addresses to the end of the record or to -1, a line each. */
export function stackWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const field = format.fields.find(({ name }) => name === 'caller');
  if (field === undefined) return undefined;
  const { littleEndian, longSize } = context.abi;
  const isTraceCmd = context.style === 'trace-cmd';
  const [lowAt, highAt] = littleEndian ? [0, 4] : [4, 0];
  return (out, _bytes, view, start, end) => {
    out.text(isTraceCmd ? '<stack trace >\n' : '<stack trace>\n');
    for (let at = start + field.offset; at + longSize <= end; at += longSize) {
      const low = view.getUint32(at + (longSize === 8 ? lowAt : 0), littleEndian);
      const high = longSize === 8 ? view.getUint32(at + highAt, littleEndian) : 0;
      if (low === 0xffffffff) break;
      // The kernel fills what is left of the eight that the format declares.
      if (!isTraceCmd && high === 0 && low === 0) break;
      writeFrame(out, context, high, low);
    }
  };
}

function writeFrame(out: ByteWriter, context: EventTextContext, high: number, low: number): void {
  const found = context.nameOfHalves(high, low);
  const isTraceCmd = context.style === 'trace-cmd';
  out.text(isTraceCmd ? '=> ' : ' => ');
  if (!isTraceCmd) {
    writeName(out, found, high, low);
    return out.text('\n');
  }
  if (found !== undefined) out.text(`${found.name} (`);
  out.reserve(24);
  out.length = putHex64(out.bytes, out.length, high, low);
  out.text(found === undefined ? '\n' : ')\n');
}

/** `# id 00 01 ...` */
export function rawDataWriter(format: EventFormat, context: EventTextContext): WriteEventText | undefined {
  const id = numberField(format, context.abi, 'id');
  const buffer = format.fields.find(({ name }) => name === 'buf');
  if (id === undefined || buffer === undefined) return undefined;
  return (out, bytes, view, start, end) => {
    if (start + id.end > end) return;
    out.text('# ');
    out.hex(id.high(view, start), id.low(view, start));
    for (let at = start + buffer.offset; at < end; at += 1) {
      out.reserve(4);
      out.byte(0x20);
      out.hex(0, bytes[at]!, 2, 0x30);
    }
  };
}
