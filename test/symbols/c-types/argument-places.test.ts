/** Where arguments are at a function's entry, by the calling conventions. */
import { describe, expect, it } from 'vitest';
import { parseBtf } from '../../../src/symbols/btf/btf-types.ts';
import { placeArguments, placeReturn } from '../../../src/symbols/c-types/argument-places.ts';
import { valueAt } from '../../../src/symbols/c-types/fetch-place.ts';
import type { ElfMachine } from '../../../src/symbols/elf-layout.ts';
import { BtfBuilder } from '../btf/btf-builder.ts';

const builder = new BtfBuilder();
const int = builder.int('int', 4);
const long = builder.int('long int', 8);
const wide = builder.int('__int128', 16);
const double = builder.add(16, 'double', 8);
const small = builder.struct('small', 4, [{ name: 'value', type: int, bit: 0 }]);
const pair = builder.struct('pair', 16, [
  { name: 'a', type: long, bit: 0 },
  { name: 'b', type: long, bit: 64 },
]);
const large = builder.struct('large', 24, [{ name: 'all', type: builder.array(long, 3), bit: 0 }]);
const vector = builder.struct('vector', 16, [
  { name: 'x', type: double, bit: 0 },
  { name: 'y', type: double, bit: 64 },
]);
const mixed = builder.struct('mixed', 16, [
  { name: 'x', type: double, bit: 0 },
  { name: 'n', type: long, bit: 64 },
]);
const named = { int, long, wide, double, small, pair, large, vector, mixed };
const types = parseBtf(builder.build());

function places(
  machine: ElfMachine,
  parameters: readonly (keyof typeof named)[],
  returns = 0,
  form = 'register',
): string {
  const given = parameters.map((name) => ({ type: named[name] }));
  const shown = placeArguments(types, given, returns, { machine, form: form as 'register' | 'numbered' }).map(
    (place) => {
      if (place.kind === 'registers') return place.texts.join('+');
      const value = valueAt(place);
      return 'why' in value ? '-' : value.text;
    },
  );
  return shown.join(' ');
}

describe('placeArguments on x86-64', () => {
  it('takes six registers, then the stack above the return address', () => {
    expect(places('x86-64', ['int', 'long', 'int', 'int', 'int', 'int', 'int', 'long'])).toBe(
      '%di %si %dx %cx %r8 %r9 +8(%sp) +16(%sp)',
    );
    expect(places('x86-64', ['int', 'pair', 'long'], 0, 'numbered')).toBe('$arg1 $arg2+$arg3 $arg4');
  });

  it('passes structs of two words in registers, larger ones on the stack', () => {
    expect(places('x86-64', ['small', 'pair', 'large', 'int'])).toBe('%di %si+%dx +8(%sp) %cx');
    expect(places('x86-64', ['int', 'int', 'int', 'int', 'int', 'pair', 'long'])).toBe(
      '%di %si %dx %cx %r8 +8(%sp) %r9',
    );
  });

  it('gives the first register to a struct that is returned in memory', () => {
    expect(places('x86-64', ['int'], large)).toBe('%si');
    expect(places('x86-64', ['int'], pair)).toBe('%di');
  });

  it('says that floating point cannot be read, and counts on without it', () => {
    expect(places('x86-64', ['double', 'int', 'vector', 'mixed', 'int'])).toMatch(/^- %di - - /);
  });

  it('aligns what is 16 bytes wide on the stack', () => {
    expect(places('x86-64', ['wide', 'wide', 'wide', 'long', 'wide'])).toBe('%di+%si %dx+%cx %r8+%r9 +8(%sp) +24(%sp)');
  });
});

describe('placeReturn', () => {
  const shown = (machine: ElfMachine, type: number): string => {
    const value = valueAt(placeReturn(types, type, machine));
    return 'why' in value ? value.why : value.text;
  };

  it('tells where $retval is the value', () => {
    expect([int, small, pair].map((it) => shown('x86-64', it))).toEqual(['$retval', '$retval', '$retval']);
    expect(shown('x86-64', large)).toBe('+0($retval)');
    expect(shown('aarch64', large)).toMatch(/address is gone/);
    for (const type of [double, vector, mixed]) expect(shown('x86-64', type)).toMatch(/floating point register/);
    expect(shown('aarch64', mixed)).toBe('$retval');
  });
});

describe('placeArguments on other machines', () => {
  it('follows the AAPCS64', () => {
    expect(places('aarch64', ['int', 'pair', 'large', 'double', 'int'])).toBe('%x0 %x1+%x2 +0(%x3) - %x4');
    expect(places('aarch64', ['int', 'wide', 'int'], large)).toBe('%x0 %x2+%x3 %x4');
    const nine = ['int', 'int', 'int', 'int', 'int', 'int', 'int', 'pair', 'int'] as const;
    expect(places('aarch64', nine)).toBe('%x0 %x1 %x2 %x3 %x4 %x5 %x6 +0(%sp) +16(%sp)');
  });

  it('finds everything on the stack of i386', () => {
    expect(places('i386', ['int', 'pair', 'int'])).toBe('+4(%sp) +8(%sp) +24(%sp)');
  });

  it('knows no others', () => {
    expect(places('arm', ['int'])).toBe('-');
    expect(places('machine 243', ['int', 'long'])).toBe('- -');
  });
});
