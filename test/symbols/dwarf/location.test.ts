/** Location expressions as fetch args, one by one. */
import { describe, expect, it } from 'vitest';
import { valueAt } from '../../../src/symbols/c-types/fetch-place.ts';
import { evaluateLocation, type LocationContext, registerName } from '../../../src/symbols/dwarf/location.ts';

const context: LocationContext = {
  machine: 'x86-64',
  littleEndian: true,
  addressSize: 8,
  offsetSize: 4,
  frameBase: Uint8Array.of(0x9c),
  frameAddress: () => ({ register: 6, offset: 16 }),
  isAtEntry: false,
  fileOffset: (address) => (address >= 0x4000 ? address - 0x1000 : undefined),
  doublesFileOffsets: false,
  indexedAddress: (index) => (index === 2 ? 0x4010 : undefined),
};

function shown(bytes: readonly number[], rest: Partial<LocationContext> = {}): string {
  const place = evaluateLocation(Uint8Array.from(bytes), { ...context, ...rest });
  if (place.kind === 'registers') return place.texts.join('+');
  const value = valueAt(place);
  return 'why' in value ? value.why : value.text;
}

describe('evaluateLocation', () => {
  it.each([
    ['reg', [0x55], '%di'],
    ['regx', [0x90, 0x0c], '%r12'],
    ['breg', [0x76, 0x68], '-24(%bp)'],
    ['bregx', [0x92, 0x07, 0x08], '+8(%sp)'],
    ['fbreg by the call frame', [0x91, 0x5c], '-20(%bp)'],
    ['fbreg twice', [0x91, 0x00], '+16(%bp)'],
    ['breg, deref', [0x75, 0x10, 0x06], '+0(+16(%di))'],
    ['breg, deref, plus_uconst', [0x75, 0x10, 0x06, 0x23, 0x08], '+8(+16(%di))'],
    ['breg, lit, plus', [0x75, 0x10, 0x34, 0x22], '+20(%di)'],
    ['addr', [0x03, 0x10, 0x40, 0, 0, 0, 0, 0, 0], '@+0x3010'],
    ['addr, plus_uconst', [0x03, 0x10, 0x40, 0, 0, 0, 0, 0, 0, 0x23, 0x08], '@+0x3018'],
    ['addrx', [0xa1, 0x02], '@+0x3010'],
    ['lit, stack_value', [0x35, 0x9f], '\\5'],
    ['consts, stack_value', [0x11, 0x79, 0x9f], '\\-7'],
    ['const1s, stack_value', [0x09, 0xff, 0x9f], '\\-1'],
    ['implicit_value', [0x9e, 0x04, 0x2a, 0, 0, 0], '\\42'],
    ['breg 0, stack_value', [0x75, 0x00, 0x9f], '%di'],
    ['two pieces', [0x55, 0x93, 0x08, 0x54, 0x93, 0x08], '%di+%si'],
    ['nop', [0x96, 0x55], '%di'],
  ])('takes %s', (_, bytes, expected) => {
    expect(shown(bytes)).toBe(expected);
  });

  it.each([
    ['nothing', [], /optimised away/],
    ['a vector register', [0x61], /floating point or vector/],
    ['breg of a vector register', [0x82, 0x00], /cannot read/],
    ['breg 8, stack_value', [0x75, 0x08, 0x9f], /no register or memory/],
    ['two registers', [0x75, 0x00, 0x74, 0x00, 0x22], /sum of two registers/],
    ['entry_value', [0xa3, 0x01, 0x55, 0x9f], /only its value at the function entry/],
    ['entry_value of an expression', [0xa3, 0x02, 0x75, 0x00, 0x9f], /gone here/],
    ['pieces of bits', [0x55, 0x93, 0x04, 0x93, 0x04], /several places/],
    ['tls', [0x0e, 1, 0, 0, 0, 0, 0, 0, 0, 0xe0], /thread-local/],
    ['implicit_pointer', [0xf2, 0, 0, 0, 0, 0], /pointer that was optimised away/],
    ['mul', [0x75, 0x00, 0x34, 0x1e], /operation 0x1e/],
    ['data that no segment holds', [0x03, 0x10, 0, 0, 0, 0, 0, 0, 0], /static data/],
    ['an index that is missing', [0xa1, 0x09], /address is missing/],
    ['data behind data', [0x03, 0x10, 0x40, 0, 0, 0, 0, 0, 0, 0x06], /through static data/],
    ['a cut expression', [0x91], /cannot be read: it ends in the middle/],
    ['a constant that is too large', [0x0e, 255, 255, 255, 255, 255, 255, 255, 127, 0x9f], /too large/],
  ])('refuses %s', (_, bytes, expected) => {
    expect(shown(bytes)).toMatch(expected);
  });

  it('knows values at the entry while it is there', () => {
    expect(shown([0xa3, 0x01, 0x55, 0x9f], { isAtEntry: true })).toBe('%di');
    expect(shown([0xf3, 0x01, 0x54, 0x9f], { isAtEntry: true })).toBe('%si');
  });

  it('finds frames by their base', () => {
    expect(shown([0x91, 0x70], { frameBase: Uint8Array.of(0x56) })).toBe('-16(%bp)');
    expect(shown([0x91, 0x70], { frameBase: Uint8Array.of(0x77, 0x08) })).toBe('-8(%sp)');
    expect(shown([0x91, 0x70], { frameBase: undefined })).toMatch(/no frame base/);
    expect(shown([0x91, 0x70], { frameBase: Uint8Array.of(0x91, 0x00) })).toMatch(/no frame base/);
    expect(shown([0x91, 0x70], { frameAddress: () => undefined })).toMatch(/not described/);
  });

  it('halves offsets for kernels that double them', () => {
    const addr = [0x03, 0x10, 0x40, 0, 0, 0, 0, 0, 0];
    expect(shown(addr, { doublesFileOffsets: true })).toBe('@+0x1808');
    expect(shown([...addr, 0x23, 0x01], { doublesFileOffsets: true })).toMatch(/odd ones cannot be reached/);
  });

  it('names the registers of each machine', () => {
    expect(registerName('i386', 5)).toBe('%bp');
    expect(registerName('aarch64', 31)).toBe('%sp');
    expect(registerName('aarch64', 30)).toBe('%x30');
    expect(registerName('arm', 0)).toBeUndefined();
  });
});
