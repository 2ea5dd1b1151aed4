/** Reports of real recordings, byte for byte against what trace-cmd 3.3.1 printed of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteSourceOf, createByteSink, openByteSource } from '../../../src/recording/files.ts';
import { formatBanner } from '../../../src/recording/report/report-extras.ts';
import { plainReport } from '../../../src/recording/report/report-options.ts';
import { openReport } from '../../../src/recording/report/report-request.ts';
import { openPageStreams } from '../../../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../../../src/recording/trace-dat/trace-dat.ts';
import { writeRecording } from '../../../src/recording/trace-dat/write-recording.ts';
import { type ReportThreading, startReportThreads, writeReport } from '../../../src/session/report-threads.ts';
import { expectedReport, recordingNames, recordingPath } from '../../recordings/recordings.ts';

/** Events whose print fmt trace-cmd 3.3.1 cannot read and ftui can: docs/report.md. */
const betterEvents = ['ma_read', 'ma_op', 'ma_write', 'dma_map_sg', 'kvm_inj_exception', 'sys_enter_write'];

interface Printed {
  readonly text: string;
  readonly problems: readonly string[];
}

async function printReport(path: string, threading: ReportThreading): Promise<Printed> {
  const parts: Buffer[] = [];
  const take = (bytes: Uint8Array) => {
    parts.push(Buffer.from(bytes));
    return true;
  };
  const { recording, source } = openReport({ path, layout: plainReport });
  const banner = formatBanner(recording);
  source.close();
  const problems = await writeReport({ path, layout: plainReport }, take, threading);
  return { text: banner + Buffer.concat(parts).toString('latin1'), problems };
}

/** What begins an event's line; the text of an event may have line ends of its own. */
const lineHead = /^.{0,40}-\d+ +\[\d{3}\] .{5} +\d+\.\d{6}: (\w+): +/;

function splitEvents(report: string): string[] {
  const events: string[] = [];
  for (const line of report.split('\n')) {
    if (events.length === 0 || lineHead.test(line) || line.startsWith('CPU:')) events.push(line);
    else events.push(`${events.pop()}\n${line}`);
  }
  return events;
}

describe('a recording without names of tasks', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ftui-report-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('gets them from the events that tell them, in whatever span they are', async () => {
    const path = join(folder, 'nameless.dat');
    const source = openByteSource(recordingPath('5.10-v6-sched-openat'));
    const { metadata, buffers } = openPageStreams(source, () => {});
    const nameless = { metadata: { ...metadata, savedCmdlines: new Uint8Array() }, buffers };
    const sink = createByteSink(path);
    writeRecording(sink, nameless, { version: 7, compression: 'none' });
    sink.close();
    source.close();
    const alone = await printReport(path, { threads: 1 });
    const together = await printReport(path, { threads: 2, sliceBytes: 4096 });
    expect(alone.text).toContain('<...>-');
    expect(alone.text).toContain('ld-linux-x86-64-236 ');
    expect(together.text === alone.text).toBe(true);
  });
});

describe.each(recordingNames)('%s', (name) => {
  it('is reported as trace-cmd reports it, but for what that cannot read', async () => {
    const { text, problems } = await printReport(recordingPath(name), { threads: 1 });
    expect(problems).toEqual([]);
    const ours = splitEvents(text);
    const theirs = splitEvents(expectedReport(name));
    expect(ours.length).toBe(theirs.length);
    for (const [index, expected] of theirs.entries()) {
      if (!expected.includes('[FAILED TO PARSE]')) expect(ours[index]).toBe(expected);
      else {
        const [head, event] = lineHead.exec(expected)!;
        expect(betterEvents).toContain(event);
        expect(ours[index]!.startsWith(head)).toBe(true);
        expect(ours[index]).not.toContain('FAILED');
      }
    }
  });

  it('is the same when several threads write it', async () => {
    const alone = await printReport(recordingPath(name), { threads: 1 });
    const together = await printReport(recordingPath(name), { threads: 2, sliceBytes: 8192 });
    expect(together.text === alone.text).toBe(true);
  });

  it('is the same with threads that were started before the recording was opened', async () => {
    const alone = await printReport(recordingPath(name), { threads: 1 });
    const source = openByteSource(recordingPath(name));
    const started = startReportThreads(source, { layout: plainReport }, { threads: 2, smallest: 0 });
    expect(started).toHaveLength(1);
    const recording = new TraceDat(source);
    const together = await printReport(source.name, { recording, started, threads: 2, sliceBytes: 8192 });
    expect(together.text === alone.text).toBe(true);
  });
});

it('starts no threads for a small recording, nor where lines depend on those before', () => {
  const source = byteSourceOf(new Uint8Array(1 << 20));
  expect(startReportThreads(source, { layout: plainReport }, { threads: 2 })).toEqual([]);
  const large = { ...source, size: () => 1 << 30 };
  expect(startReportThreads(large, { layout: { ...plainReport, timeDifference: true } }, { threads: 2 })).toEqual([]);
  expect(startReportThreads(large, { layout: plainReport, filters: ['sched'] }, { threads: 2 })).toEqual([]);
  expect(startReportThreads(large, { layout: plainReport }, { threads: 1 })).toEqual([]);
});
