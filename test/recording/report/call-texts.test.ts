import { expect, it } from 'vitest';
import { ByteWriter } from '../../../src/base/byte-writer.ts';
import { CallTexts } from '../../../src/recording/report/call-texts.ts';

const textOf = (texts: CallTexts, high: number, low: number, line: number): string | undefined => {
  const out = new ByteWriter(1);
  return texts.write(out, high, low, line) ? out.toText() : undefined;
};

it('finds each of many texts by address and line', () => {
  const texts = new CallTexts();
  const cases = Array.from({ length: 5000 }, (_, index) => ({
    high: index % 3 === 0 ? -1 : index % 3,
    low: Math.imul(index >> 4, 0x10) | (index % 2 === 0 ? 0 : 0x80000000),
    line: index % 16,
    text: `${'x'.repeat(index % 90)}${index};`,
  }));
  for (const { high, low, line, text } of cases) {
    expect(textOf(texts, high, low, line)).toBeUndefined();
    texts.keep(high, low, line, Buffer.from(text));
  }
  for (const { high, low, line, text } of cases) expect(textOf(texts, high, low, line)).toBe(text);
});

it('does not take more and more memory', () => {
  const texts = new CallTexts();
  const long = Buffer.alloc(1 << 20, 0x61);
  for (let low = 0; low < 17; low += 1) texts.keep(0, low, 0, long);
  expect(textOf(texts, 0, 0, 0)).toBeUndefined();
  expect(textOf(texts, 0, 16, 0)?.length).toBe(1 << 20);
});
