/** A report from one end to the other, its text handed on in large pieces. */
import { ByteWriter } from '../base/byte-writer.ts';
import { openReport, type ReportRequest } from '../recording/report/report-request.ts';
import type { TraceDat } from '../recording/trace-dat/trace-dat.ts';
import type { ChunkThread } from './chunk-thread.ts';

/** A report is handed on when it has a MB; a line more has room. */
const pieceBytes = (1 << 20) + (1 << 16);

/** Takes the text in order; false ends the report. The bytes may be overwritten afterwards. */
export type TakeText = (bytes: Uint8Array) => boolean;

/**
 * Writes the lines of a report behind `head`, with `chunks` undoing the recording's chunks ahead; closes the recording and returns what
 * of it could not be read.
 */
export async function writeReport(
  recording: TraceDat,
  request: ReportRequest,
  take: TakeText,
  { head = '', chunks }: { readonly head?: string; readonly chunks?: ChunkThread | undefined } = {},
): Promise<readonly string[]> {
  try {
    chunks?.serve(recording);
    const out = new ByteWriter(pieceBytes);
    const report = openReport(recording, request);
    out.text(head);
    report.write(out, () => {
      const goesOn = take(out.written());
      out.clear();
      return goesOn;
    });
    return recording.problems;
  } finally {
    recording.source.close();
    await chunks?.stop();
  }
}
