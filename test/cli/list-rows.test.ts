/** What `ftui list` shows of the captured kernels. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import {
  listEvents,
  listFunctions,
  listOptions,
  listProbes,
  listProgramLines,
  listProgramSymbols,
  listStaticProbes,
  listTracers,
} from '../../src/cli/list-rows.ts';
import { setUp, versions } from '../control/tracefs-setup.ts';
import { findSchemaProblems } from '../journeys/json-schema.ts';
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

  it('functions: 47,000 in less than half a second', async () => {
    const lines = Array.from({ length: 47_000 }, (_, index) => `function_${index}${index % 5 === 0 ? ' [mod]' : ''}\n`);
    const { tracefs } = setUp('6.12');
    const { top } = tracefs;
    const read = top.readIfThere.bind(top);
    top.readIfThere = (file) => (file === 'available_filter_functions' ? lines.join('') : read(file));
    const before = process.cpuUsage();
    expect(await listFunctions({ tracefs, glob: undefined, verbose: false })).toHaveLength(47_000);
    expect(await listFunctions({ tracefs, glob: '*_4699?', verbose: false })).toHaveLength(10);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
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

  it('lines of a function, and names of C++', async () => {
    const lines = await listProgramLines(fixturePath('probed-o0-dwarf5.so'), 'handle');
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.every(({ text }) => /^(?:\S+\/)?probed\.c:\d+$/.test(text))).toBe(true);
    await expect(listProgramLines(fixturePath('usdt.so'), 'sell')).rejects.toThrow('has no debug information');
    const symbols = await listProgramSymbols(fixturePath('probed-cpp.so'), { glob: 'shop::*', verbose: false });
    expect(symbols.map(({ text }) => text)).toContain('_ZN4shop5Order5totalERKi  shop::Order::total');
  });

  it('objects are as the schema says', async () => {
    const { tracefs } = request();
    tracefs.top.write('kprobe_events', 'p:mine/opened vfs_open\n', 'append');
    for (const verbose of [false, true]) {
      const all = { tracefs, glob: undefined, verbose };
      const of = { glob: undefined, verbose };
      const program = fixturePath('probed-cpp.so');
      const listed: [string, readonly { json: unknown }[]][] = [
        ['listedFunction', await listFunctions({ ...all, glob: 'vfs_*' })],
        ['listedEvent', listEvents({ ...all, glob: 'sched:*' })],
        ['listedUsdt', await listStaticProbes(fixturePath('usdt.so'), of)],
        ['listedSymbol', await listProgramSymbols(program, of)],
        ['listedLine', await listProgramLines(program, 'total')],
        ['listedProbe', listProbes(all)],
        ['listedTracer', listTracers(all)],
        ['listedOption', listOptions(all)],
      ];
      for (const [definition, rows] of listed) {
        expect(rows.length).toBeGreaterThan(0);
        for (const { json } of rows) {
          expect(findSchemaProblems(JSON.parse(JSON.stringify(json)), definition)).toEqual([]);
        }
      }
    }
  });
});
