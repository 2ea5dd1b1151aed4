/** The traces of test/recordings/text: what real kernels printed in many layouts (README.md there). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { EventSource, RecordedEvent, SourceItem } from '../../../src/recording/event-source.ts';
import { byteSourceOf } from '../../../src/recording/files.ts';
import { openTextTrace } from '../../../src/recording/text-trace/text-trace.ts';

const root = join(import.meta.dirname, '../../recordings/text');

/** Kernels with all tracers; 6.18 has events only. */
export const kernels = ['5.10', '6.1', '6.12', '7.2'] as const;

export interface TextFixtures {
  /** Names of the traces that this kernel has. */
  readonly names: readonly string[];
  readonly bytes: (name: string) => Buffer;
  /** How many records the ring buffer held, by the kernel's own count. */
  readonly entries: (recording: string) => number;
}

export function loadTextFixtures(file: string): TextFixtures {
  const text = zstdDecompressSync(readFileSync(join(root, `${file}.zst`))).toString('latin1');
  const parts = text.split(/^%%% (\S+)\n/m);
  const traces = new Map<string, string>();
  for (let at = 1; at < parts.length; at += 2) traces.set(parts[at]!, parts[at + 1]!);
  const bytes = (name: string) => {
    const trace = traces.get(name);
    if (trace === undefined) throw new Error(`no ${name} in ${file}`);
    return Buffer.from(trace, 'latin1');
  };
  return {
    names: [...traces.keys()],
    bytes,
    entries: (recording) =>
      Number(new RegExp(`^${recording} entries (\\d+)$`, 'm').exec(traces.get('about') ?? '')?.[1]),
  };
}

export interface ReadTrace {
  readonly source: EventSource;
  readonly items: readonly SourceItem[];
  readonly events: readonly RecordedEvent[];
}

export function readTrace(bytes: Uint8Array | string): ReadTrace {
  const source = openTextTrace(byteSourceOf(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 'a test'));
  const items = [...source.events()];
  return { source, items, events: items.filter((item) => item.kind === 'event') };
}

/** A function of the trace by its name, with its module. */
export function functionName({ source }: ReadTrace, address: bigint): string {
  const { name, module } = source.symbolName(address) ?? {};
  return module === undefined ? `${name}` : `${name} [${module}]`;
}
