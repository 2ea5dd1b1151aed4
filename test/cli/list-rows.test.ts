/** What `ftui list` shows of the captured kernels. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import {
  listEvents,
  listFunctions,
  listOptions,
  listProbes,
  listProgramSymbols,
  listStaticProbes,
  listTracers,
} from '../../src/cli/list-rows.ts';
import { setUp, versions } from '../control/tracefs-setup.ts';
import { fixturePath } from '../symbols/fixture-files.ts';

const request = (glob?: string, verbose = false, version = versions[2]!) => ({
  tracefs: setUp(version).tracefs,
  glob,
  verbose,
});

describe('ftui list', () => {
  it('functions: by pattern, each with its module', async () => {
    const rows = await listFunctions(request('vfs_op*'));
    expect(rows.map(({ text }) => text)).toContain('vfs_open');
    expect(rows[0]!.json).toEqual({ function: rows[0]!.text, module: null });
    await expect(listFunctions(request('vfs_opne'))).rejects.toThrow(UsageError);
  });

  it('events: with their fields', () => {
    const [row] = listEvents(request('sched:sched_switch', true));
    expect(row!.text).toBe('sched:sched_switch');
    expect(row!.details).toContain('char[16] prev_comm');
    expect(row!.json).toMatchObject({ system: 'sched', event: 'sched_switch' });
    expect(listEvents(request()).length).toBeGreaterThan(5);
  });

  it('static probes and symbols of a program', async () => {
    const probes = await listStaticProbes(fixturePath('usdt.so'), { glob: undefined, verbose: true });
    expect(probes.length).toBeGreaterThan(1);
    expect(probes[0]!.text).toMatch(/^\w+:\w+$/);
    expect(probes[0]!.details[0]).toMatch(/^0x[0-9a-f]+/);
    const symbols = await listProgramSymbols(fixturePath('probed-o0-dwarf5.so'), { glob: '*', verbose: true });
    expect(symbols.length).toBeGreaterThan(1);
    expect(symbols[0]!.details[0]).toMatch(/^0x[0-9a-f]+ \d+ bytes/);
  });

  it('tracers, options and probes', () => {
    expect(listTracers(request()).map(({ text }) => text)).toContain('function_graph');
    expect(listOptions(request('overwrite', true))[0]!.details[0]).toMatch(/^(?:on|off)$/);
    expect(() => listTracers(request('grpah'))).toThrow("listing tracers: none matches 'grpah'");
    const { tracefs } = request();
    tracefs.top.write('kprobe_events', 'p:mine/opened vfs_open\n', 'append');
    expect(listProbes({ tracefs, glob: 'mine/*', verbose: false })[0]!.json).toMatchObject({ probe: 'mine/opened' });
  });
});
