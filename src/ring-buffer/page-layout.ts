/**
 * Where things are in a sub-buffer ("page") of the ring buffer: events/header_page (kernel/trace/ring_buffer.c,
 * ring_buffer_print_page_header).
 */
import { FtuiError } from '../base/errors.ts';

export interface PageLayout {
  readonly littleEndian: boolean;
  /** Bytes of a kernel long: the size of `commit`. */
  readonly longSize: 4 | 8;
  /** Offset of the u64 time stamp. */
  readonly timestamp: number;
  /** Offset of the long that holds the used bytes and the lost marks. */
  readonly commit: number;
  /** Offset of the first event. */
  readonly data: number;
  /** Bytes of a whole sub-buffer: what one read of trace_pipe_raw returns. */
  readonly subBufferSize: number;
}

/**
 * Parses the text of events/header_page; the text does not say the byte order, the machine or the recording does.
 * Throws FtuiError when a field is missing or a long is neither 4 nor 8 bytes.
 */
export function parseHeaderPage(text: string, { littleEndian = true }: { littleEndian?: boolean } = {}): PageLayout {
  const fieldOf = (name: string): { offset: number; size: number } => {
    const found = new RegExp(`^\\s*field:[^;]*\\b${name};\\s*offset:(\\d+);\\s*size:(\\d+);`, 'm').exec(text);
    if (!found) throw malformed(`there is no field \`${name}\``);
    return { offset: Number(found[1]), size: Number(found[2]) };
  };
  const commit = fieldOf('commit');
  const data = fieldOf('data');
  if (commit.size !== 4 && commit.size !== 8) throw malformed(`commit has ${commit.size} bytes`);
  return {
    littleEndian,
    longSize: commit.size,
    timestamp: fieldOf('timestamp').offset,
    commit: commit.offset,
    data: data.offset,
    subBufferSize: data.offset + data.size,
  };
}

function malformed(why: string): FtuiError {
  return new FtuiError({
    attempted: 'reading events/header_page',
    why,
    remedy: 'the recording or the tracefs it came from is damaged',
  });
}
