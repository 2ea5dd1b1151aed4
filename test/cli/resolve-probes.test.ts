/** Wanted probes of every kind to definitions, on simulated kernels and programs made for the test. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { readWantedProbe } from '../../src/cli/probe-options.ts';
import { resolveProbes } from '../../src/cli/resolve-probes.ts';
import { errorFrom, setUp } from '../control/tracefs-setup.ts';
import { buildElf } from '../symbols/elf-builder.ts';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-probes-')));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const [first, second] = ['one', 'two'].map((name) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, buildElf({ symtab: [{ name: 'main', address: 0x1200, size: 0x10 }] }));
  return file;
}) as [string, string];

const { tracefs } = setUp('6.12');
const force = false;

describe('resolveProbes', () => {
  it('gives each probe of a session a name of its own, whatever its kind and whenever it was asked for', async () => {
    const taken = new Set(['vfs_open']);
    const group = `ftui_${process.pid}`;
    const linesOf = async (...wanted: Parameters<typeof resolveProbes>[1]) => {
      const { probes } = await resolveProbes(tracefs, wanted, { force, taken });
      return probes.map(({ definition }) => definition.line.split(' ').slice(0, 2));
    };
    const main = { spec: 'main', args: ['%di'] };
    expect(
      await linesOf({ kind: 'uprobe', binary: first, ...main }, { kind: 'kprobe', spec: 'vfs_open', args: ['%di'] }),
    ).toEqual([
      [`p:${group}/vfs_open_2`, 'vfs_open'],
      [`p:${group}/main`, `${first}:0x200`],
    ]);
    expect(await linesOf({ kind: 'uprobe', binary: second, ...main })).toEqual([
      [`p:${group}/main_2`, `${second}:0x200`],
    ]);
    expect([...taken]).toEqual(['vfs_open', 'vfs_open_2', 'main', 'main_2']);
  });

  it('needs nothing of a kernel when nothing is wanted', async () => {
    expect(await resolveProbes(setUp('6.18').tracefs, [], { force })).toEqual({ probes: [], notices: [] });
  });

  it.each([
    ['6.18', { kind: 'kprobe' }, 'kprobe main: this kernel was built without CONFIG_KPROBE_EVENTS'],
    ['6.1', { kind: 'kprobe', fprobe: true }, 'kprobe main: this kernel has no fprobes'],
    ['6.12', { kind: 'usdt', binary: first }, `probing main in ${first}: it has no static probes`],
    ['6.12', { kind: 'uprobe', binary: first, args: ['a b'] }, 'reading the argument'],
  ] as const)('refuses on %s %o', async (version, probe, message) => {
    const wanted = { spec: 'main', args: [], ...probe };
    await expect(resolveProbes(setUp(version).tracefs, [wanted], { force })).rejects.toThrow(message);
  });
});

describe('a kernel that halts on a warning', () => {
  const halting = setUp('6.12', { files: { '/proc/sys/kernel/panic_on_warn': '1\n' } }).tracefs;
  const text = { kind: 'kprobe', spec: 'vfs_open', args: ['+0(%si):string'] } as const;

  it('is spared texts, unless it is forced', async () => {
    await expect(resolveProbes(halting, [text], { force })).rejects.toThrow(
      'probing vfs_open: a text of 4 KB or more makes the kernel warn',
    );
    expect((await resolveProbes(halting, [text], { force: true })).probes).toHaveLength(1);
    expect((await resolveProbes(halting, [{ ...text, args: ['%si'] }], { force })).probes).toHaveLength(1);
    expect((await resolveProbes(tracefs, [text], { force })).probes).toHaveLength(1);
  });
});

describe('readWantedProbe', () => {
  it('takes the first word of a uprobe for its program', () => {
    expect(readWantedProbe('kprobe', ['f', '%di'])).toEqual({ kind: 'kprobe', spec: 'f', args: ['%di'] });
    expect(readWantedProbe('uprobe', ['libc', 'f', '%di'])).toEqual({
      kind: 'uprobe',
      binary: 'libc',
      spec: 'f',
      args: ['%di'],
    });
  });

  it.each([
    ['kprobe', [], 'probing: no function is given', 'e.g. kprobe vfs_open'],
    ['uprobe', [], 'probing: no function is given', 'e.g. uprobe /bin/bash readline%return'],
    ['uprobe', ['libc'], 'probing libc: no function is given', 'e.g. uprobe /bin/bash readline%return'],
  ] as const)('refuses %s %j', (kind, words, message, remedy) => {
    expect(errorFrom(UsageError, () => readWantedProbe(kind, words))).toMatchObject({ message, remedy });
  });
});
