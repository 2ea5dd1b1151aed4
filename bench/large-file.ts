/**
 * Opening large recordings: the pages of one repeated, with later stamps, until the file has the size. Then `info`, and the
 * first lines of a report at 90 % of its span of time.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createByteSink, openByteSource } from '../src/recording/files.ts';
import { readRecordingInfo } from '../src/recording/recording-info.ts';
import type { PageStreams } from '../src/recording/recording-metadata.ts';
import { openPageStreams } from '../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../src/recording/trace-dat/trace-dat.ts';
import { writeRecording } from '../src/recording/trace-dat/write-recording.ts';
import { measureSideBySide, timeProgram } from './measurement.ts';

export interface LargeFileRow {
  readonly what: string;
  /** ms by size. */
  readonly times: readonly number[];
}

const sizes = [400, 4000] as const;
const linesOfPage = 50;

export async function measureLargeFiles(ftui: string, recording: string, rounds: number): Promise<LargeFileRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ftui-bench-'));
  try {
    const files = sizes.map((size) => {
      const path = join(folder, `${size}.dat`);
      return { path, from: writeRepeated(recording, path, size * 1e6) };
    });
    const info = await measureSideBySide(
      Object.fromEntries(files.map(({ path }) => [path, () => timeProgram(ftui, ['info', path])])),
      rounds,
    );
    const page = await measureSideBySide(
      Object.fromEntries(files.map(({ path, from }) => [path, () => timeFirstLines(ftui, path, from)])),
      rounds,
    );
    return [
      { what: '`ftui info`', times: [...info.values()] },
      { what: `first ${linesOfPage} lines of \`ftui report --from\` at 90 % of the time`, times: [...page.values()] },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the time at 90 % of the span, as --from takes it. */
function writeRepeated(recording: string, path: string, size: number): string {
  const source = openByteSource(recording);
  const streams = openPageStreams(source, (problem) => console.log(problem));
  const original = new TraceDat(source);
  const [buffer] = readRecordingInfo(original).buffers;
  const span = buffer!.end! - buffer!.begin! + 1_000_000n;
  const pages = buffer!.cpus.reduce((sum, cpu) => sum + cpu.pages, 0) * buffer!.pageSize;
  const sink = createByteSink(path);
  writeRecording(sink, repeatPages(streams, Math.ceil(size / pages), span), { version: 7, compression: 'none' });
  sink.close();
  source.close();
  const written = openByteSource(path);
  const [whole] = readRecordingInfo(new TraceDat(written)).buffers;
  written.close();
  const at = whole!.begin! + ((whole!.end! - whole!.begin!) * 9n) / 10n;
  return `${at / 1_000_000_000n}.${String(at % 1_000_000_000n).padStart(9, '0')}`;
}

function repeatPages({ metadata, buffers }: PageStreams, times: number, span: bigint): PageStreams {
  const [top, ...others] = buffers;
  const cpus = top!.cpus.map(({ cpu, pages }) => ({
    cpu,
    *pages() {
      for (let turn = 0n; turn < BigInt(times); turn += 1n) {
        for (const block of pages()) {
          const later = Uint8Array.from(block);
          const view = new DataView(later.buffer);
          for (let at = 0; at + 8 <= later.length; at += top!.pageSize) {
            const stamp = view.getBigUint64(at, metadata.littleEndian);
            if (stamp > 0n) view.setBigUint64(at, stamp + turn * span, metadata.littleEndian);
          }
          yield later;
        }
      }
    },
  }));
  return { metadata, buffers: [{ ...top!, cpus }, ...others] };
}

/** Until the first lines have come; the program is ended then. */
function timeFirstLines(ftui: string, path: string, from: string): Promise<number> {
  const begun = performance.now();
  const child = spawn(ftui, ['report', path, '--from', from], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines = 0;
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`ftui report ${path}: only ${lines} lines`)));
    child.stdout.on('data', (data: Buffer) => {
      for (const byte of data) if (byte === 0x0a) lines += 1;
      if (lines < linesOfPage) return;
      const time = performance.now() - begun;
      child.removeAllListeners('exit');
      child.once('exit', () => resolve(time));
      child.kill('SIGKILL');
    });
  });
}
