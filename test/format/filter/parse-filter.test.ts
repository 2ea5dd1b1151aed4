import { describe, expect, it } from 'vitest';
import { readThreadMs } from '../../../src/base/thread-time.ts';
import { type FilterProblem, formatProblem } from '../../../src/format/filter/filter-problem.ts';
import { parseFilter, parseReportFilter, selectsEvent } from '../../../src/format/filter/parse-filter.ts';

function problemOf(text: string, dialect: 'kernel' | 'trace-cmd' = 'kernel'): FilterProblem {
  const parsed = parseFilter(text, dialect);
  if (!('problem' in parsed)) throw new Error(`${text} was taken`);
  return parsed.problem;
}

describe('problems of kernel filters', () => {
  it.each<[text: string, fault: string, why: RegExp, candidates: string[]]>([
    ['', '', /name of a field/, []],
    ['pid', '', /operator/, []],
    ['pid = 5', '=', /operator/, ['==']],
    ['pid =~ "x"', '=~', /no regular expressions/, ['~']],
    ['pid == ', '', /number or a text/, []],
    ['pid == 089', '089', /no number/, []],
    ['pid == 5UL', '5UL', /no number/, []],
    ['pid == 12abc', '12abc', /no number/, []],
    ['pid == 18446744073709551616', '18446744073709551616', /64 bits/, []],
    ['comm == bash', 'bash', /text in quotes/, ['"bash"']],
    ['comm == "bash', '"bash', /closing "/, []],
    ["comm == 'bash", "'bash", /closing '/, []],
    ['comm < "bash"', '<', /a text can be compared/, ['==', '!=', '~']],
    ['comm ~ 5', '5', /glob in quotes/, ['"..."']],
    ['pid == 5 and cpu == 1', 'and', /&& or \|\|/, ['&&']],
    ['pid == 5 | cpu == 1', '|', /&& or \|\|/, ['||']],
    ['pid & 1 == 1', '==', /&& or \|\|/, []],
    ['pid == 5 &&', '', /name of a field/, []],
    ['&& pid == 5', '&&', /name of a field/, []],
    ['(pid == 5', '(', /\) for this \( is missing/, []],
    ['pid == 5)', ')', /no \( for this/, []],
    ['pid == 5 # 1', '#', /no meaning/, []],
    ['pid + 1 == 5', '+', /operator/, []],
    ['site.bogus == 1', '.bogus', /no suffix/, ['.function', '.ustring']],
    ['site.function > f', '>', /only/, ['==', '!=']],
    ['site.function == "f"', '"f"', /without quotes/, ['f']],
    ['cpu & CPUS{3-1}', 'CPUS{3-1}', /no list/, ['CPUS{0-3,8}']],
    ['cpu & CPUS{}', 'CPUS{}', /no list/, ['CPUS{0-3,8}']],
    ['cpu < CPUS{1}', '<', /only/, ['==', '!=', '&']],
    [`comm == "${'x'.repeat(256)}"`, `"${'x'.repeat(256)}"`, /255 bytes/, []],
  ])('%s: at `%s`', (text, fault, why, candidates) => {
    const problem = problemOf(text);
    expect(text.slice(problem.position, problem.position + problem.length)).toBe(fault);
    expect(problem.why).toMatch(why);
    expect(problem.candidates).toEqual(candidates);
  });
});

describe('problems of report filters', () => {
  it.each<[text: string, fault: string, why: RegExp]>([
    ['ret = 1', '=', /comparison/],
    ['5', '', /comparison/],
    ['"a" == name', '"a"', /right side/],
    ['name =~ abc', 'abc', /regular expression in quotes/],
    ['name < "a"', '<', /a text can be compared/],
    ['1 + pid == "a"', '1 + pid', /field only/],
    ['(pid == 1) == 1', '(', /no number/],
    ['pid == (1', '(', /missing/],
    ['pid == ,', ',', /field or a number/],
    ['name =~ "a\\(b"', '\\(', /closing \\\)/],
    ['name =~ "a[b"', '[b', /closing \]/],
    ['name =~ "\\(a\\)\\1"', '\\1', /back references/],
    ['name =~ "a\\{3,1\\}"', '\\{3,1\\}', /malformed/],
    ['name =~ "a\\"', '"a\\"', /closing "/],
  ])('%s: at `%s`', (text, fault, why) => {
    const problem = problemOf(text, 'trace-cmd');
    expect(text.slice(problem.position, problem.position + problem.length)).toBe(fault);
    expect(problem.why).toMatch(why);
  });
});

describe('hostile expressions', () => {
  it.each<[name: string, text: string]>([
    ['parentheses', `${'('.repeat(60_000)}`],
    ['negations', `${'!'.repeat(60_000)}pid == 1`],
    ['alternations', Array.from({ length: 8_000 }, (_, n) => `a${n % 2 ? '&&' : '||'}`).join('')],
    ['arithmetic', `a${'+a'.repeat(30_000)}`],
    ['value parentheses', `1+${'(1+'.repeat(15_000)}`],
    ['length', 'a'.repeat(100_000)],
    ['digits', `a == ${'9'.repeat(60_000)}`],
    ['regex groups', `a =~ "${'\\('.repeat(20_000)}"`],
    ['regex repeats', `a =~ "${'a\\{255\\}'.repeat(1_000)}"`],
    ['nested repeats', `a =~ "${'\\('.repeat(20)}x${'\\)\\{255\\}'.repeat(20)}"`],
    ['nested empty repeats', `a =~ "${'\\('.repeat(20)}${'\\)\\{255\\}'.repeat(20)}"`],
    ['regex sets', `a =~ "${'[[:alpha:]]'.repeat(5_000)}"`],
    ['stars', `a =~ "a${'*'.repeat(20_000)}"`],
  ])('refuses too many %s', (_, text) => {
    expect(problemOf(text, 'trace-cmd').why).not.toBe('');
  });

  it('takes a long row of one kind, as made from many pids', () => {
    const row = Array.from({ length: 3_000 }, (_, pid) => `(common_pid==${pid})`).join('||');
    const started = readThreadMs();
    expect(parseFilter(row, 'trace-cmd')).not.toHaveProperty('problem');
    expect(readThreadMs() - started).toBeLessThan(5_000);
  });
});

describe('parseReportFilter', () => {
  const eventsOf = (text: string) => {
    const parsed = parseReportFilter(text);
    if ('problem' in parsed) throw new Error(parsed.problem.why);
    return parsed;
  };

  it.each<[text: string, system: string, event: string, expected: boolean]>([
    ['sched', 'sched', 'sched_switch', true],
    ['sched', 'kmem', 'sched', true],
    ['sched', 'sched2', 'sched_switch', false],
    ['sched/sched_switch', 'sched', 'sched_switch', true],
    ['sched/sched_switch', 'kmem', 'sched_switch', false],
    [' sched / sched_switch , kmem ', 'kmem', 'kfree', true],
    ['SCHED/.*switch', 'sched', 'sched_switch', true],
    ['.*', 'any', 'thing', true],
    ['sched_\\(switch\\|waking\\)', 'sched', 'sched_waking', true],
    ['sched_\\(switch\\|waking\\)', 'sched', 'sched_wakeup', false],
    ['sched_wa.*\\|x: pid == 1', 'sched', 'sched_waking', true],
  ])('%s is for %s:%s: %s', (text, system, event, expected) => {
    expect(selectsEvent(eventsOf(text), system, event)).toBe(expected);
  });

  it('has an expression behind the first colon only', () => {
    expect(eventsOf('sched').expression).toBeUndefined();
    expect(eventsOf('sched : name == "a:b"').expression?.root).toMatchObject({
      kind: 'text-match',
      text: { text: 'a:b' },
    });
  });

  it.each<[text: string, fault: string]>([
    ['', ''],
    ['sched,,kmem', ''],
    ['sched:', ''],
    ['sched: pid = 1', '='],
    ['sched, a[b: pid == 1', 'a[b'],
    ['sched: name =~ "x[y"', '[y'],
  ])('points at the fault in the whole text: %s', (text, fault) => {
    const parsed = parseReportFilter(text);
    if (!('problem' in parsed)) throw new Error('taken');
    expect(text.slice(parsed.problem.position, parsed.problem.position + parsed.problem.length)).toBe(fault);
  });
});

describe('formatProblem', () => {
  it('puts carets below the fault', () => {
    const text = 'prev_pid = 5';
    expect(formatProblem(text, problemOf(text))).toBe(
      'prev_pid = 5\n         ^\nan operator is expected here: == != < <= > >= & ~ (did you mean ==?)',
    );
  });

  it('stays aligned where characters are escaped, and cuts long texts', () => {
    const text = `${'x'.repeat(500)}\x1b[31m`;
    const [shown, carets] = formatProblem(text, problemOf(text)).split('\n');
    expect(shown).toBe(`...${'x'.repeat(60)}\\e[31m`);
    expect(carets).toBe(`${' '.repeat(63)}^^`);
  });
});
