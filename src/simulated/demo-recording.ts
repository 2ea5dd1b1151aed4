/**
 * The demo recording of tracefs-fixtures/demo/: raw pages of `graph do_sys_open -- ls /` of a real kernel, and the
 * symbols and command lines that belong to them.
 */

import { zstdDecompressSync } from 'node:zlib';
import { type FixtureFiles, type FixtureTree, loadFixture } from './fixture-tree.ts';
import type { Playback, PlaybackPage, PlaybackText } from './simulation-options.ts';

const pageSize = 4096;

interface DemoRecording {
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
    text: spreadText(new TextDecoder().decode(zstdDecompressSync(files.read('trace.text.zst'))), spanMs),
  };
  return { fixture: `${version}_x86-64`, overlay: loadFixture(files), playback };
}

const linesPerPiece = 500;

/** The kernel's own text of the same recording, in pieces that come evenly over `spanMs`. */
function spreadText(text: string, spanMs: number): PlaybackText[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const count = Math.ceil(lines.length / linesPerPiece);
  return Array.from({ length: count }, (_, piece) => ({
    atMs: (piece / count) * spanMs,
    text: lines
      .slice(piece * linesPerPiece, (piece + 1) * linesPerPiece)
      .map((line) => `${line}\n`)
      .join(''),
  }));
}

/** Cuts each CPU's run of 4 KiB pages and spaces them by the time stamps they begin with. */
function spreadPages(cpus: readonly Uint8Array[], spanMs: number): PlaybackPage[][] {
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
