import { describe, expect, it } from 'vitest';
import { entryArguments, returnsString } from '../../src/symbols/calling-convention.ts';
import type { ElfMachine } from '../../src/symbols/elf-layout.ts';

describe('entryArguments', () => {
  const expressions = (machine: ElfMachine, count: number): string[] =>
    entryArguments(machine, count).map(({ expression, type }) => `${expression}:${type}`);

  it('knows the registers of x86-64, then its stack', () => {
    expect(expressions('x86-64', 8)).toEqual([
      '%di:x64',
      '%si:x64',
      '%dx:x64',
      '%cx:x64',
      '%r8:x64',
      '%r9:x64',
      '$stack1:x64',
      '$stack2:x64',
    ]);
  });

  it('knows the stack of i386 and the registers of aarch64', () => {
    expect(expressions('i386', 2)).toEqual(['+4(%sp):x32', '+8(%sp):x32']);
    expect(expressions('aarch64', 9).slice(-2)).toEqual(['%x6:x64', '%x7:x64']);
    expect(entryArguments('aarch64', 1)[0]?.name).toBe('arg1');
  });

  it('knows the registers of Go', () => {
    const go = entryArguments('x86-64', 4, { isGo: true });
    expect(go.map(({ expression }) => expression)).toEqual(['%ax', '%bx', '%cx', '%di']);
  });

  it('gives none for machines it does not know', () => {
    expect(entryArguments('machine 243', 4)).toEqual([]);
  });
});

describe('returnsString', () => {
  it.each(['readline', 'getenv', 'strdup', 'fgets', 'strchr', 'realpath@@GLIBC_2.3'])('%s', (name) => {
    expect(returnsString(name)).toBe(true);
  });

  it.each(['strlen', 'memcpy', 'wcsdup', 'strcmp', 'malloc', 'strncpy', 'memchr', 'read', '@', ''])(
    'not %s',
    (name) => {
      expect(returnsString(name)).toBe(false);
    },
  );
});
