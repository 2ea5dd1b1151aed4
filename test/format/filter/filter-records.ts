/** An event with one field of every kind, and records of it. */
import { commonHeaderOf } from '../../../src/format/common-header.ts';
import { type EventFormat, parseEventFormat } from '../../../src/format/event-format.ts';
import { compileFilter } from '../../../src/format/filter/compile-filter.ts';
import type { FilterDialect } from '../../../src/format/filter/filter-ast.ts';
import type { FilterContext } from '../../../src/format/filter/filter-context.ts';
import { parseFilter } from '../../../src/format/filter/parse-filter.ts';
import type { KernelAbi } from '../../../src/format/kernel-abi.ts';
import { formatText } from '../format-text.ts';

export const everyKind: EventFormat = parseEventFormat(
  'test',
  formatText('every_kind', 77, [
    'field:u8 tiny;\toffset:8;\tsize:1;\tsigned:0;',
    'field:s8 prio;\toffset:9;\tsize:1;\tsigned:1;',
    'field:short port;\toffset:10;\tsize:2;\tsigned:1;',
    'field:int pid;\toffset:12;\tsize:4;\tsigned:1;',
    'field:unsigned int flags;\toffset:16;\tsize:4;\tsigned:0;',
    'field:char name[8];\toffset:20;\tsize:8;\tsigned:0;',
    'field:__data_loc char[] path;\toffset:28;\tsize:4;\tsigned:0;',
    'field:__rel_loc char[] label;\toffset:32;\tsize:4;\tsigned:0;',
    'field:__data_loc cpumask_t cpus;\toffset:36;\tsize:4;\tsigned:0;',
    'field:long ret;\toffset:40;\tsize:8;\tsigned:1;',
    'field:u64 bytes;\toffset:48;\tsize:8;\tsigned:0;',
    'field:void * site;\toffset:56;\tsize:8;\tsigned:0;',
    'field:const char * file;\toffset:64;\tsize:8;\tsigned:0;',
    'field:unsigned long args[3];\toffset:72;\tsize:24;\tsigned:0;',
  ]),
);

export const littleEndian: KernelAbi = { littleEndian: true, longSize: 8 };

export function contextOf(abi: KernelAbi = littleEndian): FilterContext {
  const comms = new Map([
    [0, '<idle>'],
    [42, 'bash'],
  ]);
  return {
    abi,
    header: commonHeaderOf(everyKind, abi),
    commOf: (pid) => comms.get(pid) ?? '<...>',
    functionAt: (address) => (address >> 12n === 0xffffffff81000n ? 'schedule' : undefined),
  };
}

export interface Values {
  taskPid?: number;
  tiny?: number;
  prio?: number;
  port?: number;
  pid?: number;
  flags?: number;
  name?: string;
  path?: string;
  label?: string;
  cpus?: readonly number[];
  ret?: bigint;
  bytes?: bigint;
  site?: bigint;
}

/** A record, at offset 3 of a larger buffer to find out who forgets the start. */
export function recordOf(values: Values, { littleEndian }: KernelAbi = { littleEndian: true, longSize: 8 }) {
  const start = 3;
  const [path, label] = [Buffer.from(`${values.path ?? ''}\0`), Buffer.from(`${values.label ?? ''}\0`)];
  const end = start + 96 + path.length + label.length + 8;
  const bytes = new Uint8Array(end + 5).fill(0xee);
  bytes.fill(0, start, end);
  const view = new DataView(bytes.buffer);
  const u32 = (offset: number, value: number): void => view.setUint32(start + offset, value, littleEndian);
  view.setUint16(start, 77, littleEndian);
  u32(4, values.taskPid ?? 0);
  view.setUint8(start + 8, values.tiny ?? 0);
  view.setInt8(start + 9, values.prio ?? 0);
  view.setInt16(start + 10, values.port ?? 0, littleEndian);
  u32(12, values.pid ?? 0);
  u32(16, values.flags ?? 0);
  bytes.set(Buffer.from(values.name ?? '').subarray(0, 8), start + 20);
  u32(28, (path.length << 16) | 96);
  u32(32, (label.length << 16) | (96 + path.length - 36));
  u32(36, (8 << 16) | (96 + path.length + label.length));
  bytes.set(path, start + 96);
  bytes.set(label, start + 96 + path.length);
  for (const cpu of values.cpus ?? []) {
    const index = littleEndian ? cpu >> 3 : 7 - (cpu >> 3);
    bytes[end - 8 + index]! |= 1 << (cpu & 7);
  }
  view.setBigInt64(start + 40, values.ret ?? 0n, littleEndian);
  view.setBigUint64(start + 48, values.bytes ?? 0n, littleEndian);
  view.setBigUint64(start + 56, values.site ?? 0n, littleEndian);
  return { bytes, view, start, end };
}

/** Whether `text` takes a record with these values, recorded on CPU 3 at 1000 ns. */
export function passes(
  text: string,
  values: Values,
  dialect: FilterDialect = 'trace-cmd',
  abi = littleEndian,
): boolean {
  const parsed = parseFilter(text, dialect);
  if ('problem' in parsed) throw new Error(`${text}: ${parsed.problem.why}`);
  const { bytes, view, start, end } = recordOf(values, abi);
  return compileFilter(parsed.ast, everyKind, contextOf(abi))(bytes, view, start, end, 3, 1000n);
}
