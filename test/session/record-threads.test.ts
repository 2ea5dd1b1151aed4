/** The recorder in a thread of its own: errors come across with their class, and its files are let go synchronously. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusyError, FtuiError, UsageError } from '../../src/base/errors.ts';
import { packError, unpackError } from '../../src/session/record-messages.ts';
import { WriteError } from '../../src/session/record-output.ts';
import { type Recorder, startRecorderThread } from '../../src/session/record-threads.ts';
import { decodeTraceDat } from '../recording/trace-dat/decode-trace-dat.ts';
import { metadataOf } from '../recording/trace-dat/sample-recording.ts';

const owner = { pid: process.pid, startTime: '', bootId: '' };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-threads-'));
const target = (name: string) => ({
  path: path.join(folder, name),
  force: false,
  format: { version: 7, compression: 'none' } as const,
  maxBytes: undefined,
  owner,
});

describe('a recorder thread', () => {
  let recorder: Recorder;
  beforeEach(async () => {
    recorder = await startRecorderThread();
  });
  afterEach(() => recorder.close());

  it('makes the folder of the parts and removes it', async () => {
    const { folder: parts } = await recorder.create(target('a.dat'));
    expect(fs.statSync(parts).mode & 0o777).toBe(0o700);
    await recorder.discard();
    expect(fs.existsSync(parts)).toBe(false);
    expect(recorder.progress()).toEqual({ bytes: 0, keptBytes: 0, lost: 0, unwritten: 0, records: 0 });
  });

  it('refuses with the class, and so the exit status, of the error', async () => {
    fs.writeFileSync(path.join(folder, 'there.dat'), '');
    await expect(recorder.create(target('there.dat'))).rejects.toThrow(UsageError);
    await expect(recorder.create(target('no/such/folder.dat'))).rejects.toThrow(FtuiError);
    await recorder.create(target('b.dat')); // and goes on to work
    await recorder.discard();
  });

  it('takes the symbols once, without a copy, for all heads', async () => {
    const symbols = new Uint8Array(1 << 17).fill(0x61);
    const { kallsyms: _, ...head } = metadataOf();
    const { path: file } = target('c.dat');
    await recorder.create(target('c.dat'));
    await recorder.storeSymbols(symbols);
    expect(symbols).toHaveLength(0);
    await recorder.writeMetadata(head);
    await recorder.writeMetadata({ ...head, savedCmdlines: Buffer.from('1 late\n') });
    await recorder.finish();
    const { kallsyms, savedCmdlines } = decodeTraceDat(fs.readFileSync(file));
    expect([kallsyms, savedCmdlines]).toEqual(['a'.repeat(1 << 17), '1 late\n']);
  });

  it('reads the symbols of the kernel itself, and tells whether they are hidden', async () => {
    const { kallsyms: _, ...head } = metadataOf();
    const { path: file } = target('d.dat');
    await recorder.create(target('d.dat'));
    const { isHidden } = await recorder.readSymbols();
    await recorder.writeMetadata(head);
    await recorder.finish();
    const { kallsyms } = decodeTraceDat(fs.readFileSync(file));
    const there = fs.readFileSync('/proc/kallsyms', 'latin1');
    // Modules and BPF programs may come and go meanwhile.
    expect(kallsyms.slice(0, 10_000)).toBe(there.slice(0, 10_000));
    expect(isHidden).toBe(!/^0*[1-9a-f]/m.test(there));
  });

  it('lets go of its files before release() returns, also where there are none', async () => {
    const began = performance.now();
    recorder.release();
    recorder.release();
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await recorder.counts()).toEqual([]);
  });
});

describe('errors as messages', () => {
  const parts = { attempted: 'writing', why: 'ENOSPC', remedy: 'make room' };
  it.each([FtuiError, UsageError, BusyError, WriteError])('%o keep their class and words', (Kind) => {
    const back = unpackError(structuredClone(packError(new Kind(parts))));
    expect(back).toBeInstanceOf(Kind);
    expect(back.constructor).toBe(Kind);
    expect([back.attempted, back.why, back.remedy]).toEqual(['writing', 'ENOSPC', 'make room']);
  });

  it('tell where an unexpected one came from', () => {
    expect(unpackError(packError(new TypeError('oops'))).why).toMatch(/oops\n +at /);
  });
});
