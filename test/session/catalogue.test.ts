/** What can be traced, for somebody who looks around, on the simulated kernel. */

import { describe, expect, it } from 'vitest';
import { Catalogue, readProgramSymbols } from '../../src/session/catalogue.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { readFixture } from '../simulated/fixtures.ts';

const root = '/sys/kernel/tracing';
const kallsyms = [
  'ffffffff81000000 T vfs_read',
  'ffffffff81000100 t early_startup',
  'ffffffff81000200 T __pfx_vfs_read',
  'ffffffff81000300 D a_variable',
  'ffffffff81000400 t slow_path.cold',
  'ffffffffc0000000 t no_trace_here\t[ext4]\n',
].join('\n');

function open(options: ConstructorParameters<typeof SimulatedKernel>[1] = {}): Catalogue {
  const kernel = new SimulatedKernel(readFixture('6.12'), { files: { '/proc/kallsyms': kallsyms }, ...options });
  return new Catalogue(new Tracefs(kernel, root));
}

describe('functions', () => {
  it('are those that can be traced, then those that cannot, with the reason', async () => {
    const shares: number[] = [];
    const list = await open().functions((share) => shares.push(share));
    const rowOf = (name: string) => list.rows[list.search(`=${name}`).rows[0]!];
    expect(rowOf('vfs_read')).toEqual({ name: 'vfs_read', module: undefined, reason: undefined });
    expect(rowOf('early_startup')?.reason).toMatch(/^not traceable: /);
    expect(rowOf('no_trace_here')).toMatchObject({ module: 'ext4', reason: expect.any(String) });
    for (const name of ['__pfx_vfs_read', 'a_variable', 'slow_path.cold']) expect(rowOf(name)).toBeUndefined();
    expect(shares.length).toBeGreaterThan(0);
    expect(shares.every((share) => share > 0 && share < 1)).toBe(true);
  });

  it('are read once', async () => {
    const catalogue = open();
    expect(await catalogue.functions()).toBe(await catalogue.functions());
  });

  it('are refused where the kernel lists none', async () => {
    await expect(open({ withoutFiles: ['available_filter_functions'] }).functions()).rejects.toThrow(
      'this kernel lists no functions',
    );
  });
});

describe('events', () => {
  it('are found by a part of their name, and describe themselves', async () => {
    const list = await open().events();
    const rows = list.search('sched_sw').rows.map((row) => list.rows[row]!);
    expect(rows).toContainEqual({ name: 'sched:sched_switch', system: 'sched', event: 'sched_switch' });
    const { fields, filterFields } = open().describeEvent(rows.find(({ event }) => event === 'sched_switch')!);
    expect(fields).toContainEqual({ name: 'prev_comm', type: expect.stringContaining('char') });
    expect(filterFields).toEqual(expect.arrayContaining(['next_pid', 'common_pid', 'comm']));
  });
});

describe('probes', () => {
  it('are those that are defined now', () => {
    const kernel = new SimulatedKernel(readFixture('6.12'));
    const tracefs = new Tracefs(kernel, root);
    tracefs.top.write('kprobe_events', 'p:mine/open vfs_open\n', 'append');
    const { rows } = new Catalogue(tracefs).probes();
    expect(rows).toEqual([{ name: 'mine/open', definition: expect.stringContaining('vfs_open') }]);
  });
});

describe('symbols', () => {
  it('are those of a program', async () => {
    const list = await readProgramSymbols(process.execPath);
    expect(list.rows.length).toBeGreaterThan(100);
    expect(list.search('=main').total).toBe(1);
  });

  it('of what is not there are refused', async () => {
    await expect(readProgramSymbols('/no/such/program')).rejects.toThrow('/no/such/program');
  });
});
