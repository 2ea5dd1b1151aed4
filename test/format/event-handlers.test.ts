import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { parseEventFormat } from '../../src/format/event-format.ts';
import { compileEventText, type EventTextContext, type WriteEventText } from '../../src/format/event-text.ts';
import { formatText } from './format-text.ts';
import { plainContext, traceCmdContext } from './text-of-record.ts';

interface Field {
  readonly declaration: string;
  readonly size: number;
  readonly value: number | bigint | string;
}

const field = (declaration: string, size: number, value: number | bigint | string): Field => ({
  declaration,
  size,
  value,
});

/** Lays the fields out one after the other, and prints one record of them. Compiles once for each layout. */
function printer(event: string, context: EventTextContext, printFormat = '"-"') {
  const [system, name] = event.split(':') as [string, string];
  const writers = new Map<string, WriteEventText>();
  return (fields: readonly Field[]): string => {
    const record = Buffer.alloc(8 + fields.reduce((sum, { size }) => sum + size, 0));
    const lines: string[] = [];
    let at = 8;
    for (const { declaration, size, value } of fields) {
      if (typeof value === 'string') record.write(value, at, 'latin1');
      else if (size === 8) record.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), at);
      else record.writeUIntLE(Number(BigInt.asUintN(size * 8, BigInt(value))), at, size);
      lines.push(`field:${declaration};\toffset:${at};\tsize:${declaration.endsWith('[]') ? 0 : size};\tsigned:0;`);
      at += size;
    }
    const text = formatText(name, 7, lines, printFormat);
    const write = writers.get(text) ?? compileEventText(parseEventFormat(system, text), context).write;
    writers.set(text, write);
    const out = new ByteWriter();
    write(out, record, new DataView(record.buffer, record.byteOffset), 0, at);
    return out.toText();
  };
}

const comm = (name: string, value: string): Field => field(`char ${name}[16]`, 16, value);

describe('tasks', () => {
  const switched = [
    comm('prev_comm', 'bash'),
    field('pid_t prev_pid', 4, 12),
    field('int prev_prio', 4, 120),
    field('long prev_state', 8, 3),
    comm('next_comm', 'swapper/0'),
    field('pid_t next_pid', 4, 0),
    field('int next_prio', 4, -1),
  ];

  it('switch, and their names are learnt once', () => {
    const learnt: string[] = [];
    const learnComm = (pid: number, comm: () => string): boolean => learnt.push(`${pid} ${comm()}`) > 0;
    const context: EventTextContext = { ...traceCmdContext, learnComm };
    const print = printer('sched:sched_switch', context);
    expect(print(switched)).toBe('bash:12 [120] S|D ==> swapper/0:0 [-1]');
    expect(print(switched)).toBe('bash:12 [120] S|D ==> swapper/0:0 [-1]');
    expect(learnt).toEqual(['12 bash', '0 swapper/0']);
  });

  it('are told again until their names are known for good', () => {
    const learnt: string[] = [];
    const learnComm = (pid: number, comm: () => string): boolean => learnt.push(`${pid} ${comm()}`) > 2;
    const print = printer('sched:sched_switch', { ...traceCmdContext, learnComm });
    for (let times = 0; times < 3; times += 1) print(switched);
    expect(learnt).toEqual(['12 bash', '0 swapper/0', '12 bash', '0 swapper/0']);
  });

  it('wake up', () => {
    const fields = [comm('comm', 'ls'), field('pid_t pid', 4, 7), field('int prio', 4, 100)];
    const print = printer('sched:sched_wakeup', traceCmdContext);
    expect(print([...fields, field('int target_cpu', 4, 5)])).toBe('ls:7 [100] CPU:005');
    expect(print([...fields, field('int success', 4, 1), field('int target_cpu', 4, 123)])).toBe(
      'ls:7 [100] success=1 CPU:123',
    );
  });
});

describe('functions', () => {
  const names: Readonly<Record<number, string>> = { 1: 'vfs_read', 2: 'ksys_read', 3: 'new_sync_read' };
  const context = (): EventTextContext => ({
    ...traceCmdContext,
    nameOfHalves: (_high, low) => (names[low] === undefined ? undefined : { name: names[low]!, offset: 0x12 }),
    place: { cpu: 0 },
  });
  const call = (ip: number, parent: number): Field[] => [
    field('unsigned long ip', 8, ip),
    field('unsigned long parent_ip', 8, parent),
  ];

  it('are indented below the one that called them, on each CPU', () => {
    const shared = context();
    const print = printer('ftrace:function', shared);
    const lines = [print(call(1, 2)), print(call(3, 1)), print(call(9, 3))];
    shared.place!.cpu = 1;
    lines.push(print(call(3, 1)));
    expect(lines).toEqual(['vfs_read', '   new_sync_read', '      0x9', 'new_sync_read']);
  });

  it('stand before their caller in the text of the kernel', () => {
    const print = printer('ftrace:function', { ...context(), style: 'kernel' });
    expect(print(call(1, 2))).toBe('vfs_read <-ksys_read');
    expect(print(call(9, 2))).toBe('0x9 <-ksys_read');
  });

  it('are listed as a stack to the end of the record, or to -1', () => {
    const stack = Buffer.alloc(32);
    for (const [index, address] of [1, 77, -1, 2].entries()) stack.writeBigInt64LE(BigInt(address), index * 8);
    const fields = [field('int size', 4, 4), field('unsigned long caller[8]', 32, stack.toString('latin1'))];
    const print = printer('ftrace:kernel_stack', context());
    expect(print(fields)).toBe('<stack trace >\n=> vfs_read (1)\n=> 4d');
    expect(printer('ftrace:kernel_stack', { ...context(), style: 'kernel' })(fields)).toBe(
      '<stack trace>\n => vfs_read\n => 0x4d',
    );
  });

  it('may be repeated', () => {
    const repeats = [field('u16 count', 2, 3), field('u16 top_delta_ts', 2, 0), field('u32 bottom_delta_ts', 4, 900)];
    expect(printer('ftrace:func_repeats', context())([...call(1, 2), ...repeats])).toBe(
      'vfs_read (count: 3  last_ts: -900)',
    );
    const clock = { cpu: 0, writeEarlierTime: (out: ByteWriter, delta: bigint) => out.text(`now-${delta}`) };
    expect(printer('ftrace:func_repeats', { ...context(), place: clock })([...call(1, 2), ...repeats])).toBe(
      'vfs_read (count: 3  last_ts: now-900)',
    );
  });

  it('stand in front of allocations', () => {
    const print = printer('kmem:kfree', context(), '"ptr=%d", REC->ptr');
    expect(print([field('unsigned long call_site', 8, 1), field('int ptr', 4, 5)])).toBe('(vfs_read+0x12) ptr=5');
    expect(print([field('unsigned long call_site', 8, 99), field('int ptr', 4, 5)])).toBe('ptr=5');
  });

  it('are called by timers', () => {
    const fields = [field('void * hrtimer', 8, 0x1000), field('void * function', 8, 1), field('s64 expires', 8, 10)];
    expect(printer('timer:hrtimer_start', context())([...fields, field('s64 softexpires', 8, 9)])).toBe(
      'hrtimer=0x1000 function=vfs_read/0xffffffffffffffee expires=10 softexpires=9',
    );
  });
});

describe('trace_printk', () => {
  const context = (style: EventTextContext['style']): EventTextContext => ({
    ...plainContext,
    style,
    nameOfHalves: (_high, low) => (low === 1 ? { name: 'main', offset: 0 } : undefined),
    printkFormat: (address) => (address === 2n ? '%d %s %lx %5s|%*d' : undefined),
  });
  const fields = (fmt: number, words: Buffer): Field[] => [
    field('unsigned long ip', 8, 1),
    field('const char * fmt', 8, fmt),
    field('u32 buf[]', words.length, words.toString('latin1')),
  ];

  it.each(['kernel', 'trace-cmd'] as const)('prints its packed arguments in style %s', (style) => {
    const words = Buffer.alloc(32);
    words.writeInt32LE(-5, 0);
    words.write('ab\0', 4);
    words.writeBigUInt64LE(0xffff0000ffn, 8);
    words.write('xyz\0', 16);
    words.writeInt32LE(4, 20);
    words.writeInt32LE(9, 24);
    expect(printer('ftrace:bprint', context(style))(fields(2, words))).toBe('main: -5 ab ffff0000ff   xyz|   9');
    expect(printer('ftrace:bprint', context(style))(fields(2, Buffer.alloc(0)))).toBe('main: 0  0      |0');
    expect(printer('ftrace:bprint', context(style))(fields(3, words))).toBe('main: (NO FORMAT FOUND at 3)');
  });

  it('prints markers without their line end', () => {
    const print = printer('ftrace:print', context('trace-cmd'), '"%ps: %s", (void *)REC->ip, REC->buf');
    expect(print([field('unsigned long ip', 8, 1), field('char buf[]', 6, 'hello\n')])).toBe('main: hello');
  });
});

describe('system calls and guests', () => {
  it('name the futex operation', () => {
    const names = ['uaddr', 'op', 'val', 'utime', 'uaddr2', 'val3'];
    const print = (...values: number[]): string =>
      printer(
        'syscalls:sys_enter_futex',
        traceCmdContext,
        '"op: 0x%lx", REC->op',
      )(names.map((name, index) => field(`u64 ${name}`, 8, values[index] ?? 0)));
    expect(print(0x1000, 129, 3)).toBe('op=FUTEX_WAKE|FUTEX_PRIVATE_FLAG uaddr=0x00001000 val=3');
    expect(print(0x1000, 9 | 256, 3, 5, 6, 7)).toBe(
      'op=FUTEX_WAIT_BITSET|FUTEX_CLOCK_REALTIME uaddr=0x00001000 val=0x00000003 utime=0x00000005 val3=0x00000007',
    );
    expect(print(0, 99)).toBe('op: 0x63');
  });

  it('name the reason of an exit', () => {
    const print = (reason: number, isa: number): string =>
      printer(
        'kvm:kvm_exit',
        traceCmdContext,
      )([
        field('unsigned int exit_reason', 4, reason),
        field('unsigned long guest_rip', 8, 0xfff0),
        field('u32 isa', 4, isa),
        field('u64 info1', 8, 1),
        field('u64 info2', 8, 0x20),
      ]);
    expect(print(12, 1)).toBe('reason HLT rip 0xfff0 info 1 20');
    expect(print(0x4d, 2)).toBe('reason EXIT_EXCP_GP rip 0xfff0 info 1 20');
    expect(print(-1, 2)).toBe('reason EXIT_ERR rip 0xfff0 info 1 20');
    expect(print(999, 1)).toBe('reason UNKNOWN (999) rip 0xfff0 info 1 20');
  });
});
