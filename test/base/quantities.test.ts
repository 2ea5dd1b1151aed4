import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { parseDuration } from '../../src/base/quantities.ts';

describe('parseDuration', () => {
  it.each([
    ['5', 5_000],
    ['5s', 5_000],
    ['0.25', 250],
    ['500ms', 500],
    ['20us', 0.02],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0', 0],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', 's', '-1', '5 s', '1d', '1e3', '5sec', '.5'])("'%s' is none", (text) => {
    expect(() => parseDuration(text)).toThrow(UsageError);
    expect(() => parseDuration(text)).toThrow(`reading the duration '${text}': it is none`);
  });
});
