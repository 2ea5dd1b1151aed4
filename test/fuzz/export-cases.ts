/** The damaged recordings of recording-cases.ts exported in every format: JSON stays JSON, whatever was in them. */
import { FtuiError } from '../../src/base/errors.ts';
import { newExportReport } from '../../src/recording/export/export-format.ts';
import { exportFormats } from '../../src/recording/export/export-formats.ts';
import { byteSourceOf } from '../../src/recording/files.ts';
import { TraceDat } from '../../src/recording/trace-dat/trace-dat.ts';
import { TraceDatEvents } from '../../src/recording/trace-dat/trace-dat-events.ts';
import { type FuzzCases, type Outcome, runCase } from './fuzz-case.ts';
import type { Reading } from './read-recording.ts';
import { RecordingCases } from './recording-cases.ts';

export class ExportCases implements FuzzCases {
  readonly #recordings = new RecordingCases();

  run(seed: number): Outcome {
    const { base, bytes, steps, way } = this.#recordings.make(seed);
    const format = exportFormats[way % exportFormats.length]!;
    const name = `${base.recording.name}, ${format.name}`;
    return runCase({ name, bytes, steps }, () => ({ reading: write(bytes, way), isSilent: false }));
  }
}

function write(bytes: Uint8Array, way: number): Reading {
  const format = exportFormats[way % exportFormats.length]!;
  const report = newExportReport();
  const none = { events: 0, lost: 0, damaged: 0, problems: 0, printed: 0 };
  try {
    const source = new TraceDatEvents(new TraceDat(byteSourceOf(bytes, 'damaged')));
    const blocks: Uint8Array[] = [];
    const options = { selection: {}, title: 'damaged', fields: way % 2 === 0 ? undefined : ('all' as const) };
    for (const block of format.write(source, options, report)) blocks.push(Uint8Array.from(block));
    const text = Buffer.concat(blocks).toString('utf8');
    checkJson(format.name, text);
    const problems = source.problems.length + report.notices.length;
    return { refused: undefined, ...none, ...report, problems, printed: text.length };
  } catch (error) {
    if (!(error instanceof FtuiError)) throw error;
    return { refused: error.message, ...none };
  }
}

function checkJson(name: string, text: string): void {
  if (name === 'jsonl') for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  else if (text.startsWith('{')) JSON.parse(text);
}
