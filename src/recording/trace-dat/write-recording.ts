/**
 * A trace.dat from streams of pages: head, data, options, and last the offsets that are known only then. Memory does not
 * depend on the size of the recording.
 */
import type { ByteSink } from '../files.ts';
import type { BufferStreams, PageStreams, RecordingFormat } from '../recording-metadata.ts';
import { writeBuffers6 } from './write-buffers-6.ts';
import { writeBuffers7 } from './write-buffers-7.ts';
import { type EncodedHead, encodeHead } from './write-head.ts';

/** What was written. */
export interface WrittenRecording {
  /** Bytes of the file. */
  readonly size: number;
  /** What the format had no place for, and pages that were cut, one sentence each. */
  readonly problems: readonly string[];
}

/**
 * Writes a whole recording into an empty sink. Throws UsageError for what the format cannot hold at all (compression in
 * version 6, sub-buffers of several sizes there).
 */
export function writeRecording(sink: ByteSink, streams: PageStreams, format: RecordingFormat): WrittenRecording {
  return joinRecording(sink, encodeHead(streams.metadata, format), streams.buffers);
}

/** The same with a head that was encoded before. */
export function joinRecording(sink: ByteSink, head: EncodedHead, buffers: readonly BufferStreams[]): WrittenRecording {
  for (const piece of head.pieces) sink.append(piece);
  const problems = [...head.problems];
  if (head.format.version === 6) writeBuffers6(sink, head, buffers, problems);
  else writeBuffers7(sink, head, buffers, problems);
  return { size: sink.length, problems };
}
