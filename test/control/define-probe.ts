/** Defines probes from the words of a command line on a simulated kernel, as the commands do, and writes what comes of it. */
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { openKprobeNames, requireKprobeScope } from '../../src/control/kprobe-names.ts';
import { resolveKprobes } from '../../src/control/kprobe-request.ts';
import { readKernelFunctions } from '../../src/control/kprobe-target.ts';
import { KernelTypes } from '../../src/control/kprobe-types.ts';
import type { ProbeEvent } from '../../src/control/probe-event.ts';
import { parseKprobeSpec } from '../../src/control/probe-spec.ts';
import { sourceKnowledge } from '../../src/control/uprobe-lines.ts';
import { openUprobeNames, ProgramTypes, requireUprobeScope } from '../../src/control/uprobe-names.ts';
import { listUprobePlaces, resolveUprobes } from '../../src/control/uprobe-request.ts';
import { resolveUsdt } from '../../src/control/usdt-request.ts';
import { buildKernelLikeBtf } from '../symbols/btf/btf-builder.ts';
import { fixturePath } from '../symbols/fixture-files.ts';
import { setUp } from './tracefs-setup.ts';

export type ProbeCommand = 'kprobe' | 'uprobe' | 'usdt' | 'vars';

const types = new Set([...parseFetchArgSupport('').types, 'ustring', 'symbol', 'array']);
const support = { types, numberedArguments: true, namedArguments: false };
/** What stands in the words for a file. */
const files: Readonly<Record<string, string>> = {
  PLAIN: fixturePath('probed-o0-dwarf5.so'),
  OPTIMISED: fixturePath('probed-o2-dwarf5.so'),
  STATIC: fixturePath('usdt.so'),
  TEXT: fixturePath('probed.c'),
};

/** A kernel whose BTF knows the function `handle`; `writes` grows by what is written. */
export function openDefiner() {
  const { kernel, tracefs } = setUp('6.1');
  const readBytes = kernel.readBytes.bind(kernel);
  kernel.readBytes = (path) => (path === '/sys/kernel/btf/vmlinux' ? buildKernelLikeBtf().build() : readBytes(path));
  const real = readKernelFunctions(tracefs);
  const functions = { ...real, exists: (name: string) => name === 'handle' || real.exists(name) };
  const taken = new Set<string>();
  const group = 'ftui_7';

  function resolve(command: ProbeCommand, words: readonly string[], force: boolean): readonly ProbeEvent[] {
    const [first = '', ...rest] = words.map((word) => files[word] ?? word);
    if (command === 'kprobe') {
      const names = openKprobeNames(kernel, functions, types);
      return resolveKprobes(functions, group, taken, support, { spec: first, args: rest }, names).probes;
    }
    const [spec = '', ...args] = rest;
    const request = { binary: first, spec, args, force, source: sourceKnowledge };
    if (command === 'uprobe') {
      return resolveUprobes(kernel, group, taken, support, request, openUprobeNames(types)).probes;
    }
    if (command === 'usdt') return resolveUsdt(kernel, group, taken, support, request).probes;
    if (rest.length > 0) {
      const known = new ProgramTypes(types);
      for (const place of listUprobePlaces(kernel, request).places) requireUprobeScope(known, place);
    } else {
      resolveKprobes(functions, group, taken, support, { spec: first, args: [] });
      requireKprobeScope(new KernelTypes(kernel), functions, parseKprobeSpec(first), types);
    }
    return [];
  }

  /** All is resolved before anything is written. */
  function define(command: ProbeCommand, words: readonly string[], { force = false } = {}): void {
    const probes = resolve(command, words, force);
    for (const { definition } of probes) tracefs.top.write(definition.file, `${definition.line}\n`, 'append');
  }
  return { define, writes: kernel.writes, tracefs, top: tracefs.top };
}
