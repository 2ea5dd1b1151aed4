import { describe, expect, it } from 'vitest';
import { checkFilter } from '../../../src/format/filter/check-filter.ts';
import { compileFilter } from '../../../src/format/filter/compile-filter.ts';
import { formatProblem } from '../../../src/format/filter/filter-problem.ts';
import { parseFilter, parseReportFilter } from '../../../src/format/filter/parse-filter.ts';
import { contextOf, everyKind, recordOf } from './filter-records.ts';

const pieces = [
  ...['pid', 'ret', 'name', 'path', 'label', 'cpus', 'site', 'args', 'CPU', 'COMM', 'comm', 'bogus', 'site.function'],
  ...['==', '!=', '<', '>=', '=~', '!~', '~', '&', '|', '^', '+', '-', '*', '/', '%', '<<', '>>', '&&', '||', '!'],
  ...[
    '(',
    ')',
    '(',
    ')',
    ',',
    '=',
    '"',
    "'",
    '"a*"',
    "'b'",
    '"^\\(a\\|b\\)*$"',
    '"[[:alpha:]]"',
    '"[z"',
    '"\\"',
    ':',
    '/',
  ],
  ...['0', '5', '0x10', '077', '99999999999999999999', 'CPUS{0-3}', 'CPUS{', '\\', '\n', '\x1b', 'é', '#'],
];

describe('random filters', () => {
  it('are parsed, checked and run, or refused with a place within the text', () => {
    let seed = 20_240_601;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return (seed >>> 8) % below;
    };
    const { bytes, view, start, end } = recordOf({ pid: 5, name: 'ab', path: 'ab', ret: -1n, cpus: [1] });
    let taken = 0;
    const odd: string[] = [];
    for (let round = 0; round < 6_000; round += 1) {
      const text = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)]!).join(
        random(2) === 0 ? ' ' : '',
      );
      for (const dialect of ['kernel', 'trace-cmd'] as const) {
        const parsed = parseFilter(text, dialect);
        const problem = 'problem' in parsed ? parsed.problem : checkFilter(parsed.ast, everyKind);
        if (problem !== undefined) {
          const isWithin = problem.position >= 0 && problem.position + problem.length <= text.length;
          if (!isWithin || formatProblem(text, problem).split('\n').length !== 3) odd.push(text);
        }
        if ('problem' in parsed) continue;
        taken += 1;
        const test = compileFilter(parsed.ast, everyKind, contextOf());
        if (typeof test(bytes, view, start, end, 0, 0n) !== 'boolean') odd.push(text);
        test(bytes, view, start, start + random(end - start), 0, 0n);
      }
      parseReportFilter(text);
    }
    expect(odd).toEqual([]);
    expect(taken).toBeGreaterThan(100);
  });
});
