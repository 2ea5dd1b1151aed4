/** Opens a recording whatever its kind: one of the formats below says that it knows the first bytes. */
import { FtuiError } from '../base/errors.ts';
import type { EventSource } from './event-source.ts';
import { type ByteSource, openByteSource } from './files.ts';
import { isTextTrace, openTextTrace } from './text-trace/text-trace.ts';
import { isTraceDat } from './trace-dat/read-layout.ts';
import { TraceDat } from './trace-dat/trace-dat.ts';
import { TraceDatEvents } from './trace-dat/trace-dat-events.ts';

/** A kind of recording. */
interface RecordingFormat {
  readonly name: string;
  recognise(head: Uint8Array): boolean;
  open(source: ByteSource): EventSource;
}

const formats: readonly RecordingFormat[] = [
  { name: 'trace.dat', recognise: isTraceDat, open: (source) => new TraceDatEvents(new TraceDat(source)) },
  { name: 'a saved text trace', recognise: isTextTrace, open: openTextTrace },
];

const headSize = 64 * 1024;

/** The events of a file; throws FtuiError when it is no recording or cannot be read. */
export function openRecording(path: string): EventSource & { close(): void } {
  const source = openByteSource(path);
  try {
    const head = new Uint8Array(headSize);
    const known = head.subarray(0, source.read(head, 0));
    const format = formats.find(({ recognise }) => recognise(known));
    if (format === undefined) throw notRecognised(path, known.length);
    return Object.assign(format.open(source), { close: () => source.close() });
  } catch (error) {
    source.close();
    throw error;
  }
}

function notRecognised(path: string, size: number): FtuiError {
  return new FtuiError({
    attempted: `reading ${path}`,
    why: size === 0 ? 'it is empty' : `it is none of what ftui reads (${formats.map(({ name }) => name).join(', ')})`,
  });
}
