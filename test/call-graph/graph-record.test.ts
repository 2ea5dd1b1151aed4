import { describe, expect, it } from 'vitest';
import { GraphRecordReader } from '../../src/call-graph/graph-record.ts';
import { parseEventFormat } from '../../src/format/event-format.ts';
import { formatText } from '../format/format-text.ts';

const abi = { littleEndian: true, longSize: 8 } as const;
const line = (type: string, name: string, offset: number, size: number) =>
  `field:${type} ${name};\toffset:${offset};\tsize:${size};\tsigned:0;`;

const entry = parseEventFormat(
  'ftrace',
  formatText('funcgraph_entry', 11, [
    line('unsigned long', 'func', 8, 8),
    line('unsigned long', 'depth', 16, 8),
    line('unsigned long', 'args[]', 24, 0),
  ]),
);
const exit = parseEventFormat(
  'ftrace',
  formatText('funcgraph_exit', 10, [
    line('unsigned long', 'func', 8, 8),
    line('unsigned long', 'retval', 16, 8),
    line('unsigned int', 'depth', 24, 4),
    line('unsigned int', 'overrun', 28, 4),
    line('unsigned long long', 'calltime', 32, 8),
    line('unsigned long long', 'rettime', 40, 8),
  ]),
);
const retaddrEntry = parseEventFormat(
  'ftrace',
  formatText('fgraph_retaddr_entry', 16, [
    line('unsigned long', 'func', 8, 8),
    line('int', 'depth', 16, 4),
    line('unsigned long', 'retaddr', 20, 8),
  ]),
);
const reader = new GraphRecordReader({ entry, exit, retaddrEntry }, abi);

function record(id: number, bytes: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(bytes));
  view.setUint16(0, id, true);
  write(view);
  return new Uint8Array(view.buffer);
}

describe('GraphRecordReader', () => {
  it('knows the events it reads', () => expect([...reader.eventIds]).toEqual([11, 10, 16]));

  it('reads entries with and without arguments', () => {
    const bytes = record(11, 40, (view) => {
      view.setBigUint64(8, 0xffffffff81000004n, true);
      view.setBigUint64(16, 3n, true);
      view.setBigUint64(24, 1n, true);
      view.setBigUint64(32, 0xffffff9cn, true);
    });
    const read = { kind: 'entry', func: 0xffffffff81000004n, depth: 3, retaddr: undefined };
    expect(reader.read(bytes)).toEqual({ ...read, args: [1n, 0xffffff9cn] });
    expect(reader.read(bytes.slice(0, 24))).toEqual({ ...read, args: undefined });
  });

  it('reads the return address', () => {
    const bytes = record(16, 28, (view) => view.setBigUint64(20, 0xabcn, true));
    expect(reader.read(bytes)).toMatchObject({ kind: 'entry', retaddr: 0xabcn, args: undefined });
  });

  it('reads exits with times and return value', () => {
    const bytes = record(10, 48, (view) => {
      view.setBigInt64(16, -2n, true);
      view.setUint32(24, 1, true);
      view.setUint32(28, 4, true);
      view.setBigUint64(32, 1_000_000_000_000_000_000n, true);
      view.setBigUint64(40, 1_000_000_000_000_001_234n, true);
    });
    expect(reader.read(bytes)).toMatchObject({
      kind: 'exit',
      depth: 1,
      overrun: 4,
      duration: 1234,
      retval: 0xfffffffffffffffen,
    });
  });

  it('leaves other events and cut records alone', () => {
    expect(reader.read(record(99, 48, () => {}))).toBeUndefined();
    expect(reader.read(record(10, 47, () => {}))).toBeUndefined();
    expect(reader.read(new Uint8Array(1))).toBeUndefined();
  });

  it('refuses a format without the depth', () => {
    const without = { ...entry, fields: entry.fields.filter(({ name }) => name !== 'depth') };
    expect(() => new GraphRecordReader({ entry: without, exit }, abi)).toThrow(
      'reading the format of ftrace:funcgraph_entry: it has no field depth of 4 or 8 bytes',
    );
  });
});
