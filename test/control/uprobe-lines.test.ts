/** Places by lines of the source and by names of C++, in the fixtures built from probed.c and probed-cpp.cc. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { sourceKnowledge } from '../../src/control/uprobe-lines.ts';
import { openUprobeNames } from '../../src/control/uprobe-names.ts';
import { listUprobePlaces, resolveUprobes } from '../../src/control/uprobe-request.ts';
import { UnknownSymbolError } from '../../src/symbols/uprobe-refusals.ts';
import { fixturePath, lineOf } from '../symbols/fixture-files.ts';
import { errorFrom, setUp } from './tracefs-setup.ts';

const types = new Set([...parseFetchArgSupport('').types, 'ustring', 'symbol', 'array']);
const support = { types, numberedArguments: true, namedArguments: false };
const { kernel } = setUp();
const optimised = 'probed-o2-dwarf5.so';
const plain = 'probed-o0-dwarf5.so';
const at = (text: string) => `probed.c:${lineOf('probed.c', text)}`;

function places(file: string, spec: string, source = true) {
  const request = { binary: fixturePath(file), spec, force: false };
  return listUprobePlaces(kernel, source ? { ...request, source: sourceKnowledge } : request);
}

function linesOf(file: string, spec: string, args: string[] = []): string[] {
  const request = { binary: fixturePath(file), spec, args, force: false, source: sourceKnowledge };
  const { probes } = resolveUprobes(kernel, 'ftui_7', new Set(), support, request, openUprobeNames(types));
  return probes.map(({ definition }) => definition.line.replace(/\S+\.so/, 'FILE'));
}

const refusal = (file: string, spec: string) => {
  const { why, remedy } = errorFrom(UsageError, () => places(file, spec));
  return `${why} (${remedy})`;
};

describe('a line of the source', () => {
  it.each([plain, optimised, 'probed-o2-dwarf4.so', 'probed-o2-dwarf2.so', 'probed-split.so'])(
    'is found in %s',
    (file) => {
      const { places: found, notes } = places(file, at('return sum + table.flags'));
      expect(found.map(({ label }) => label)).toEqual([at('return sum + table.flags')]);
      expect(found[0]!.site.symbol ?? 'handle').toBe('handle');
      expect(found[0]!.site.offsetInSymbol).toBeGreaterThanOrEqual(0);
      expect(notes).toEqual([]);
    },
  );

  it('may be counted from where the function begins', () => {
    const counted = lineOf('probed.c', 'return sum + table.flags') - lineOf('probed.c', 'int handle(');
    const [byFunction] = places(plain, `handle:${counted}`).places;
    const [byFile] = places(plain, at('return sum + table.flags')).places;
    expect(byFunction!.site.address).toBe(byFile!.site.address);
    expect(byFunction!.label).toBe(`handle:${counted}`);
  });

  it('has the variables that are there, and an event of its own name', () => {
    const line = lineOf('probed.c', 'return sum + table.flags');
    expect(linesOf(plain, `probed.c:${line}`, ['sum', 'request->flags'])).toEqual([
      expect.stringMatching(
        new RegExp(
          `^p:ftui_7/handle_L${line} FILE:0x[0-9a-f]+ sum=[-+]\\d+\\(%bp\\):s32 flags=\\+0\\([-+]\\d+\\(%bp\\)\\):u32$`,
        ),
      ),
    ]);
  });

  it('of an inlined function is probed in every copy, with the variables of the copy', () => {
    const { places: found, notes } = places(optimised, at('counter += doubled'));
    expect(found.map(({ label }) => label).sort()).toEqual([
      `${at('counter += doubled')} in entry`,
      `${at('counter += doubled')} in handle`,
    ]);
    expect(notes).toEqual([
      `${at('counter += doubled')} has code at 2 places, and all are probed`,
      'twice is inlined into handle',
      'twice is inlined into entry',
    ]);
    const code = found[0]!.site.source!.code!;
    expect('into' in code).toBe(true);
  });

  it('without code is refused, and the nearest that have some are named', () => {
    const empty = lineOf('probed.c', 'int counter = 41') - 1;
    expect(refusal(plain, `probed.c:${empty}`)).toMatch(
      new RegExp(`^line ${empty} of probed.c has no code of its own \\(the nearest with code: probed.c:\\d+\\)$`),
    );
    expect(refusal(plain, 'probed.c:9999')).toMatch(/has no code of its own \(the nearest with code: probed\.c:\d+\)$/);
    expect(refusal(plain, 'handle:9999')).toMatch(/has no code of its own \(the nearest with code: handle:\d+\)$/);
    expect(refusal(plain, 'other.c:3')).toContain('neither a source file nor a function called other.c');
  });

  it('needs debug information', () => {
    expect(refusal('usdt.so', 'usdt.c:3')).toMatch(/usdt\.so has no debug information \(install its debug symbols/);
    const { why } = errorFrom(UsageError, () => places(plain, at('return sum'), false));
    expect(why).toBe('lines are known by debug information only');
  });
});

describe('a function that is inlined everywhere', () => {
  it('is said to be so, with a line that can be probed', () => {
    errorFrom(UnknownSymbolError, () => places(optimised, 'twice', false));
    const text = refusal(optimised, 'twice');
    expect(text).toMatch(
      /^twice is inlined everywhere \(into (?:handle, entry|entry, handle)\): it has no code of its own/,
    );
    const line = /probe its copies by a line: (twice:\d+)\)$/.exec(text)![1]!;
    expect(places(optimised, line).places).toHaveLength(2);
  });
});

describe('names of C++', () => {
  it.each(['shop::Order::total', 'Order::total', 'total'])('%s', (spec) => {
    const [place, ...others] = places('probed-cpp.so', spec, false).places;
    expect(others).toEqual([]);
    expect(place!.site.symbol).toBe('_ZN4shop5Order5totalERKi');
    expect(place!.label).toBe('shop::Order::total');
  });

  it('are the names of events, and may be patterns', () => {
    expect(
      linesOf('probed-cpp.so', 'shop::*', ['%di'])
        .map((line) => line.split(' ')[0])
        .sort(),
    ).toEqual(['p:ftui_7/shop__Order__total', 'p:ftui_7/shop__free_function', 'p:ftui_7/shop__rename']);
  });

  it('that are not there bring those that hold them', () => {
    for (const spec of ['Order::tot', 'shop::Order::totl', 'shop::ordre::total']) {
      const { remedy } = errorFrom(UsageError, () => places('probed-cpp.so', spec));
      expect(remedy).toContain('shop::Order::total');
    }
  });

  it('are probed at returns with a word about exceptions', () => {
    expect(places('probed-cpp.so', 'total%return').notes).toEqual([
      'an exception or panic that leaves a function while its return is probed ends the program',
    ]);
    expect(places(plain, 'handle%return').notes).toEqual([]);
  });
});

describe('a returned value', () => {
  it('is shown by its type where nothing else is asked for', () => {
    expect(linesOf(plain, 'handle%return')).toEqual([expect.stringMatching(/ ret=\$retval:s32$/)]);
    expect(linesOf(plain, 'by_value%return')).toEqual([expect.stringMatching(/ ret=\$retval:s64$/)]);
  });
});
