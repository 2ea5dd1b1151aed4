/** Names of C++ (as GCC 12 writes them) and of Rust (both schemes), beside what c++filt and rustfilt call them. */
import { describe, expect, it } from 'vitest';
import { isReadableAs, readableName } from '../../src/symbols/mangled-name.ts';

describe('readableName', () => {
  it.each([
    ['_ZN4shop5Order5totalERKi', 'shop::Order::total'],
    ['_ZNK4shop5Order5totalEv', 'shop::Order::total'],
    ['_Z13free_functionPN4shop5OrderEb', 'free_function'],
    ['_ZL10outputCharcPcPiii.constprop.1', 'outputChar.constprop.1'],
    ['_ZN4shop5Order5timesIiEEiT_', 'shop::Order::times'],
    ['_ZN4shop5OrderC2ERKS0_', 'shop::Order::Order'],
    ['_ZN4shop5OrderD0Ev', 'shop::Order::~Order'],
    ['_ZNSt6vectorIiSaIiEE9push_backERKi', 'std::vector::push_back'],
    ['_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE6appendEPKc', 'std::__cxx11::basic_string::append'],
    ['_ZNSsC1EPKc', 'std::string::std::string'],
    ['_ZSt4copyIPiS0_ET0_T_S2_S1_', 'std::copy'],
    ['_ZN12_GLOBAL__N_13runEv', '(anonymous namespace)::run'],
    ['_ZlsRSoRK4Date', 'operator<<'],
    ['_ZN4DatecvbEv', 'Date::operator'],
    ['_Znwm', 'operator new'],
    ['_ZZ4mainENKUlvE_clEv', 'main::{lambda}::operator()'],
    ['_ZNKSt8functionIFivEEclEv', 'std::function::operator()'],
    ['_ZN3FooIXadL_ZN3barEvEEE3runEv', undefined],
    ['_ZTV4Date', undefined],
    ['_Z', undefined],
    ['_ZN', undefined],
    ['_ZN4shop', undefined],
    ['_ZN99shop3runEv', undefined],
    ['main', undefined],
    ['_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE', 'core::fmt::Write::write_fmt'],
    [
      '_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt17hc1a5e1b0d0f0a0b0E',
      '<alloc::string::String as core::fmt::Debug>::fmt',
    ],
    ['_ZN4core17h0123456789abcdefE', 'core'],
    ['_ZN4core99write17h0123456789abcdefE', undefined],
    ['_RNvC6_123foo3bar', '123foo::bar'],
    ['_RNvNtCs1234_7mycrate3mod3run', 'mycrate::mod::run'],
    ['_RNCNvCsgStHSCytQ6I_7mycrate4main0B3_', 'mycrate::main::{closure}'],
    ['_RINvNtC3std3mem8align_ofjdE', 'std::mem::align_of'],
    ['_RNvB_3bar', undefined],
    ['_RMC0INtC8instance3FooppE', undefined],
  ])('%s: %s', (symbol, name) => expect(readableName(symbol)).toBe(name));

  it('ends whatever the text is', () => {
    for (const text of ['I'.repeat(1000), 'N'.repeat(5000), 'NI'.repeat(500), 'F'.repeat(3000), 'A_'.repeat(2000)]) {
      for (const prefix of ['_Z', '_ZN1aI', '_R', '_RNvB']) expect(readableName(prefix + text)).toBeUndefined();
    }
  });
});

describe('isReadableAs', () => {
  it('takes whole parts from the end', () => {
    const ends = ['total', 'Order::total', 'shop::Order::total', 'otal', 'rder::total', 'shop', ''];
    expect(ends.filter((end) => isReadableAs('shop::Order::total', end))).toEqual(ends.slice(0, 3));
  });
});
