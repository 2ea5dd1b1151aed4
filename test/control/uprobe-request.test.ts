/** From `uprobe BINARY SYMBOL ARG...` to lines of uprobe_events, on programs made for the test. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { sessionGroup, sessionInstance, siblingInstance } from '../../src/control/session-names.ts';
import { resolveUprobes } from '../../src/control/uprobe-request.ts';
import { type BuiltElf, buildElf } from '../symbols/elf-builder.ts';
import { errorFrom, root, setUp } from './tracefs-setup.ts';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-uprobe-')));
afterAll(() => fs.rmSync(folder, { recursive: true }));

function program(name: string, elf: BuiltElf): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, buildElf(elf));
  return file;
}

const functions = ['readline', 'rl_insert', 'rl_delete'].map((name, index) => ({
  name,
  address: 0x1200 + 0x10 * index,
  size: 0x10,
}));
const shell = program('shell', { symtab: functions });
const { kernel, tracefs } = setUp();
const support = parseFetchArgSupport(kernel.readText(`${root}/README`));

function resolve(
  spec: string,
  { binary = shell, args = [] as string[], force = false, taken = new Set<string>() } = {},
) {
  const { probes, notes } = resolveUprobes(kernel, 'ftui_7', taken, support, { binary, spec, args, force });
  return { lines: probes.map(({ definition }) => definition.line), labels: probes.map(({ label }) => label), notes };
}

describe('resolveUprobes', () => {
  it('shows each line typed: readline%return is known to return a text, or NULL', () => {
    expect(resolve('readline%return')).toEqual({
      lines: [
        `r:ftui_7/readline__return ${shell}:0x200 ret=+0($retval):string ret__address=$retval:x64 ret__first=+0($retval):u8`,
      ],
      labels: ['readline%return'],
      notes: [],
    });
  });

  it('shows the return value of another function as a number', () => {
    expect(resolve('rl_insert%return').lines).toEqual([`r:ftui_7/rl_insert__return ${shell}:0x210 ret=$retval:s64`]);
  });

  it('shows the first arguments of the calling convention', () => {
    expect(resolve('rl_insert').lines).toEqual([
      `p:ftui_7/rl_insert ${shell}:0x210 arg1=%di:x64 arg2=%si:x64 arg3=%dx:x64 arg4=%cx:x64`,
    ]);
    const arm = program('arm', { machine: 183, symtab: functions });
    expect(resolve('rl_insert', { binary: arm }).lines[0]).toMatch(
      / arg1=%x0:x64 arg2=%x1:x64 arg3=%x2:x64 arg4=%x3:x64$/,
    );
  });

  it('records what was asked for', () => {
    expect(resolve('rl_insert', { args: ['count=%di:s32'] }).lines).toEqual([
      `p:ftui_7/rl_insert ${shell}:0x210 count=%di:s32`,
    ]);
    expect(() => resolve('rl_insert', { args: ['$retval'] })).toThrow(
      /\$retval exists only where the function returns/,
    );
  });

  it('makes a probe of each function that a glob matches', () => {
    const { lines, labels } = resolve('rl_*', { args: ['%di'] });
    expect(lines).toEqual([
      expect.stringMatching(/^p:ftui_7\/rl_(insert|delete) /),
      expect.stringMatching(/^p:ftui_7\/rl_(insert|delete) /),
    ]);
    expect(labels.toSorted()).toEqual(['rl_delete', 'rl_insert']);
  });

  it('gives two probes of one function two names', () => {
    const taken = new Set<string>();
    const names = [resolve('readline', { taken }), resolve('readline', { taken })].map(
      ({ lines }) => lines[0]!.split(' ')[0],
    );
    expect(names).toEqual(['p:ftui_7/readline', 'p:ftui_7/readline_2']);
  });

  it('goes by address and by offset in the file', () => {
    expect(resolve('0x1210', { args: ['%di'] }).lines).toEqual([expect.stringContaining(`${shell}:0x210 `)]);
    expect(resolve('@0x210', { args: ['%di'] }).lines).toEqual([expect.stringContaining(`${shell}:0x210 `)]);
  });

  it('refuses what could never fire, with the nearest names', () => {
    expect(errorFrom(UsageError, () => resolve('raedline')).remedy).toContain('readline');
    expect(() => resolve('nothing_*')).toThrow(UsageError);
    expect(() => resolve('0x900000')).toThrow(UsageError);
    expect(() => resolve('readline', { binary: path.join(folder, 'none') })).toThrow(UsageError);
  });

  it('refuses hundreds of probes without --force', () => {
    const many = Array.from({ length: 600 }, (_, index) => ({
      name: `f_${index}`,
      address: 0x1200 + index * 4,
      size: 4,
    }));
    const library = program('many', { code: new Uint8Array(0x1000).fill(0x90), symtab: many });
    expect(() => resolve('f_*', { binary: library })).toThrow(/it matches 600 functions, more than 512/);
    expect(resolve('f_*', { binary: library, force: true }).lines).toHaveLength(600);
  });

  it('writes what the kernel takes', () => {
    const { lines } = resolve('*');
    tracefs.top.write(
      'uprobe_events',
      lines.map((line) => `${line}\n`),
      'append',
    );
    expect(tracefs.top.read('uprobe_events').trim().split('\n')).toHaveLength(lines.length);
  });
});

describe('names of what a session makes', () => {
  it('tell the process they belong to', () => {
    expect([sessionInstance(12), sessionGroup(12), siblingInstance(12)]).toEqual([
      'ftui-12',
      'ftui_12',
      'ftui-12-siblings',
    ]);
    expect(sessionInstance()).toBe(`ftui-${process.pid}`);
  });
});
