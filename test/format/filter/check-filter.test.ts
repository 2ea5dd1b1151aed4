import { describe, expect, it } from 'vitest';
import { parseEventFormat } from '../../../src/format/event-format.ts';
import { checkFilter } from '../../../src/format/filter/check-filter.ts';
import type { FilterDialect } from '../../../src/format/filter/filter-ast.ts';
import { parseFilter } from '../../../src/format/filter/parse-filter.ts';
import { formatText } from '../format-text.ts';
import { everyKind } from './filter-records.ts';

function check(text: string, dialect: FilterDialect = 'kernel', format = everyKind) {
  const parsed = parseFilter(text, dialect);
  if ('problem' in parsed) throw new Error(parsed.problem.why);
  return checkFilter(parsed.ast, format, (name) => name === 'schedule');
}

describe('what the kernel takes (tried on 5.10, 6.12 and 7.2)', () => {
  it.each([
    'pid == -5',
    'bytes > 0x10',
    'flags & 1',
    'name == "x"',
    'path ~ "*x"',
    'label != "x"',
    'file ~ "x*"',
    'file.ustring == "x"',
    'comm == "x" && cpu == 1 || !(common_pid == 1)',
    'cpu & CPUS{0-1}',
    'pid & CPUS{1}',
    'cpus & CPUS{1}',
    'site.function == schedule',
    'site == 0xffffffff81000000',
    'bytes == 18446744073709551615',
  ])('%s', (text) => {
    expect(check(text)).toBeUndefined();
  });
});

describe('problems', () => {
  it.each<[text: string, fault: string, why: RegExp, candidates: string[]]>([
    ['pidd == 5', 'pidd', /has no field pidd/, ['pid']],
    ['pid == 5 && flag & 1', 'flag', /has no field flag/, ['flags']],
    ['Path == "x"', 'Path', /has no field Path/, ['path']],
    ['common_comm == "x"', 'common_comm', /has no field/, ['comm']],
    ['name == 5', 'name', /is a text \(char\[8\]\)/, []],
    ['path & 5', 'path', /is a text/, []],
    ['file == 5', 'file', /is a text/, []],
    ['file.ustring == 5', 'file.ustring', /is a text/, []],
    ['comm == 5', 'comm', /is a text/, []],
    ['pid == "5"', '"5"', /is a number/, ['5']],
    ['pid ~ "5*"', '"5*"', /is a number/, []],
    ['cpu == "x"', '"x"', /is a number/, []],
    ['site == "x"', '"x"', /is a number/, []],
    ['flags.ustring == "x"', 'flags.ustring', /no pointer/, []],
    ['flags == -1', '-1', /unsigned/, []],
    ['pid == 18446744073709551615', '18446744073709551615', /signed/, []],
    ['pid.function == schedule', 'pid.function', /no address/, []],
    ['site.function == nosuch', 'nosuch', /no function nosuch/, []],
    ['cpus == 1', 'cpus', /set of CPUs/, ['cpus & CPUS{0}']],
    ['name & CPUS{1}', 'name', /is a text/, []],
    ['args == 1', 'args', /no number/, []],
  ])('%s: at `%s`', (text, fault, why, candidates) => {
    const problem = check(text);
    expect(problem?.why).toMatch(why);
    expect(text.slice(problem!.position, problem!.position + problem!.length)).toBe(fault);
    expect(problem?.candidates.slice(0, candidates.length)).toEqual(candidates);
  });

  it('names the fields of the event when none comes near', () => {
    expect(check('zzzzzzzz == 5')?.candidates).toContain('tiny');
  });

  it('tells of a text in user memory that the kernel would never match', () => {
    const file = ['field:const char * filename;\toffset:8;\tsize:8;\tsigned:0;'];
    const format = parseEventFormat('syscalls', formatText('sys_enter_open', 7, file));
    expect(check('filename ~ "*passwd*"', 'kernel', format)?.candidates).toEqual(['filename.ustring']);
    expect(check('filename.ustring ~ "*passwd*"', 'kernel', format)).toBeUndefined();
  });
});

describe('report filters', () => {
  it.each([
    'site == "schedule"',
    'ret =~ "sys"',
    'pid == "0x5"',
    'COMM =~ "x"',
    'CPU == 1',
    'pid + 1 == flags',
    "tiny == 'a'",
  ])('fit: %s', (text) => {
    expect(check(text, 'trace-cmd')).toBeUndefined();
  });

  it.each<[text: string, candidate: string]>([
    ['comm == "x"', 'COMM'],
    ['cpu == 1', 'CPU'],
    ['pid == pidd', 'pid'],
  ])('%s: %s is meant', (text, candidate) => {
    expect(check(text, 'trace-cmd')?.candidates).toContain(candidate);
  });

  it('finds a text that a number can never be', () => {
    expect(check('pid =~ "bash"', 'trace-cmd')?.why).toMatch(/is a number/);
  });
});
