/** A recording in another form of trace.dat: other version, other compression. */
import { createByteSink, publishFile, removePath } from '../files.ts';
import type { PageStreams, RecordingFormat } from '../recording-metadata.ts';
import { checkTarget } from './parts-folder.ts';
import { type WrittenRecording, writeRecording } from './write-recording.ts';

/**
 * Writes `source` to `file` (0600, by way of `FILE.draft` beside it, so that a file may be converted onto itself with
 * force). UsageError when it exists (without force).
 */
export function convertRecording(
  source: PageStreams,
  file: string,
  format: RecordingFormat,
  { force = false }: { readonly force?: boolean | undefined } = {},
): WrittenRecording {
  checkTarget(file, force);
  const draft = `${file}.draft`;
  removePath(draft);
  const sink = createByteSink(draft);
  try {
    const written = writeRecording(sink, source, format);
    sink.sync();
    publishFile(draft, file, { force });
    return written;
  } catch (error) {
    removePath(draft);
    throw error;
  } finally {
    sink.close();
  }
}
