/**
 * Small pieces of text to blocks of bytes that are worth a write. Bytes at once, and not one growing string: pieces that
 * live until a block is full would make the garbage collector take several times the room.
 */

const blockSize = 1 << 16;
/** Where there are many at a time, most stay small. */
const firstSize = 1 << 10;
/** Most bytes that UTF-8 takes for a UTF-16 code unit. */
const bytesPerUnit = 3;

export class TextBlock {
  #bytes = Buffer.allocUnsafe(firstSize);
  #length = 0;
  /** Blocks that one call of add() after another has filled, not yet taken. */
  #full: Uint8Array[] = [];

  add(piece: string): void {
    const most = piece.length * bytesPerUnit;
    if (this.#length + most > this.#bytes.length) this.#makeRoom(most);
    this.#length += this.#bytes.write(piece, this.#length);
    if (this.#length >= blockSize) this.#endBlock();
  }

  get isFull(): boolean {
    return this.#full.length > 0;
  }

  /** Everything added since the last call. */
  take(): readonly Uint8Array[] {
    if (this.#length > 0) this.#endBlock();
    const blocks = this.#full;
    this.#full = [];
    return blocks;
  }

  #endBlock(): void {
    this.#full.push(Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length));
    this.#length = 0;
  }

  #makeRoom(most: number): void {
    const needed = this.#length + most;
    const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#bytes.length * 4, blockSize * 2)));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
