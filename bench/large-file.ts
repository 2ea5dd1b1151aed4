/**
 * Opening large recordings: the pages of one repeated, with later stamps, until the file has the size. Then `info`, and the
 * first lines of a report at 90 % of its span of time.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openByteSource } from '../src/recording/files.ts';
import { readRecordingInfo } from '../src/recording/recording-info.ts';
import { TraceDat } from '../src/recording/trace-dat/trace-dat.ts';
import { writeRepeated } from './made-recordings.ts';
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
      return { path, from: writeLarge(recording, path, size * 1e6) };
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
function writeLarge(recording: string, path: string, size: number): string {
  const [buffer] = readInfo(recording).buffers;
  const pages = buffer!.cpus.reduce((sum, cpu) => sum + cpu.pages, 0) * buffer!.pageSize;
  writeRepeated(recording, path, Math.ceil(size / pages));
  const [whole] = readInfo(path).buffers;
  const at = whole!.begin! + ((whole!.end! - whole!.begin!) * 9n) / 10n;
  return `${at / 1_000_000_000n}.${String(at % 1_000_000_000n).padStart(9, '0')}`;
}

function readInfo(recording: string) {
  const source = openByteSource(recording);
  const info = readRecordingInfo(new TraceDat(source));
  source.close();
  return info;
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
