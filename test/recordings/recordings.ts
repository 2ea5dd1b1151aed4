/** The recordings of this folder, unpacked where needed, and the reports expected of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll } from 'vitest';

const folder = import.meta.dirname;
const suffix = '.report.txt.zst';

/** Names of all recordings that have an expected report. */
export const recordingNames = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => basename(file, suffix));

let unpacked: string | undefined;

/** Path of a recording; compressed ones are unpacked into a temporary folder that goes after the tests of the file. */
export function recordingPath(name: string): string {
  const plain = `${name}.dat`;
  if (readdirSync(folder).includes(plain)) return join(folder, plain);
  if (unpacked === undefined) {
    unpacked = mkdtempSync(join(tmpdir(), 'ftui-recordings-'));
    afterAll(() => rmSync(unpacked!, { recursive: true, force: true }));
  }
  const path = join(unpacked, plain);
  writeFileSync(path, zstdDecompressSync(readFileSync(join(folder, `${plain}.zst`))));
  return path;
}

export function expectedReport(name: string): string {
  return zstdDecompressSync(readFileSync(join(folder, `${name}${suffix}`))).toString('latin1');
}
