/** sys_enter_futex with its operation by name and only the arguments that it takes, as libtraceevent's plugin prints it. */
import type { ByteWriter } from '../../base/byte-writer.ts';
import type { EventFormat } from '../event-format.ts';
import type { EventTextContext } from '../event-text.ts';
import { putUnsigned64 } from '../print-fmt/digits.ts';
import type { EventHandler } from './event-handler.ts';
import { type NumberField, numberFields } from './number-field.ts';

const argumentNames = ['uaddr', 'op', 'val', 'utime', 'uaddr2', 'val3'] as const;

/**
 * By number (include/uapi/linux/futex.h): the name and what it takes. v and t: val and utime in hexadecimal, V: val in
 * decimal, 2: utime as val2, a: uaddr2, 3: val3.
 */
const operations: readonly (readonly [name: string, takes: string])[] = [
  ['FUTEX_WAIT', 'vt'],
  ['FUTEX_WAKE', 'V'],
  ['FUTEX_FD', 'V'],
  ['FUTEX_REQUEUE', 'V2a'],
  ['FUTEX_CMP_REQUEUE', 'V2a3'],
  ['FUTEX_WAKE_OP', 'V2a3'],
  ['FUTEX_LOCK_PI', 't'],
  ['FUTEX_UNLOCK_PI', ''],
  ['FUTEX_TRYLOCK_PI', ''],
  ['FUTEX_WAIT_BITSET', 'vt3'],
  ['FUTEX_WAKE_BITSET', 'V3'],
  ['FUTEX_WAIT_REQUEUE_PI', 'vta3'],
  ['FUTEX_CMP_REQUEUE_PI', 'V2a3'],
];
const privateFlag = 128;
const realTimeFlag = 256;

const shapes: Readonly<Record<string, readonly [label: string, name: (typeof argumentNames)[number], inHex: boolean]>> =
  {
    v: [' val=0x', 'val', true],
    V: [' val=', 'val', false],
    t: [' utime=0x', 'utime', true],
    '2': [' val2=', 'utime', false],
    a: [' uaddr2=0x', 'uaddr2', true],
    '3': [' val3=0x', 'val3', true],
  };

export function futexHandler(format: EventFormat, { abi }: EventTextContext): EventHandler | undefined {
  const fields = numberFields(format, abi, argumentNames);
  if (fields === undefined) return undefined;
  const write = (out: ByteWriter, field: NumberField, view: DataView, start: number, inHex: boolean): void => {
    const high = field.high(view, start);
    const low = field.low(view, start);
    if (inHex) return out.hex(high, low, 8, 0x30);
    out.reserve(24);
    out.length = putUnsigned64(out.bytes, out.length, high, low);
  };
  return {
    alone: false,
    write(out, _bytes, view, start, end) {
      if (start + fields.end > end) return true;
      const flags = fields.op.low(view, start);
      const operation = operations[(flags & ~(privateFlag | realTimeFlag)) >>> 0];
      if (operation === undefined || fields.op.high(view, start) !== 0) return true;
      out.text(`op=${operation[0]}`);
      if ((flags & privateFlag) !== 0) out.text('|FUTEX_PRIVATE_FLAG');
      if ((flags & realTimeFlag) !== 0) out.text('|FUTEX_CLOCK_REALTIME');
      out.text(' uaddr=0x');
      write(out, fields.uaddr, view, start, true);
      for (const taken of operation[1]) {
        const [label, name, inHex] = shapes[taken]!;
        out.text(label);
        write(out, fields[name], view, start, inHex);
      }
      return false;
    },
  };
}
