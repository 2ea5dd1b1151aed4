/**
 * The demo recording of tracefs-fixtures/demo/: raw pages of `graph do_sys_open -- ls /` of a real kernel, and the
 * symbols and command lines that belong to them.
 */

import { zstdDecompressSync } from 'node:zlib';
import { type FixtureFiles, type FixtureTree, loadFixture } from './fixture-tree.ts';
import type { Playback, PlaybackPage } from './simulation-options.ts';

const pageSize = 4096;

export interface DemoRecording {
  /** The folder of tracefs-fixtures/ of the kernel it was made on. */
  readonly fixture: string;
  readonly overlay: FixtureTree;
  readonly playback: Playback;
}

/** Reads the recording; its pages arrive as far apart as they were filled, stretched or shrunk to `spanMs` in all. */
export function loadDemoRecording(files: FixtureFiles, spanMs: number): DemoRecording {
  const cpus: Uint8Array[] = [];
  for (const name of files.list()) {
    const cpu = /^cpu(\d+)\.pages\.zst$/.exec(name)?.[1];
    if (cpu !== undefined) cpus[Number(cpu)] = zstdDecompressSync(files.read(name));
  }
  const origin = new TextDecoder().decode(files.read('ORIGIN'));
  const version = /Linux (\d+\.\d+)/.exec(origin)?.[1] ?? '';
  const playback = {
    cpus: spreadPages(
      Array.from(cpus, (bytes) => bytes ?? new Uint8Array(0)),
      spanMs,
    ),
  };
  return { fixture: `${version}_x86-64`, overlay: loadFixture(files), playback };
}

/** Cuts each CPU's run of 4 KiB pages and spaces them by the time stamps they begin with. */
export function spreadPages(cpus: readonly Uint8Array[], spanMs: number): PlaybackPage[][] {
  const starts = cpus.map((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: Math.floor(bytes.length / pageSize) }, (_, page) =>
      view.getBigUint64(page * pageSize, true),
    );
  });
  const all = starts.flat().sort((a, b) => (a < b ? -1 : 1));
  const first = all[0] ?? 0n;
  const length = Number((all.at(-1) ?? 0n) - first) || 1;
  return cpus.map((bytes, cpu) =>
    starts[cpu]!.map((start, page) => ({
      atMs: (Number(start - first) / length) * spanMs,
      bytes: bytes.subarray(page * pageSize, (page + 1) * pageSize),
    })),
  );
}
