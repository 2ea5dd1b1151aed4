import { describe, expect, it } from 'vitest';
import { GraphModel, type ProbeEvent, type SourceItem } from '../../../src/index.ts';
import { ReturnValues } from '../../../ui/app/return-values.ts';

const addresses: Readonly<Record<string, bigint>> = { vfs_open: 0x1000n, vfs_void: 0x2000n };
const nameOf = (address: bigint) => ({
  name: Object.keys(addresses).find((name) => addresses[name] === address) ?? 'unknown',
});
const prototypes = new Map([
  ['vfs_open', 'int vfs_open(const struct path *, struct file *)'],
  ['vfs_void', 'void vfs_void(int)'],
]);

function probeOf(spec: string): ProbeEvent {
  const event = spec.replace(/\W/g, '_');
  return {
    definition: { file: 'kprobe_events', group: 'ftui_1', event, line: `r:ftui_1/${event} x` },
    label: spec,
    fields: [{ name: 'ret', style: 'plain', returnedBy: 'kernel' }],
  };
}

async function choose(...functions: string[]): Promise<ReturnValues> {
  const returns = new ReturnValues();
  await returns.choose(functions, {
    prototypesOf: async () => prototypes,
    resolveProbe: async ([, spec]) => ({ probes: [probeOf(spec!)], notes: [] }),
  });
  return returns;
}

function hit(time: number, value: number): SourceItem {
  const fields = { ret: value, __probe_func: addresses.vfs_open! };
  return {
    kind: 'event',
    system: 'ftui_1',
    name: 'vfs_open_return',
    pid: 7,
    cpu: 0,
    time,
    fields,
  } as unknown as SourceItem;
}

describe('what the functions of a graph return', () => {
  it('is asked of named functions that return something, and only of a few', async () => {
    expect((await choose('vfs_open', 'vfs_void', 'vfs_*', 'unknown')).probes.map(({ label }) => label)).toEqual([
      'vfs_open%return',
    ]);
    expect((await choose('vfs_open', 'a', 'b', 'c', 'd')).probes).toEqual([]);
  });

  it('goes to the graph and not to the log, and waits for the end of its call', async () => {
    const returns = await choose('vfs_open');
    const other = { kind: 'lost', cpu: 0, time: 1, count: 1 } as unknown as SourceItem;
    expect(returns.takeFrom([hit(210, -2), other], nameOf)).toEqual([other]);
    const graph = new GraphModel();
    returns.tellTo(graph, nameOf);
    const func = graph.functions.idOfAddress(addresses.vfs_open!);
    graph.enter(0, 7, 0, 100, func, 0);
    returns.tellTo(graph, nameOf);
    graph.exit(0, 7, 200, func, 0, -1, -1, 0);
    returns.tellTo(graph, nameOf);
    expect(graph.calls.rowAt(0)).toMatchObject({ errno: 2, retval: 0xffff_ffff_ffff_fffen });
  });
});
