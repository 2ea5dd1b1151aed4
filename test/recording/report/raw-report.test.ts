/** `report -R` of real recordings, byte for byte against what trace-cmd 3.3.1 printed of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openByteSource } from '../../../src/recording/files.ts';
import { formatBanner, formatEventFormats } from '../../../src/recording/report/report-extras.ts';
import { plainReport } from '../../../src/recording/report/report-options.ts';
import { TraceDat } from '../../../src/recording/trace-dat/trace-dat.ts';
import { writeReport } from '../../../src/session/write-report.ts';
import { recordingPath } from '../../recordings/recordings.ts';

const folder = join(import.meta.dirname, '../../recordings');
const suffix = '.raw.txt.zst';
const names = readdirSync(folder)
  .filter((file) => file.endsWith(suffix))
  .map((file) => basename(file, suffix));

it.each(names)('%s: the fields are printed as trace-cmd prints them', async (name) => {
  const recording = new TraceDat(openByteSource(recordingPath(name)));
  const parts = [Buffer.from(formatBanner(recording))];
  const layout = { ...plainReport, raw: true };
  await writeReport(recording, { layout }, (bytes) => parts.push(Buffer.from(bytes)) > 0);
  const expected = zstdDecompressSync(readFileSync(join(folder, `${name}${suffix}`))).toString('latin1');
  expect(Buffer.concat(parts).toString('latin1').split('\n')).toEqual(expected.split('\n'));
});

describe('formatEventFormats', () => {
  it('says each system once, without those of ftrace', () => {
    const recording = new TraceDat(openByteSource(recordingPath('6.1-v6-one-cpu')));
    const text = formatEventFormats(recording, (system) => /^(?:ftrace|sched)$/.test(system));
    recording.source.close();
    expect(text.match(/^system: .*$/gm)).toEqual(['system: sched']);
    expect(text.startsWith('\nsystem: sched\nname: sched_')).toBe(true);
  });
});
