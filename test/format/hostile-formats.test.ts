/** Formats and records that nobody's kernel wrote: bounded time and output, no errors, nothing of a format becomes code. */
import { describe, expect, it } from 'vitest';
import { readThreadMs } from '../../src/base/thread-time.ts';
import {
  compilePrintFormat,
  type FieldValueOf,
  plainContext,
  printValues,
  traceCmdContext,
  writeRecord,
} from './text-of-record.ts';

const one: readonly FieldValueOf[] = [{ type: 'u64', value: 1 }];
const styles = [plainContext, traceCmdContext];

describe('expressions', () => {
  const many = 100_000;
  it.each<[string, string]>([
    ['brackets', `${'('.repeat(many)}REC->a${')'.repeat(many)}`],
    ['signs', `${'-'.repeat(many)}REC->a`],
    ['spaced signs', `${'! '.repeat(many)}REC->a`],
    ['casts', `${'(u32)('.repeat(many)}REC->a${')'.repeat(many)}`],
    ['bare casts', `${'(u32)'.repeat(many)}1`],
    ['sums', `REC->a${'+REC->a'.repeat(many)}`],
    ['divisions', `REC->a${'/(REC->a'.repeat(90)}${')'.repeat(90)}`],
    ['choices', `${'REC->a ? 1 : '.repeat(many)}2`],
    ['nested choices', `${'(REC->a ? '.repeat(90)}1${' : 2)'.repeat(90)}`],
    ['indexes', `REC->a${'[REC->a'.repeat(many)}${']'.repeat(many)}`],
    ['calls', `${'f('.repeat(many)}1${')'.repeat(many)}`],
    ['tables', `${'__print_symbolic('.repeat(many)}1${',{1,"a"})'.repeat(many)}`],
    ['statements', `${'({ int x = '.repeat(many)}1${'; x; })'.repeat(many)}`],
    ['words', 'x '.repeat(many)],
    ['open quote', `"${'\\'.repeat(many)}`],
    ['doubling', `({ ${Array.from({ length: 60 }, (_, n) => `int x${n + 1} = x${n} + x${n};`).join(' ')} x60; })`],
  ])('%s nested deeply, or many', (_name, expression) => {
    for (const style of styles) {
      const started = readThreadMs();
      const text = printValues(`"%d", ${expression}`, one, style);
      expect(text.length).toBeLessThan(10_000);
      expect(readThreadMs() - started).toBeLessThan(2000);
    }
  });

  it('that are long give up with a reason', () => {
    const { failure } = compilePrintFormat(`"%d", ${'('.repeat(50_000)}1`, []);
    expect(failure).toBe('brackets are nested too deeply');
  });

  it('never become code', () => {
    const attack = [
      '`);globalThis.broken=1;//',
      `$\{globalThis.broken=1}`,
      "');globalThis.broken=1;('",
      '\u2028globalThis.broken=1',
    ];
    for (const style of styles) {
      for (const text of attack) {
        printValues(`"${text} %s %d", "${text}", __print_symbolic(REC->a, { 1, "${text}" })`, one, style);
        printValues(`"%d %s", (${text})REC->a, ${text}`, one, style);
        compilePrintFormat(
          '"%d", REC->constructor',
          [`field:u32 ${text};\toffset:8;\tsize:4;\tsigned:0;`].slice(1),
          style,
        );
      }
      for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
        expect(() => printValues(`"%d %s", ${name}, ${name}(1)`, one, style)).not.toThrow();
        expect(() => printValues(`"%d", REC->${name}`, one, style)).not.toThrow();
        compilePrintFormat('"x"', [], style, `${name}:${name}`);
      }
    }
    expect('broken' in globalThis).toBe(false);
  });
});

describe('output', () => {
  it.each(['%2147483648d', '%-99999999s', '%.99999999d', '%099999999x', '%*d'])('of %s is bounded', (conversion) => {
    for (const style of styles) {
      const width = conversion.includes('*') ? '2147483647, ' : '';
      const text = printValues(`"${conversion}", ${width}REC->a`, one, style);
      expect(text.length).toBeLessThanOrEqual(4200);
    }
  });

  it('of lengths beyond the record ends with the record', () => {
    const field = 'field:__data_loc u8[] a;\toffset:8;\tsize:4;\tsigned:0;';
    const printFormat = '"%s %s %s", __print_hex(__get_dynamic_array(a), 4000000000), __get_str(a), __get_bitmask(a)';
    for (const style of styles) {
      for (const word of [
        [12, 0, 0xff, 0xff],
        [0xff, 0xff, 0xff, 0xff],
        [12, 0, 2, 0],
        [0, 0, 0, 0],
      ]) {
        const text = writeRecord(compilePrintFormat(printFormat, [field], style), [...word, 65, 66]);
        expect(text.length).toBeLessThan(100);
      }
    }
  });

  it.each(['"%d %llx", REC->a, REC->b', '"%s %pI4", REC->c, REC->c', '"%s", __print_array(REC->c, 9, 4)'])(
    'of %s from a record that is cut short, whatever lies behind it',
    (printFormat) => {
      const fields = ['u32 a', 'u64 b', 'char c[4]'].map(
        (declaration, index) => `field:${declaration};\toffset:${8 + index * 8};\tsize:${[4, 8, 4][index]};\tsigned:0;`,
      );
      for (const style of styles) {
        const compiled = compilePrintFormat(printFormat, fields, style);
        for (let length = 0; length < 24; length += 1) {
          expect(() => writeRecord(compiled, Array(length).fill(0x41))).not.toThrow();
        }
      }
    },
  );

  it('keeps bytes that are not UTF-8', () => {
    const field = 'field:char c[4];\toffset:8;\tsize:4;\tsigned:0;';
    const compiled = compilePrintFormat('"<\udcff> %s", REC->c', [field]);
    expect(writeRecord(compiled, [0xc3, 0xa4, 0xfe, 0])).toBe('<\udcff> \u00e4\udcfe');
  });
});
