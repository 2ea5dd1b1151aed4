import { existsSync, linkSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FtuiError, UsageError } from '../../src/base/errors.ts';
import {
  createByteSink,
  kindOfFile,
  listFolder,
  openByteSink,
  openByteSource,
  publishFile,
  readFreeBytes,
  readSmallFile,
  removePath,
  replaceFile,
} from '../../src/recording/files.ts';
import { makeTemporaryFolder } from './trace-dat/sample-recording.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('createByteSink', () => {
  it('appends, writes over what is there, and cuts', () => {
    const file = join(makeTemporaryFolder(), 'a');
    const sink = createByteSink(file);
    sink.append(bytes('hello '));
    sink.append(bytes('world!'));
    sink.writeAt(bytes('J'), 0);
    expect(sink.length).toBe(12);
    sink.truncate(11);
    sink.append(bytes('.'));
    sink.sync();
    sink.close();
    expect(readFileSync(file, 'utf8')).toBe('Jello world.');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('never takes an existing file, not even through a link that leads nowhere', () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, 'a'), '');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
    expect(() => createByteSink(join(folder, 'a'))).toThrow(UsageError);
    expect(() => createByteSink(join(folder, 'link'))).toThrow(UsageError);
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  it('says what the system refuses by its errno name', () => {
    const file = join(makeTemporaryFolder(), 'missing', 'a');
    expect(() => createByteSink(file)).toThrow(`writing ${file}: ENOENT: there is no such folder`);
    expect(() => createByteSink(file)).toThrow(FtuiError);
    // A device that is always full.
    const full = openByteSink('/dev/full');
    expect(() => full.append(bytes('x'))).toThrow(/^writing \/dev\/full: ENOSPC: the disk is full$/);
    expect(full.length).toBe(0);
    full.close();
  });
});

describe('openByteSink', () => {
  it('writes over a file from its start and leaves the rest', () => {
    const file = join(makeTemporaryFolder(), 'a');
    writeFileSync(file, '0123456789');
    const sink = openByteSink(file);
    sink.append(bytes('abc'));
    sink.close();
    expect(readFileSync(file, 'utf8')).toBe('abc3456789');
  });
});

describe('replaceFile and publishFile', () => {
  it('put a whole file in place of the old one', () => {
    const folder = makeTemporaryFolder();
    const file = join(folder, 'a');
    writeFileSync(`${file}.draft`, 'left by a crash');
    replaceFile(file, bytes('one'));
    replaceFile(file, bytes('two'));
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('do not replace without force', () => {
    const folder = makeTemporaryFolder();
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    writeFileSync(from, 'new');
    writeFileSync(to, 'old');
    expect(() => publishFile(from, to, { force: false })).toThrow(UsageError);
    expect(readFileSync(to, 'utf8')).toBe('old');
    publishFile(from, to, { force: true });
    expect(readFileSync(to, 'utf8')).toBe('new');
    writeFileSync(from, 'other');
    removePath(to);
    publishFile(from, to, { force: false });
    expect(listFolder(folder)).toEqual([{ name: 'to', size: 5 }]);
  });
});

describe('what is there', () => {
  it('is told apart', () => {
    const folder = makeTemporaryFolder();
    writeFileSync(join(folder, 'a'), 'text');
    linkSync(join(folder, 'a'), join(folder, 'b'));
    expect(['a', 'b', '.', 'c'].map((name) => kindOfFile(join(folder, name)))).toEqual([
      'file',
      'file',
      'folder',
      'absent',
    ]);
    expect(kindOfFile('/dev/null')).toBe('other');
    expect(readSmallFile(join(folder, 'c'))).toBeUndefined();
    expect(Buffer.from(readSmallFile(join(folder, 'a'))!).toString()).toBe('text');
    expect(readFreeBytes(folder)).toBeGreaterThan(0);
  });

  it('is read at any place', () => {
    const file = join(makeTemporaryFolder(), 'a');
    writeFileSync(file, '0123456789');
    const source = openByteSource(file);
    const target = new Uint8Array(4);
    expect([source.size(), source.read(target, 8)]).toEqual([10, 2]);
    expect(Buffer.from(target.subarray(0, 2)).toString()).toBe('89');
    source.close();
  });
});
