import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkExportTarget, writeExport } from '../../src/cli/export-output.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'export-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const blocks = [Buffer.from('one '), Buffer.from('two')];

it('writes a file that is the user’s alone', async () => {
  const path = join(folder, 'out');
  await writeExport(blocks, { path, force: false });
  expect(readFileSync(path, 'utf8')).toBe('one two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['out']);
});

it('leaves nothing behind when the export fails', async () => {
  const path = join(folder, 'out');
  const failing = (function* () {
    yield blocks[0]!;
    throw new Error('no stacks');
  })();
  await expect(writeExport(failing, { path, force: false })).rejects.toThrow('no stacks');
  expect(readdirSync(folder)).toEqual([]);
});

it('replaces a file with --force only', async () => {
  const path = join(folder, 'out');
  writeFileSync(path, 'old');
  expect(() => checkExportTarget({ path, force: false })).toThrow(/it is there already/);
  await expect(writeExport(blocks, { path, force: false })).rejects.toThrow(/it is there already/);
  expect(readFileSync(path, 'utf8')).toBe('old');
  await writeExport(blocks, { path, force: true });
  expect(readFileSync(path, 'utf8')).toBe('one two');
});

it('says that there is no folder before anything is read', () => {
  const path = join(folder, 'missing', 'out');
  expect(() => checkExportTarget({ path, force: false })).toThrow(/there is no folder/);
  expect(existsSync(path)).toBe(false);
});

it('takes - for standard output', () => {
  expect(() => checkExportTarget({ path: '-', force: false })).not.toThrow();
});
