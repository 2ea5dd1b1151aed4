import { describe, expect, it } from 'vitest';
import {
  commonHeaderOf,
  readCommonFlags,
  readCommonPid,
  readCommonPreemptCount,
  readCommonType,
} from '../../src/format/common-header.ts';
import { decodeEvent } from '../../src/format/decoded-event.ts';
import { parseEventFormat } from '../../src/format/event-format.ts';
import type { FieldValue } from '../../src/format/field-value.ts';
import type { KernelAbi } from '../../src/format/kernel-abi.ts';
import { formatText } from './format-text.ts';

const little: KernelAbi = { littleEndian: true, longSize: 8 };
const big: KernelAbi = { littleEndian: false, longSize: 4 };

/** The value of one field in a record of a zeroed common header and `bytes` from offset 8 on. */
function readValue(declaration: string, size: number, bytes: readonly number[], abi = little, signed = 0): FieldValue {
  const line = `field:${declaration};\toffset:8;\tsize:${size};\tsigned:${signed};`;
  const format = parseEventFormat('test', formatText('probe', 7, [line]));
  return Object.values(decodeEvent(format, Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, ...bytes]), abi))[0]!;
}

const text = (characters: string): number[] => [...Buffer.from(characters)];

describe('integers', () => {
  it.each<[string, number, number[], number, FieldValue]>([
    ['u8 a', 1, [0xff], 0, 255],
    ['s8 a', 1, [0xff], 1, -1],
    ['u16 a', 2, [0x34, 0x12], 0, 0x1234],
    ['s16 a', 2, [0xfe, 0xff], 1, -2],
    ['s32 a', 4, [0x9c, 0xff, 0xff, 0xff], 1, -100],
    ['u64 a', 8, [0x9c, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 0, 0xffffffffffffff9cn],
    ['s64 a', 8, [0x9c, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 1, -100],
    ['void * a', 8, [0, 0x10, 0, 0, 0, 0, 0, 0], 0, 0x1000],
    ['u16 a[2]', 4, [1, 0, 2, 0], 0, [1, 2]],
    ['bool a', 1, [1], 0, 1],
  ])('%s of %d bytes', (declaration, size, bytes, signed, expected) => {
    expect(readValue(declaration, size, bytes, little, signed)).toEqual(expected);
  });

  it('follows the byte order', () => {
    expect(readValue('u32 a', 4, [1, 2, 3, 4], big)).toBe(0x01020304);
    expect(readValue('unsigned long a[]', 0, [0, 0, 0, 1, 0, 0, 0, 2], big)).toEqual([1, 2]);
  });

  it('is null where the record ends before the field', () => expect(readValue('u32 a', 4, [1, 2])).toBeNull());
});

describe('texts and arrays', () => {
  it('ends at NUL, or with the field', () => {
    expect(readValue('char comm[8]', 8, [...text('ls'), 0, ...text('junk!')])).toBe('ls');
    expect(readValue('char comm[4]', 4, text('bashful'))).toBe('bash');
    expect(readValue('char comm[16]', 16, text('cut'))).toBe('cut');
    expect(readValue('char buf[]', 0, [...text('to the end\n')])).toBe('to the end\n');
  });

  it('takes a data_loc from the start of the record, unaligned too', () => {
    expect(readValue('__data_loc char[] s', 4, [13, 0, 3, 0, 0x55, ...text('hi'), 0])).toBe('hi');
    expect(readValue('__data_loc u32[] v', 4, [13, 0, 8, 0, 0x55, 1, 0, 0, 0, 2, 0, 0, 0])).toEqual([1, 2]);
  });

  it('takes one of 8 bytes for a single one, as synthetic events have it', () => {
    expect(readValue('__data_loc char[] s', 8, [16, 0, 3, 0, 0, 0, 0, 0, ...text('hi'), 0])).toBe('hi');
  });

  it('takes a rel_loc from the end of the field', () => {
    expect(readValue('__rel_loc char[] s', 4, [1, 0, 3, 0, 0x55, ...text('hi'), 0])).toBe('hi');
  });

  it('tells a fault from an empty text and from an empty array', () => {
    expect(readValue('__data_loc char[] s', 4, [12, 0, 0, 0])).toBeNull();
    expect(readValue('__data_loc char[] s', 4, [12, 0, 1, 0, 0])).toBe('');
    expect(readValue('__data_loc u8[] s', 4, [12, 0, 0, 0])).toEqual([]);
  });

  it('reads an array of strings', () => {
    const bytes = [16, 0, 2, 0, 18, 0, 0, 0, ...text('a'), 0];
    expect(readValue('__data_loc char[][2] s', 8, bytes)).toEqual(['a', null]);
  });

  it('clamps to the record', () => {
    expect(readValue('__data_loc char[] s', 4, [12, 0, 0xff, 0xff, ...text('abc')])).toBe('abc');
    expect(readValue('__data_loc char[] s', 4, [0xff, 0xff, 5, 0])).toBeNull();
    expect(readValue('u32 v[4]', 16, [1, 0, 0, 0, 2, 0])).toEqual([1]);
  });

  it('keeps bytes that are not UTF-8', () => {
    expect(readValue('__data_loc char[] s', 4, [12, 0, 4, 0, 0xc3, 0xa4, 0xff, 0])).toBe('\u00e4\udcff');
  });

  it('reads the u16 locations of ancient kernels', () => {
    expect(readValue('__data_loc char[] s', 2, [10, 0, ...text('old'), 0, 1])).toBe('old');
  });
});

describe('the common header', () => {
  const format = parseEventFormat('test', formatText('probe', 7, []));

  it('is read in both byte orders', () => {
    const record = Uint8Array.from([0xaa, 7, 1, 8, 0x21, 0xfe, 0xff, 0xff, 0xff]);
    const header = commonHeaderOf(format, little);
    expect(readCommonType(header, record, 1)).toBe(0x107);
    expect(readCommonFlags(header, record, 1)).toBe(8);
    expect(readCommonPreemptCount(header, record, 1)).toBe(0x21);
    expect(readCommonPid(header, record, 1)).toBe(-2);
    expect(readCommonType(commonHeaderOf(format, big), record, 1)).toBe(0x701);
    expect(readCommonPid(commonHeaderOf(format, big), Uint8Array.from([0, 0, 0, 0, 0, 0, 1, 2]))).toBe(258);
  });

  it('does not fail on a record that is too short', () => {
    const header = commonHeaderOf(format, little);
    expect(readCommonType(header, new Uint8Array(1))).toBe(-1);
    expect(readCommonPid(header, new Uint8Array(6))).toBe(0);
  });

  it('must be whole', () => {
    const without = { ...format, commonFields: format.commonFields.slice(0, 3) };
    expect(() => commonHeaderOf(without, little)).toThrow('it has no field common_pid of 4 bytes');
  });
});
