/** Words of kprobes named as in the source, compiled by the BTF of a simulated kernel. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { openKprobeNames } from '../../src/control/kprobe-names.ts';
import { resolveKprobes } from '../../src/control/kprobe-request.ts';
import { readKernelFunctions } from '../../src/control/kprobe-target.ts';
import { parseKprobeSpec } from '../../src/control/probe-spec.ts';
import { kindOfProbeWord, needTypes } from '../../src/control/probe-words.ts';
import { ownMachine } from '../../src/symbols/files.ts';
import { readKernelBtf } from '../../src/tracefs/btf.ts';
import { buildKernelLikeBtf } from '../symbols/btf/btf-builder.ts';
import { errorFrom, setUp } from './tracefs-setup.ts';

const btf = '/sys/kernel/btf/vmlinux';
const types = new Set([...parseFetchArgSupport('').types, 'ustring', 'symbol', 'array']);
const support = { types, numberedArguments: true, namedArguments: false };

function setUpNames(withBtf = true) {
  const { kernel, tracefs } = setUp('6.1');
  const readBytes = kernel.readBytes.bind(kernel);
  kernel.readBytes = (path) => {
    if (path === btf && withBtf) return buildKernelLikeBtf().build();
    return readBytes(path);
  };
  const real = readKernelFunctions(tracefs);
  const functions = { ...real, exists: (name: string) => /^handle/.test(name) || real.exists(name) };
  return { kernel, functions, names: openKprobeNames(kernel, functions, types) };
}

function compile(spec: string, words: string[], withBtf = true): readonly string[] {
  return setUpNames(withBtf).names(parseKprobeSpec(spec), words);
}

describe('kindOfProbeWord', () => {
  it.each([
    ['%di', 'kernel'],
    ['name=+0(%si):string', 'kernel'],
    ['@jiffies', 'kernel'],
    ['\\5', 'kernel'],
    ['$retval:s64', 'kernel'],
    ['ret=$retval:x64', 'kernel'],
    ['$arg1:x64', 'kernel'],
    ['$comm', 'kernel'],
    ['$stack2', 'kernel'],
    ['$retval', 'typed'],
    ['$arg2', 'typed'],
    ['$retval:string', 'named'],
    ['$retval->size', 'named'],
    ['$params', 'named'],
    ['filename:string', 'named'],
    ['f=how->flags', 'named'],
  ])('%s: %s', (word, kind) => {
    expect(kindOfProbeWord(word)).toBe(kind);
    expect(needTypes([word])).toBe(kind !== 'kernel');
  });
});

describe.runIf(ownMachine() === 'x86-64')('names of kernel arguments', () => {
  it('are compiled among words of the kernel, which stay as they are, in order', () => {
    expect(compile('handle', ['count', 'x=%di:x64', 'name'])).toEqual([
      'count=%dx:u64',
      'x=%di:x64',
      'name=+0(%si):string',
    ]);
  });

  it('show what a function returns by its type, where nothing is asked for', () => {
    expect(compile('handle%return', [])).toEqual(['ret=$retval:s64']);
    expect(compile('handle', [])).toEqual([]);
    expect(compile('vfs_nothing%return', [])).toEqual([]);
    expect(compile('handle%return', [], false)).toEqual([]);
  });

  it('reach the definition of the probe', () => {
    const { functions, names } = setUpNames();
    const request = { spec: 'handle', args: ['count'] };
    const { probes } = resolveKprobes(functions, 'ftui_7', new Set(), support, request, names);
    expect(probes.map(({ definition }) => definition.line)).toEqual(['p:ftui_7/handle handle count=%dx:u64']);
  });

  it('are refused with their position', () => {
    const error = errorFrom(UsageError, () => compile('handle', ['n=cuont']));
    expect(error.message).toBe("reading the argument 'n=cuont': handle has no argument 'cuont'\n  n=cuont\n    ^");
    expect(error.remedy).toContain('count');
  });

  it.each([
    ['handle+4', ['count'], 'arguments have known places only where handle begins, not at +0x4'],
    ['handle.isra.0', ['count'], 'handle exists only as handle.isra.0: the compiler took arguments apart'],
    ['0xffffffff81000000', ['count'], 'a bare address has no arguments with names'],
    ['vfs_nothing', ['count'], "the kernel's type information has no prototype of vfs_nothing"],
    ['handle%return', ['count'], "'count' is gone when the function returns"],
  ])('%s %j: refused', (spec, words, why) => {
    expect(errorFrom(UsageError, () => compile(spec, words)).message).toContain(why);
  });

  it('need BTF, but a bare $arg1 does not', () => {
    expect(errorFrom(UsageError, () => compile('handle', ['count'], false)).message).toContain(
      'the kernel has no type information (CONFIG_DEBUG_INFO_BTF)',
    );
    expect(compile('handle', ['$arg1', '%di'], false)).toEqual(['$arg1', '%di']);
  });
});

describe('readKernelBtf', () => {
  it('is undefined where there is none, and for what is no name of a module', () => {
    const { kernel } = setUp('6.1');
    expect(readKernelBtf(kernel)).toBeUndefined();
    expect(readKernelBtf(kernel, '../../etc/passwd')).toBeUndefined();
  });
});
