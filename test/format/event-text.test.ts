import { describe, expect, it } from 'vitest';
import {
  compilePrintFormat,
  type FieldValueOf,
  plainContext,
  printValues,
  traceCmdContext,
  writeRecord,
} from './text-of-record.ts';

const values = (type: FieldValueOf['type'], ...list: (number | bigint)[]): FieldValueOf[] =>
  list.map((value) => ({ type, value }));

/** `expression` printed with `conversion`, over fields a and b. */
const both = (conversion: string, expression: string, fields: readonly FieldValueOf[]): [string, string] => [
  printValues(`"${conversion}", ${expression}`, fields),
  printValues(`"${conversion}", ${expression}`, fields, traceCmdContext),
];

describe('numbers', () => {
  it.each<[string, FieldValueOf['type'], number | bigint, string]>([
    ['%d', 's32', -5, '-5'],
    ['%u', 's32', -1, '4294967295'],
    ['%ld', 's64', -(2n ** 63n), '-9223372036854775808'],
    ['%llu', 'u64', 2n ** 64n - 1n, '18446744073709551615'],
    ['%lu', 'u64', 12345678901234567890n, '12345678901234567890'],
    ['%ld', 'u64', 2n ** 53n + 1n, '9007199254740993'],
    ['%lx', 'u64', 0xffffffff81000001n, 'ffffffff81000001'],
    ['%d', 'u64', 0x1_0000_0005n, '5'],
    ['%hhd', 'u32', 0x1ff, '-1'],
    ['%hu', 'u32', 0x12345, '9029'],
    ['%5d|', 's32', -12, '  -12|'],
    ['%-5d|', 's32', 12, '12   |'],
    ['%05d', 's32', -12, '-0012'],
    ['%+d', 's32', 7, '+7'],
    ['%#x', 'u32', 255, '0xff'],
    ['%#x', 'u32', 0, '0'],
    ['%016llX', 'u64', 0xabcdefn, '0000000000ABCDEF'],
    ['%.3x', 'u32', 5, '005'],
    ['%8.3d|', 's32', 5, '     005|'],
    ['%llo', 'u64', 2n ** 64n - 1n, '1777777777777777777777'],
    ['%#o', 'u32', 8, '010'],
    ['%c', 'u8', 65, 'A'],
    ['%3c|', 'u8', 65, '  A|'],
    ['%zu', 'u64', 3, '3'],
    ['%Lx', 'u64', 0x1234567890n, '1234567890'],
    ['100%% %d', 's32', 1, '100% 1'],
  ])('%s of %s %s is %j', (conversion, type, value, expected) => {
    expect(both(conversion, 'REC->a', values(type, value))).toEqual([expected, expected]);
  });

  it('has longs of 4 bytes on a 32-bit kernel', () => {
    const context = { ...plainContext, abi: { littleEndian: true, longSize: 4 as const } };
    expect(printValues('"%lx %ld", REC->a, REC->a', values('u64', 0x1_ffff_ffffn), context)).toBe('ffffffff -1');
  });

  it('agrees with bigint for random 64-bit numbers', () => {
    let seed = 1n;
    for (let round = 0; round < 300; round += 1) {
      seed = BigInt.asUintN(64, seed * 6364136223846793005n + 1442695040888963407n);
      const value = seed >> BigInt(round % 64);
      const expected = `${value} ${BigInt.asIntN(64, value)} ${value.toString(16)}`;
      expect(printValues('"%llu %lld %llx", REC->a, REC->a, REC->a', values('u64', value))).toBe(expected);
    }
  });

  it('reads big endian records', () => {
    const context = { ...plainContext, abi: { littleEndian: false, longSize: 8 as const } };
    const fields = ['field:u64 a;\toffset:8;\tsize:8;\tsigned:0;', 'field:u16 b;\toffset:16;\tsize:2;\tsigned:0;'];
    const compiled = compilePrintFormat('"%llx %d %d", REC->a, REC->b, REC->a >> 8', fields, context);
    expect(writeRecord(compiled, [0, 0, 0, 1, 0, 0, 2, 0, 1, 2])).toBe('100000200 258 16777218');
  });
});

describe("C's expressions", () => {
  const [a, b] = [0xffffffff81234567n, 3n];
  it.each<[string, string, bigint]>([
    ['%llx', 'REC->a + REC->b', a + b],
    ['%lld', 'REC->b - REC->a', BigInt.asIntN(64, b - a)],
    ['%llu', 'REC->a * REC->b', BigInt.asUintN(64, a * b)],
    ['%llu', 'REC->a / REC->b', a / b],
    ['%llu', 'REC->a % 1000', a % 1000n],
    ['%llx', 'REC->a >> 12', a >> 12n],
    ['%llx', 'REC->a >> 40', a >> 40n],
    ['%llx', 'REC->a << 8', BigInt.asUintN(64, a << 8n)],
    ['%llx', 'REC->a & 0xffff', a & 0xffffn],
    ['%llx', '~REC->a', BigInt.asUintN(64, ~a)],
    ['%llx', '(u32)REC->a', a & 0xffffffffn],
    ['%d', 'REC->a > REC->b ? 1 : 2', 1n],
    ['%d', '!REC->a || REC->b == 3', 1n],
    ['%d', 'REC->b != 3 && REC->a', 0n],
    ['%llx', 'REC->a ^ REC->b', a ^ b],
    ['%llx', '(unsigned long)(REC->a | 1UL << 3)', a | 8n],
    ['%d', '(1 << 20) - 1 & REC->b', 3n],
    ['%llu', 'REC->a / 0', 0n],
    ['%d', '-REC->b + 5', 2n],
    ['%d', "'A'", 65n],
    ['%d', '0x10 + 010', 24n],
    ['%d', 'sizeof(u64) + sizeof(int)', 12n],
    ['%d', '__builtin_expect(!!(REC->b), 0) ? 7 : 8', 7n],
  ])('%s of %s', (conversion, expression, expected) => {
    const shown = conversion === '%llx' ? expected.toString(16) : expected.toString();
    expect(both(conversion, expression, values('u64', a, b))).toEqual([shown, shown]);
  });

  it('knows signs, where libtraceevent takes all for unsigned 64-bit numbers', () => {
    const fields = values('s32', -8, 3);
    expect(both('%d', 'REC->a < 0', fields)).toEqual(['1', '0']);
    expect(both('%lld', '(s64)REC->a >> 1', fields)).toEqual(['-4', '2147483644']);
    expect(both('%s', '__print_symbolic(REC->a, { -8, "MINUS" })', fields)).toEqual(['MINUS', '0xfffffff8']);
    expect(both('%d', '(u8)REC->a', fields)).toEqual(['248', '248']);
    expect(both('%d', '(s8)REC->a', fields)).toEqual(['-8', '248']);
  });

  it('binds as C does, and for reports as libtraceevent does', () => {
    const fields = values('u64', 100, 10);
    expect(both('%lld', 'REC->a - REC->b - 1', fields)).toEqual(['89', '91']);
    expect(both('%lld', 'REC->b * (REC->a + 1)', fields)).toEqual(['1010', '1001']);
    expect(both('%lld', 'REC->a / REC->b / 2', fields)).toEqual(['5', '20']);
    expect(both('%lld', 'REC->a + REC->b * 2 == 120', fields)).toEqual(['1', '100']);
    expect(both('%lld', 'REC->a & (REC->b | 64)', fields)).toEqual(['64', '64']);
    expect(both('%lld', '(REC->a & 4) >> (REC->b - 9)', fields)).toEqual(['2', '2']);
  });

  it('resolves min() and common fields by their new name', () => {
    const min = '({ int x = (REC->a); int y = (5); ((x) < (y) ? (x) : (y)); })';
    expect(printValues(`"%d %d", ${min}, REC->ent.pid`, values('s32', 9))).toBe('5 0');
  });

  it('takes symbols by their address', () => {
    const context = { ...plainContext, addressOf: (name: string) => (name === 'base' ? 0x1000n : undefined) };
    expect(printValues('"%lx", (unsigned long)base + REC->a', values('u64', 2), context)).toBe('1002');
  });
});

describe('tables', () => {
  const flags = '__print_flags(REC->a, "|", { 1, "A" }, { 2, "B" }, { 0x100000000ULL, "HIGH" })';
  it.each<[number | bigint, string]>([
    [0, ''],
    [3, 'A|B'],
    [6, 'B|0x4'],
    [8, '0x8'],
    [0x100000001n, 'A|HIGH'],
    [0x900000000n, 'HIGH|0x800000000'],
  ])('flags %s', (value, expected) => {
    expect(both('%s', flags, values('u64', value))).toEqual([expected, expected]);
  });

  it.each<[number | bigint, string]>([
    [1, 'one'],
    [5, '0x5'],
    [0xffffffffffffffffn, 'minus'],
  ])('symbol %s', (value, expected) => {
    const symbols = '__print_symbolic(REC->a, { 1, "one" }, { -1, "minus" })';
    expect(both('%s', symbols, values('u64', value))).toEqual([expected, expected]);
  });

  it('differs for a flag of 0, for NULL and for names that are not known', () => {
    const table = '__print_flags(REC->a, "|", { 0, "ZERO" }, { 1, "A" }, { NOT_KNOWN, "X" })';
    expect(both('%s', table, values('u32', 0))).toEqual(['', 'X']);
    expect(both('%s', table, values('u32', 1))).toEqual(['ZERO|A', 'AX']);
    expect(both('%s', '__print_symbolic(REC->a, { HI_SOFTIRQ, "HI" })', values('u32', 0))).toEqual(['HI', 'HI']);
    expect(both('%s', '__print_symbolic(REC->a, { })', values('u32', 1))).toEqual(['0x1', '0x1']);
  });

  it('pads the whole in the kernel and each name in libtraceevent', () => {
    const fields = values('u32', 3);
    expect(both('%-4s|', flags, fields)).toEqual(['A|B |', 'A   |B   |']);
    expect(both('%4s', 'REC->a ? "yes" : "no"', fields)).toEqual([' yes', ' yes']);
    expect(both('%.2s', 'REC->a ? "yes" : "no"', fields)).toEqual(['ye', 'ye']);
  });
});

describe('pointers', () => {
  const context = {
    nameOfHalves: (high: number, low: number) =>
      high === 0xffffffff ? { name: 'vfs_read', offset: low & 0xff, module: 'fs' } : undefined,
  };
  it.each<[string, bigint, string, string]>([
    ['%pS', 0xffffffff81000012n, 'vfs_read+0x12 [fs]', 'vfs_read+0x12'],
    ['%ps', 0xffffffff81000012n, 'vfs_read [fs]', 'vfs_read'],
    ['%pS', 0x1234n, '0x1234', '0x1234'],
    ['%p', 0x1234n, '0000000000001234', '0x1234'],
    ['%p', 0n, '0000000000000000', '(nil)'],
    ['%px', 0x12n, '0000000000000012', '0x12x'],
  ])('%s of %s', (conversion, value, kernel, traceCmd) => {
    const shown = (style: typeof plainContext) =>
      printValues(`"${conversion}", REC->a`, values('void *', value), { ...style, ...context });
    expect([shown(plainContext), shown(traceCmdContext)]).toEqual([kernel, traceCmd]);
  });

  const bytesField = (size: number): string => `field:u8 a[${size}];\toffset:8;\tsize:${size};\tsigned:0;`;
  const address = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
  it.each<[string, number[], string]>([
    ['%pM', [0, 1, 2, 0xaa, 0xbb, 0xcc], '00:01:02:aa:bb:cc'],
    ['%pm', [0, 1, 2, 0xaa, 0xbb, 0xcc], '000102aabbcc'],
    ['%pMR', [0, 1, 2, 0xaa, 0xbb, 0xcc], 'cc:bb:aa:02:01:00'],
    ['%pMF', [0, 1, 2, 0xaa, 0xbb, 0xcc], '00-01-02-aa-bb-cc'],
    ['%pI4', [127, 0, 0, 1], '127.0.0.1'],
    ['%pi4', [127, 0, 0, 1], '127.000.000.001'],
    ['%pI4l', [127, 0, 0, 1], '1.0.0.127'],
    ['%pI6', address, '2001:0db8:0000:0000:0000:0000:0000:0001'],
    ['%pi6', address, '20010db8000000000000000000000001'],
    ['%pI6c', address, '2001:db8::1'],
    ['%pI6c', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1], '::ffff:10.0.0.1'],
    ['%pI6c', Array(16).fill(0), '::'],
    ['%pU', address, '20010db8-0000-0000-0000-000000000001'],
    ['%pUL', address, 'B80D0120-0000-0000-0000-000000000001'],
    ['%pISpc', [2, 0, 0x1f, 0x90, 10, 0, 0, 1, ...Array(8).fill(0)], '10.0.0.1:8080'],
    ['%pISpc', [10, 0, 0, 80, 0, 0, 0, 0, ...address, 0, 0, 0, 0], '[2001:db8::1]:80'],
  ])('%s', (conversion, bytes, expected) => {
    const shown = (style: typeof plainContext): string =>
      writeRecord(compilePrintFormat(`"${conversion}", REC->a`, [bytesField(bytes.length)], style), bytes);
    expect([shown(plainContext), shown(traceCmdContext)]).toEqual([expected, expected]);
  });

  it('says what is no address, as libtraceevent does', () => {
    const shown = (printFormat: string): string =>
      writeRecord(compilePrintFormat(printFormat, [bytesField(5)], traceCmdContext), [1, 2, 3, 4, 5]);
    expect(shown('"%pM %pI4 %pI6c %pU", REC->a, REC->a, REC->a, REC->a')).toBe(
      'INVALIDMAC INVALIDIPv4 INVALIDIPv6 INVALIDUUID',
    );
    expect(shown('"%*ph", 3, REC->a')).toBe('ARG TYPE NOT FIELD BUT 2');
  });
});

describe('arrays and masks', () => {
  const located = (type: string): string => `field:__data_loc ${type}[] a;\toffset:8;\tsize:4;\tsigned:0;`;
  const print = (printFormat: string, type: string, bytes: readonly number[], context = plainContext): string =>
    writeRecord(compilePrintFormat(printFormat, [located(type)], context), [12, 0, bytes.length, 0, ...bytes]);
  it.each<[string, string, number[], string]>([
    ['"%s", __print_hex(__get_dynamic_array(a), __get_dynamic_array_len(a))', 'u8', [1, 0xab], '01 ab'],
    ['"%s", __print_hex_str(__get_dynamic_array(a), 2)', 'u8', [1, 0xab], '01ab'],
    ['"%s", __print_array(__get_dynamic_array(a), 2, 2)', 'u16', [1, 0, 2, 1], '{0x1,0x102}'],
    ['"%d", __get_dynamic_array_len(a)', 'u8', [1, 2, 3], '3'],
    ['"%*phC", __get_dynamic_array_len(a), __get_dynamic_array(a)', 'u8', [1, 2, 3], '01:02:03'],
    ['"%s", __get_bitmask(a)', 'unsigned long', [1, 0, 0, 0x80, 3, 0, 0, 0], '00000003,80000001'],
    ['"%d", ((u8 *)__get_dynamic_array(a))[1]', 'u8', [5, 6], '6'],
  ])('%s', (printFormat, type, bytes, expected) => {
    expect(print(printFormat, type, bytes)).toBe(expected);
    expect(print(printFormat, type, bytes, traceCmdContext)).toBe(expected);
  });

  it('has the helpers of newer kernels', () => {
    expect(print('"%s", __print_dynamic_array(a, 4)', 'u32', [1, 0, 0, 0, 2, 0, 0, 0])).toBe('{0x1,0x2}');
    const dump = '__print_hex_dump("d: ", DUMP_PREFIX_OFFSET, 16, 1, __get_dynamic_array(a), 2, true)';
    expect(print(`"%s", ${dump}`, 'u8', [0x41, 0x42])).toMatch(/^d: 00000000: 41 42 +AB$/);
    expect(
      printValues('"%llu.%09llu", __print_ns_to_secs(REC->a), __print_ns_without_secs(REC->a)', [
        { type: 'u64', value: 12_000_000_345n },
      ]),
    ).toBe('12.000000345');
    expect(print('"%d%d", __event_in_irq(), __event_in_softirq()', 'u8', [])).toBe('00');
    expect(print('"%*pbl", 16, __get_dynamic_array(a)', 'unsigned long', [0x0f, 1, 0, 0])).toBe('0-3,8');
  });

  it('does not multiply the index of a dynamic array in reports, as libtraceevent does not', () => {
    const bytes = [1, 0, 0, 0, 2, 0, 0, 0];
    const printFormat = '"%x", ((u32 *)__get_dynamic_array(a))[1]';
    expect(print(printFormat, 'u32', bytes)).toBe('2');
    expect(print(printFormat, 'u32', bytes, traceCmdContext)).toBe('2000000');
  });
});

describe('what libtraceevent tests of itself', () => {
  const text = [...Buffer.from('world\0')];
  it.each([plainContext, traceCmdContext])('strings by a u32 of length and offset ($style)', (context) => {
    const field = 'field:__data_loc char[] name;\toffset:12;\tsize:4;\tsigned:1;';
    const irq = 'field:int irq;\toffset:8;\tsize:4;\tsigned:1;';
    const compiled = compilePrintFormat('"irq=%d to=%s", REC->irq, __get_str(name)', [irq, field], context);
    expect(writeRecord(compiled, [3, 0, 0, 0, 16, 0, 6, 0, ...text])).toBe('irq=3 to=world');
  });

  it.each([plainContext, traceCmdContext])('strings by a u16 offset alone ($style)', (context) => {
    const field = 'field:__data_loc char name[];\toffset:8;\tsize:2;\tsigned:1;';
    expect(writeRecord(compilePrintFormat('"to=%s", __get_str(name)', [field], context), [10, 0, ...text])).toBe(
      'to=world',
    );
  });

  it.each<[string, number[], string]>([
    ['full', Array(8).fill(0xff), '0-63'],
    ['empty', Array(8).fill(0), ''],
    ['every second', Array(8).fill(0x55), Array.from({ length: 32 }, (_, index) => index * 2).join(',')],
    ['over two bytes', [1, 0x80, 0, 0, 0, 0, 0, 0], '0,15'],
    ['over three bytes', [1, 0, 0x80, 0, 0, 0, 0, 0], '0,23'],
    ['over all bytes', [1, 0, 0, 0, 0, 0, 0, 0x80], '0,63'],
  ])('a CPU mask, %s', (_name, mask, expected) => {
    const field = 'field:__data_loc cpumask_t *[] mask;\toffset:8;\tsize:4;\tsigned:0;';
    for (const style of [plainContext, traceCmdContext]) {
      for (const littleEndian of [true, false]) {
        const context = { ...style, abi: { littleEndian, longSize: 8 as const } };
        const compiled = compilePrintFormat('"%s", __get_cpumask(mask)', [field], context);
        const where = littleEndian ? [12, 0, 8, 0] : [0, 8, 0, 12];
        expect(writeRecord(compiled, [...where, ...(littleEndian ? mask : mask.toReversed())])).toBe(expected);
      }
    }
  });

  it.each<[4 | 8, string]>([
    [8, '4 8 8 8 4 2 1'],
    [4, '4 4 4 8 4 2 1'],
  ])('sizeof with longs of %d bytes', (longSize, expected) => {
    const sizes = ['int', 'long', 'unsigned long', 'long long', 'REC->a', '__u16', 'u8'];
    const printFormat = `"%d %d %d %d %d %d %d", ${sizes.map((size) => `sizeof(${size})`).join(', ')}`;
    for (const style of [plainContext, traceCmdContext]) {
      expect(printValues(printFormat, values('u32', 1), { ...style, abi: { littleEndian: true, longSize } })).toBe(
        expected,
      );
    }
  });

  it('prints the fields when a size is not known', () => {
    expect(both('%d', 'sizeof(struct page)', values('u32', 9, 10))).toEqual(['a=9 b=10', '[FAILED TO PARSE] a=9 b=10']);
  });
});
