/** Debug information of DWARF 2, 4 and 5, plain, compressed and apart from its program, as GCC writes it. */
import { describe, expect, it } from 'vitest';
import { parseFetchArgSupport } from '../../../src/control/fetch-arg.ts';
import { describePrototype, describeType } from '../../../src/symbols/c-types/type-text.ts';
import { compileUserFetchArgs, userProbeScope } from '../../../src/symbols/dwarf/dwarf-fetch-arg.ts';
import { type DwarfInfo, explainMissingDwarf, openDwarf } from '../../../src/symbols/dwarf/dwarf-info.ts';
import { readUprobeBinary } from '../../../src/symbols/files.ts';
import { fixturePath, lineOf, openFixture } from '../fixture-files.ts';

const offered = new Set([...parseFetchArgSupport('').types, 'ustring', 'symbol', 'array']);

function open(name: string): DwarfInfo {
  return openDwarf({ elf: openFixture(name) })!;
}

function addressOf(dwarf: DwarfInfo, symbol: string): number {
  return dwarf.elf.symbolsNamed(symbol)[0]!.address;
}

/** Fetch args of `words` at the function's entry, or at `address`; why not, for what cannot be compiled. */
function compile(dwarf: DwarfInfo, name: string, words: readonly string[], address?: number, rest = {}): string[] {
  const code = dwarf.findFunctions(name)[0]!.code[0]!;
  const place = { dwarf, code, address: address ?? code.address, isReturn: false, offered, ...rest };
  return words.map((word) => {
    try {
      const [compiled] = compileUserFetchArgs([word], place);
      return typeof compiled === 'string' ? compiled : compiled!.text;
    } catch (error) {
      return (error as { why: string }).why.split('\n')[0]!;
    }
  });
}

const everyFile = [
  ...[
    'probed-o0-dwarf4.so',
    'probed-o0-dwarf5.so',
    'probed-o2-dwarf2.so',
    'probed-o2-dwarf4.so',
    'probed-o2-dwarf5.so',
  ],
  ...['probed-types-dwarf4.so', 'probed-zlib.so', 'probed-zlib-gnu.so', 'probed-zstd.so'],
];

describe('functions of a program', () => {
  it.each(everyFile)('have their prototypes in %s', (file) => {
    const dwarf = open(file);
    const [handle] = dwarf.findFunctions('handle');
    expect(describePrototype(dwarf.types, handle!.prototype)).toBe(
      'int handle(struct request* request, const char* name, size_t count)',
    );
    expect(handle!.declared?.file).toMatch(/(^|\/)probed\.c$/);
    expect(handle!.declared?.line).toBe(lineOf('probed.c', 'int handle('));
    expect(handle!.code.map(({ address }) => address)).toEqual([addressOf(dwarf, 'handle')]);
    expect(dwarf.functionAt(handle!.code[0]!.address + 5)?.name).toBe('handle');
    expect(dwarf.findFunctions('absent')).toEqual([]);
    expect(dwarf.problems).toEqual([]);
  });

  it.each(everyFile)('have their arguments at the entry in %s', (file) => {
    const dwarf = open(file);
    expect(compile(dwarf, 'handle', ['request->flags', 'name', 'count'])).toEqual([
      'flags=+0(%di):u32',
      'name=+0(%si):string',
      'count=%dx:u64',
    ]);
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'seventh', 'eighth'];
    expect(compile(dwarf, 'many', many)).toEqual([
      ...['a=%di:s32', 'b=%si:s64', 'c=%dx:s8', 'd=%cx:s16', 'e=%r8:u32', 'f=%r9:x64'],
      ...['seventh=+8(%sp):s32', 'eighth=+16(%sp):s64'],
    ]);
  });

  it.each(everyFile)('have structs by value where the calling convention puts them, in %s', (file) => {
    const dwarf = open(file);
    expect(compile(dwarf, 'by_value', ['pair.a', 'pair.b', 'point.x', 'point.y', 'ratio', 'after'])).toEqual([
      ...['a=%di:s64', 'b=%si:s64', 'x=%dx:s32', 'y=%dx:b32@32/64'],
      "'ratio' cannot be read here: it is passed in a floating point register, which probes cannot read",
      'after=%cx:s32',
    ]);
    // The first register holds the place for the returned struct.
    expect(compile(dwarf, 'on_stack', ['wide.b', 'number'])).toEqual(['b=+16(%sp):s64', 'number=%si:s32']);
  });

  it.each(everyFile)('have members of all kinds in %s', (file) => {
    const words = [
      'low',
      'high',
      'wide',
      'inner.text',
      'inner.name',
      'points[2].y',
      'second',
      'next->number',
      'handler',
    ];
    const rest = ['ratio', 'colour', 'done', 'points', 'nope'];
    const compiled = compile(
      open(file),
      'handle',
      [...words, ...rest].map((word) => `request->${word}`),
    );
    expect(compiled).toEqual([
      ...['low=+4(%di):b3@0/8', 'high=+4(%di):b5@3/8'],
      expect.stringMatching(/^wide=\+[45]\(%di\):b9@[08]\/(?:16|32)$/),
      ...['text=+8(%di):string', 'name=+0(+24(%di)):string', 'y=+52(%di):s32', 'second=+68(%di):s32'],
      ...['number=+64(+72(%di)):s64', 'handler=+80(%di):x64', 'ratio=+88(%di):x64', 'colour=+96(%di):s32'],
      ...['done=+100(%di):u8', 'struct point is not one value', "struct request has no 'nope'"],
    ]);
  });

  it('tell of copies inlined into others', () => {
    for (const file of everyFile) {
      const [twice] = open(file).findFunctions('twice');
      expect(twice!.code).toEqual([]);
      expect(twice!.inlined.map(({ into }) => into).sort()).toEqual(['entry', 'handle']);
      // Strict DWARF 2 has no attribute for the place of a call.
      if (file === 'probed-o2-dwarf2.so') continue;
      const calls = twice!.inlined.map(({ call }) => call?.line).sort();
      expect(calls).toEqual([lineOf('probed.c', 'step = twice('), lineOf('probed.c', '+ twice((int)total)')].sort());
    }
  });

  it.each([
    ['handle', '$retval', 'ret=$retval:s32'],
    ['by_value', '$retval:x64', 'ret=$retval:x64'],
    ['on_stack', '$retval.b', 'b=+8($retval):s64'],
    ['on_stack', '$retval', 'struct wide is not one value'],
    ['handle', 'request', "'request' is gone when the function returns"],
  ])('%s returns %s', (name, word, expected) => {
    expect(compile(open('probed-o0-dwarf5.so'), name, [word], undefined, { isReturn: true })).toEqual([expected]);
  });

  it('are found by the names that only the symbol table has', () => {
    const dwarf = open('probed-cpp.so');
    const [total] = dwarf.findFunctions('total');
    expect(dwarf.functions.findByAddress(total!.code[0]!.address)?.linkageName).toBe(total!.linkageName);
    expect(dwarf.functions.findByAddress(total!.code[0]!.address + 1)).toBeUndefined();
  });

  it('know values that the compiler made constant', () => {
    expect(compile(open('probed-o2-dwarf5.so'), 'unused_argument', ['kept', 'dropped'])).toEqual([
      'kept=%di:s32',
      'dropped=\\2:s32',
    ]);
  });
});

describe('variables inside of a function', () => {
  for (const file of ['probed-o0-dwarf4.so', 'probed-o0-dwarf5.so']) {
    it(`are in its frame behind the prologue of ${file}`, () => {
      const dwarf = open(file);
      const code = dwarf.findFunctions('handle')[0]!.code[0]!;
      const behind = dwarf.findPrologueEnd(code)!;
      expect(behind).toBeGreaterThan(code.address);
      // Behind `push %rbp; mov %rsp,%rbp` the frame is found by %bp.
      expect(compile(dwarf, 'handle', ['request->flags', 'name', 'sum'], behind)).toEqual([
        'flags=+0(-40(%bp)):u32',
        'name=+0(-48(%bp)):string',
        'sum=-4(%bp):s32',
      ]);
      const line = dwarf.findLine('probed.c', lineOf('probed.c', 'sum += step')).matches[0]!.addresses[0]!;
      const scope = userProbeScope({ dwarf, code, address: line, isReturn: false, offered });
      expect(scope.variables.map(({ name }) => name)).toEqual(['request', 'name', 'count', 'step', 'index', 'sum']);
    });
  }

  it('of the whole program are read from the file’s place in memory', () => {
    const dwarf = open('probed-o0-dwarf5.so');
    const probe = addressOf(dwarf, 'handle');
    const segment = dwarf.elf.segmentOfAddress(probe)!;
    const offset = addressOf(dwarf, 'counter') - segment.address + segment.fileOffset;
    expect(compile(dwarf, 'handle', ['counter', 'table.flags', 'nowhere'])).toEqual([
      `counter=@+0x${offset.toString(16)}:s32`,
      expect.stringMatching(/^flags=@\+0x[0-9a-f]+:u32$/),
      "handle has no argument 'nowhere'",
    ]);
    expect(compile(dwarf, 'handle', ['counter'], undefined, { doublesFileOffsets: true })).toEqual([
      `counter=@+0x${(offset / 2).toString(16)}:s32`,
    ]);
  });

  it('are said to be gone where they are', () => {
    const dwarf = open('probed-o2-dwarf5.so');
    const code = dwarf.findFunctions('handle')[0]!.code[0]!;
    const last = code.ranges[0]!.high - 1;
    expect(compile(dwarf, 'handle', ['request'], last)).toEqual([
      expect.stringMatching(
        /^'request' cannot be read here: (?:only its value at the function entry|it was optimised)/,
      ),
    ]);
  });

  it('of an inlined copy are those of the copy', () => {
    const dwarf = open('probed-o0-dwarf5.so');
    const copy = dwarf.findFunctions('twice')[0]!.inlined[0]!;
    const scope = userProbeScope({ dwarf, code: copy, address: copy.address, isReturn: false, offered });
    expect(scope.functionName).toBe('twice');
    expect(scope.variables.map(({ name, place }) => `${name} ${place.kind}`)).toEqual([
      'value memory',
      'doubled memory',
    ]);
  });
});

describe('lines', () => {
  it.each(everyFile)('lead to addresses in %s', (file) => {
    const dwarf = open(file);
    const line = lineOf('probed.c', 'return sum + table.flags');
    const found = dwarf.findLine('probed.c', line);
    expect(found.matches).toHaveLength(1);
    const [address] = found.matches[0]!.addresses;
    expect(dwarf.functionAt(address!)?.name).toBe('handle');
    const [handle] = dwarf.findFunctions('handle');
    const inFunction = dwarf.findLineInFunction(handle!, line - handle!.declared!.line);
    expect(inFunction.matches[0]!.addresses).toEqual(found.matches[0]!.addresses);
  });

  it('without code name their neighbours', () => {
    const dwarf = open('probed-o0-dwarf5.so');
    const line = lineOf('probed.c', 'struct pair { long a');
    const found = dwarf.findLine('probed.c', line);
    expect(found.matches).toEqual([]);
    expect(found.files).toEqual(['probed.c']);
    expect(found.nearest).toEqual([lineOf('probed.c', 'int doubled')]);
    expect(dwarf.findLine('other.c', 3)).toEqual({ matches: [], files: [], nearest: [] });
  });
});

describe('C++', () => {
  const dwarf = open('probed-cpp.so');

  it('finds members of namespaces and classes', () => {
    for (const name of ['total', 'shop::Order::total', '_ZN4shop5Order5totalERKi']) {
      const found = dwarf.findFunctions(name);
      expect(found.map(({ linkageName }) => linkageName)).toEqual(['_ZN4shop5Order5totalERKi']);
    }
    expect(dwarf.findFunctions('mall::Order::total')).toEqual([]);
  });

  it('finds templates by their name without arguments', () => {
    expect(dwarf.findFunctions('times').map(({ name }) => name)).toEqual(['times<int>']);
    expect(dwarf.findFunctions('shop::Order::times').map(({ name }) => name)).toEqual(['times<int>']);
    expect(dwarf.findFunctions('time')).toEqual([]);
  });

  it('reads the text of standard strings', () => {
    expect(compile(dwarf, 'rename', ['name:string', 'other:string', 'name.length', 'other->length'])).toEqual([
      ...['name=+0(+0(%di)):string', 'other=+0(+0(%si)):string'],
      'length=+8(%di):u64',
      'length=+8(%si):u64',
    ]);
  });

  it('reads members of base classes and behind references', () => {
    expect(compile(dwarf, 'total', ['this->id', 'this->price', 'factor', 'factor[0]', 'this->count'])).toEqual([
      ...['id=+0(%di):s32', 'price=+8(%di):s64', 'factor=+0(%si):s32', 'factor_0=+0(%si):s32'],
      "struct Order has no 'count'",
    ]);
    expect(compile(dwarf, 'free_function', ['urgent', 'order->id'])).toEqual(['urgent=%si:u8', 'id=+0(%di):s32']);
  });
});

describe('openDwarf', () => {
  it('takes the debug file that belongs to a stripped program', () => {
    const binary = readUprobeBinary(fixturePath('probed-split.so'));
    expect(binary.debug?.name).toBe(fixturePath('probed-split.debug'));
    const dwarf = openDwarf(binary)!;
    expect(compile(dwarf, 'handle', ['request->points[1].x'])).toEqual(['x=+40(%di):s32']);
    expect(dwarf.problems).toEqual([]);
  });

  it('explains what is missing', () => {
    const elf = openFixture('usdt.so');
    expect(openDwarf({ elf })).toBeUndefined();
    expect(explainMissingDwarf({ elf }).why).toBe('usdt.so has no debug information');
    expect(explainMissingDwarf({ elf }).remedy).toMatch(/-dbgsym/);
  });

  it('describes types by themselves', () => {
    const dwarf = open('probed-o0-dwarf5.so');
    const request = dwarf.types.findDefinition('struct', 'request')!;
    const handler = dwarf.types.members(request).find(({ name }) => name === 'handler')!;
    expect(describeType(dwarf.types, handler.type)).toBe('int (*)(struct request*, void*)');
    expect(dwarf.types.findDefinition('union', 'request')).toBeUndefined();
  });
});
