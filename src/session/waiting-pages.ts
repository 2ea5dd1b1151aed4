/** Sub-buffers on their way to the recorder's thread, gathered in pieces whose memory can be given away. */

import type { ReadPages } from './record-output.ts';

type PagePlace = Omit<ReadPages, 'bytes'>;

interface Piece extends PagePlace {
  readonly bytes: Uint8Array;
  used: number;
}

const pieceBytes = 1 << 18;

export class WaitingPages {
  /** Bytes that wait. */
  size = 0;
  #events = 0;
  #full: ReadPages[] = [];
  /** The piece of each buffer and CPU that is being filled. */
  readonly #open = new Map<number, Piece>();

  /** Copies a sub-buffer; one that is longer than its buffer's are is cut, a shorter one ends in zeros. */
  add(place: PagePlace, page: Uint8Array, events: number): void {
    const { bufferIndex, cpu, subBufferSize } = place;
    const key = bufferIndex * 65_536 + cpu;
    let piece = this.#open.get(key);
    if (piece === undefined || piece.used + subBufferSize > piece.bytes.length) {
      if (piece !== undefined) this.#full.push(closePiece(piece));
      piece = { ...place, bytes: new Uint8Array(Math.max(pieceBytes, subBufferSize)), used: 0 };
      this.#open.set(key, piece);
    }
    piece.bytes.set(page.subarray(0, subBufferSize), piece.used);
    piece.used += subBufferSize;
    this.size += subBufferSize;
    this.#events += events;
  }

  /** All that waits, each CPU's in its order. */
  take(): { readonly pages: ReadPages[]; readonly events: number } {
    const pages = [...this.#full, ...[...this.#open.values()].map(closePiece)];
    const events = this.#events;
    this.#full = [];
    this.#open.clear();
    [this.size, this.#events] = [0, 0];
    return { pages, events };
  }
}

function closePiece({ bufferIndex, cpu, subBufferSize, bytes, used }: Piece): ReadPages {
  return { bufferIndex, cpu, subBufferSize, bytes: bytes.subarray(0, used) };
}
