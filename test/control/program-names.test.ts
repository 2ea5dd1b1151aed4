/** Words of uprobes and static probes, compiled by the debug information and the notes of the fixtures. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { openUprobeNames, ProgramTypes, requireUprobeScope } from '../../src/control/uprobe-names.ts';
import { listUprobePlaces, resolveUprobes } from '../../src/control/uprobe-request.ts';
import { readUsdtProbes, resolveUsdt } from '../../src/control/usdt-request.ts';
import { fixturePath } from '../symbols/fixture-files.ts';
import { errorFrom, setUp } from './tracefs-setup.ts';

const types = new Set([...parseFetchArgSupport('').types, 'ustring', 'symbol', 'array']);
const support = { types, numberedArguments: true, namedArguments: false };
const program = fixturePath('probed-o0-dwarf5.so');
const { kernel } = setUp();
const someFunction = [...readFunctions()][0]!;

/** Functions of the fixture with an argument, found by their own variables. */
function* readFunctions() {
  const known = new ProgramTypes(types);
  for (const place of listUprobePlaces(kernel, { binary: program, spec: '*', force: true }).places) {
    try {
      const scope = requireUprobeScope(known, place);
      const local = scope.variables.find((it) => !it.isArgument && it.place.kind === 'nowhere');
      const given = scope.variables.find((it) => it.isArgument && it.place.kind === 'registers');
      if (local && given) yield { name: place.label, local: local.name, given: given.name };
    } catch {} // Code of the runtime.
  }
}

function lineOf(spec: string, args: string[]): string {
  const request = { binary: program, spec, args, force: false };
  const names = openUprobeNames(types);
  return resolveUprobes(kernel, 'ftui_7', new Set(), support, request, names).probes[0]!.definition.line;
}

describe('names of arguments of programs', () => {
  it('are compiled by debug information', () => {
    expect(lineOf(someFunction.name, [someFunction.given, 'x=%ax'])).toMatch(
      new RegExp(`:0x[0-9a-f]+ ${someFunction.given}=[^ ]+.* x=%ax$`),
    );
  });

  it('are refused for local variables at the entry, and for what is no variable, with the position', () => {
    const { name, local } = someFunction;
    const early = errorFrom(UsageError, () => lineOf(name, [`v=${local}`]));
    expect(early.message).toContain('it is a local variable, which has no value yet where the function begins');
    expect(early.message).toMatch(/\n {4}\^$/);
    expect(errorFrom(UsageError, () => lineOf(name, ['no_such_variable'])).message).toContain(
      "has no argument 'no_such_variable'",
    );
  });

  it('without any word leave the default to the caller', () => {
    expect(lineOf(someFunction.name, [])).toMatch(/ arg1=%di:x64 /);
  });
});

describe('static probes', () => {
  const usdt = fixturePath('usdt.so');
  const { probes } = readUsdtProbes(usdt);
  const resolve = (spec: string, args: string[] = []) =>
    resolveUsdt(kernel, 'ftui_7', new Set(), support, { binary: usdt, spec, args, force: false });

  it('come with all sites in events of their own name', () => {
    const many = probes.find(({ sites }) => sites.length > 1)!;
    const { probes: built } = resolve(`${many.provider}:${many.name}`);
    expect(built).toHaveLength(many.sites.length);
    for (const { definition, label } of built) {
      expect(label).toBe(`${many.provider}:${many.name}`);
      expect(definition.line).toMatch(/^p:ftui_7\/\w+ \S+usdt\.so:0x[0-9a-f]+/);
    }
  });

  it('are turned on by their semaphore', () => {
    const guarded = probes.find(({ sites }) => sites[0]!.semaphoreOffset !== undefined)!;
    const [first] = resolve(`${guarded.provider}:${guarded.name}`).probes;
    expect(first!.definition.line).toContain(`(0x${guarded.sites[0]!.semaphoreOffset!.toString(16)})`);
  });

  it('that are not there are refused, with the nearest', () => {
    const { name } = probes[0]!;
    expect(errorFrom(UsageError, () => resolve(`${name}x`))).toMatchObject({
      message: expect.stringContaining('it has no such static probe'),
      remedy: expect.stringContaining(name),
    });
    expect(errorFrom(UsageError, () => resolve(probes[0]!.name, ['arg99'])).message).toContain('\n  arg99\n  ^');
    const request = { binary: program, spec: 'x', args: [], force: false };
    expect(() => resolveUsdt(kernel, 'ftui_7', new Set(), support, request)).toThrow('it has no static probes');
  });
});
