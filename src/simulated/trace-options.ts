/** trace_options and options/*: the core options and those of the tracers, which trace_options shows only for theirs. */

import { makeFile, refuse, type SimulatedFile, type SimulatedFolder } from './file-nodes.ts';
import { parseKernelNumber } from './setting-files.ts';

/** Options of function_graph in the order of its table; those not named here come before sleep-time. */
const graphOrder = 'overrun cpu overhead proc duration abstime irqs tail'.split(' ').map((name) => `funcgraph-${name}`);

function placeOf(option: string): number {
  if (option === 'sleep-time') return 100;
  if (option === 'graph-time') return 101;
  const place = graphOrder.indexOf(option);
  return place < 0 ? graphOrder.length : place;
}

/** The tracer an option belongs to; every other option is a core one unless trace_options did not list it. */
function tracerOf(option: string): string {
  if (/^(funcgraph-|sleep-time$|graph-time$)/.test(option)) return 'function_graph';
  if (/^func[-_]/.test(option)) return 'function';
  if (/^blk_/.test(option)) return 'blk';
  return option.startsWith('test_nop_') ? 'nop' : '';
}

/**
 * Puts options/* into `folder` and returns trace_options. `listed` is the captured trace_options (core options in the
 * kernel's order), `captured` the text of each options/* file.
 */
export function putTraceOptions(
  folder: SimulatedFolder,
  listed: string,
  captured: ReadonlyMap<string, string>,
  currentTracer: () => string,
): SimulatedFile {
  const values = new Map<string, boolean>();
  for (const line of listed.split('\n').filter((text) => text !== '')) {
    const name = captured.has(line) || !line.startsWith('no') ? line : line.slice(2);
    values.set(name, name === line);
  }
  const core = [...values.keys()].filter((name) => tracerOf(name) === '');
  for (const [name, text] of captured) values.set(name, text.trim() === '1');
  const visible = () => {
    const own = [...values.keys()].filter((name) => tracerOf(name) === currentTracer());
    own.sort((a, b) => placeOf(a) - placeOf(b));
    return [...core, ...own];
  };
  for (const name of captured.keys()) folder.put(`options/${name}`, makeOptionFile(values, name));
  return makeFile({
    read: () =>
      visible()
        .map((name) => `${values.get(name) ? '' : 'no'}${name}\n`)
        .join(''),
    write(text) {
      const word = text.trim();
      if (visible().includes(word)) values.set(word, true);
      else if (word.startsWith('no') && visible().includes(word.slice(2))) values.set(word.slice(2), false);
      else refuse('EINVAL');
    },
  });
}

function makeOptionFile(values: Map<string, boolean>, name: string): SimulatedFile {
  return makeFile({
    read: () => `${values.get(name) ? 1 : 0}\n`,
    write(text) {
      const value = parseKernelNumber(text);
      if (value > 1) refuse('EINVAL');
      values.set(name, value === 1);
    },
  });
}
