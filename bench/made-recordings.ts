/** Recordings that the bench makes of another one's pages: longer ones, and slower ones. */
import { createByteSink, openByteSource } from '../src/recording/files.ts';
import { readRecordingInfo } from '../src/recording/recording-info.ts';
import type { PageStreams } from '../src/recording/recording-metadata.ts';
import { openPageStreams } from '../src/recording/trace-dat/page-streams.ts';
import { TraceDat } from '../src/recording/trace-dat/trace-dat.ts';
import { writeRecording } from '../src/recording/trace-dat/write-recording.ts';

/** The time of a page: how often all pages were gone through, its number in them, and its own time. */
type PageTime = (turn: number, page: number, stamp: bigint) => bigint;

/** Writes the pages of `recording` so many times over, one behind the other. */
export function writeRepeated(recording: string, path: string, times: number): void {
  const source = openByteSource(recording);
  const [buffer] = readRecordingInfo(new TraceDat(source)).buffers;
  source.close();
  const span = buffer!.end! - buffer!.begin! + 1_000_000n;
  writeMoved(
    recording,
    path,
    { times, pages: Number.POSITIVE_INFINITY },
    (turn, _page, stamp) => stamp + BigInt(turn) * span,
  );
}

/** Writes the first pages of each CPU of `recording`, one every `everyMs`. */
export function writeSlowly(recording: string, path: string, pages: number, everyMs: number): void {
  const begin = 1_000_000_000n;
  const every = BigInt(everyMs) * 1_000_000n;
  writeMoved(recording, path, { times: 1, pages }, (_turn, page) => begin + BigInt(page) * every);
}

function writeMoved(
  recording: string,
  path: string,
  { times, pages }: { readonly times: number; readonly pages: number },
  timeOf: PageTime,
): void {
  const source = openByteSource(recording);
  const streams = openPageStreams(source, (problem) => console.log(problem));
  const sink = createByteSink(path);
  writeRecording(sink, movePages(streams, times, pages, timeOf), { version: 7, compression: 'none' });
  sink.close();
  source.close();
}

function movePages({ metadata, buffers }: PageStreams, times: number, most: number, timeOf: PageTime): PageStreams {
  const [top, ...others] = buffers;
  const { pageSize } = top!;
  const cpus = top!.cpus.map(({ cpu, pages }) => ({
    cpu,
    *pages() {
      for (let turn = 0; turn < times; turn += 1) {
        let page = 0;
        for (const block of pages()) {
          const left = (most - page) * pageSize;
          if (left <= 0) break;
          const moved = Uint8Array.from(block.subarray(0, Math.min(block.length, left)));
          const view = new DataView(moved.buffer);
          for (let at = 0; at + 8 <= moved.length; at += pageSize, page += 1) {
            const stamp = view.getBigUint64(at, metadata.littleEndian);
            if (stamp > 0n) view.setBigUint64(at, timeOf(turn, page, stamp), metadata.littleEndian);
          }
          yield moved;
        }
      }
    },
  }));
  return { metadata, buffers: [{ ...top!, cpus }, ...others] };
}
