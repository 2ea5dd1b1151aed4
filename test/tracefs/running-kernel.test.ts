/** The real node:fs behind KernelFiles, on ordinary files: what each primitive does to them. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningKernel } from '../../src/tracefs/running-kernel.ts';

const kernel = new RunningKernel();
let folder = '';
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-files-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('RunningKernel', () => {
  it('overwrites, appends and truncates', () => {
    const file = path.join(folder, 'a');
    fs.writeFileSync(file, 'abcdef');
    kernel.write(file, ['X'], 'overwrite');
    expect(kernel.readText(file)).toBe('Xbcdef');
    kernel.write(file, ['Y', 'Z'], 'append');
    expect(kernel.readText(file)).toBe('XbcdefYZ');
    kernel.write(file, [], 'truncate');
    expect(kernel.readText(file)).toBe('');
  });

  it('never creates a file', () => {
    expect(() => kernel.write(path.join(folder, 'none'), ['x'], 'truncate')).toThrow(
      expect.objectContaining({ code: 'ENOENT' }),
    );
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it('keeps bytes that are no UTF-8', () => {
    const file = path.join(folder, 'a');
    fs.writeFileSync(file, Uint8Array.of(0x61, 0xff));
    expect(kernel.readText(file)).toBe('a\udcff');
    expect([...kernel.readBytes(file)]).toEqual([0x61, 0xff]);
    expect([...kernel.readAt(file, 1, 100)]).toEqual([0xff]);
  });

  it('reads a stream without blocking: -1 when nothing is there yet, 0 at the end', () => {
    const stream = kernel.openStream('/dev/null');
    expect(stream.read(new Uint8Array(8))).toBe(0);
    stream.close();
    const zeros = kernel.openStream('/dev/zero');
    expect(zeros.read(new Uint8Array(8))).toBe(8);
    zeros.close();
  });

  it('reads many at once, up to the first that is not filled', () => {
    const file = path.join(folder, 'a');
    fs.writeFileSync(file, 'abcdefg');
    const stream = kernel.openStream(file);
    const parts = [new Uint8Array(3), new Uint8Array(3), new Uint8Array(3), new Uint8Array(3)];
    expect(stream.readMany(parts)).toBe(7);
    expect(parts.map((part) => Buffer.from(part).toString('latin1'))).toEqual(['abc', 'def', 'g\0\0', '\0\0\0']);
    expect(stream.readMany(parts)).toBe(0);
    stream.close();
  });

  it('reads a text that is made anew again, from one descriptor', () => {
    const file = path.join(folder, 'stats');
    fs.writeFileSync(file, 'bytes: 100\n');
    const stream = kernel.openStream(file);
    const into = new Uint8Array(64);
    const text = () => Buffer.from(into.subarray(0, stream.readAgain(into))).toString('latin1');
    expect([text(), text()]).toEqual(['bytes: 100\n', 'bytes: 100\n']);
    fs.writeFileSync(file, 'bytes: 7\n');
    expect(text()).toBe('bytes: 7\n');
    stream.close();
  });

  it('reads a file of which nobody knows the size to its end', () => {
    const maps = kernel.readBytes('/proc/self/maps');
    expect(Buffer.from(maps).toString('latin1')).toMatch(/^[0-9a-f]+-[\s\S]*\n$/);
    const size = 3 * (1 << 16) + 1;
    const file = path.join(folder, 'large');
    fs.writeFileSync(file, Buffer.alloc(size, 'x'));
    expect(kernel.readBytes(file)).toHaveLength(size);
    const [first, second] = [kernel.readBytes(file), kernel.readBytes('/proc/self/stat')];
    expect(first.every((byte) => byte === 0x78)).toBe(true);
    expect(second.length).toBeGreaterThan(0);
  });

  it('makes, lists and removes folders', () => {
    const inner = path.join(folder, 'inner');
    kernel.mkdir(inner);
    expect(kernel.list(folder)).toEqual(['inner']);
    expect(kernel.exists(inner)).toBe(true);
    kernel.rmdir(inner);
    expect(kernel.exists(inner)).toBe(false);
    fs.symlinkSync('/somewhere', path.join(folder, 'link'));
    expect(kernel.readLink(path.join(folder, 'link'))).toBe('/somewhere');
  });
});
