/**
 * Compressed chunks that one thread undoes before another asks for them, in shared memory. Each CPU has a ring of slots;
 * chunk n goes to slot n modulo their number. Who asks never depends on the other thread: a chunk that is not ready, and
 * not in work either, is the asker's own to undo.
 */
import { type Compression, decompressBlock } from './compression.ts';

/** Where the chunks of one CPU are in the file, what they take there, and what they hold; in bytes. */
export interface ChunkPlaces {
  readonly offsets: Float64Array;
  readonly compressed: Uint32Array;
  readonly sizes: Uint32Array;
}

/** What both threads know; plain data and shared memory. */
export interface ChunkRings {
  readonly compression: Compression;
  readonly cpus: readonly ChunkPlaces[];
  readonly slots: number;
  readonly slotBytes: number;
  /** The slots of all CPUs. */
  readonly memory: Uint8Array;
  /** For each slot the chunk that it is about, and what has become of it: see slotState(). */
  readonly states: Int32Array;
  /** For each CPU the first chunk that its reader still holds; chunks before it give their slots back. */
  readonly held: Int32Array;
  /** Grows when slots have become free; the other thread waits for that. */
  readonly freed: Int32Array;
}

const inWork = 1;
const ready = 2;
/** For the reader to undo: it has begun to, or the other thread could not. */
const readersOwn = 3;

/** A chunk of more than this is left to the reader. */
const largestSlot = 1 << 20;
const mostMemory = 16 << 20;
const mostSlots = 64;
/** The one being read, the one before, and one ahead. */
const fewestSlots = 3;
/** After so many ms the other thread is no longer waited for. */
const longestWait = 1000;

/** undefined when there are too many CPUs to give each a ring. */
export function shareChunkRings(cpus: readonly ChunkPlaces[], compression: Compression): ChunkRings | undefined {
  const largest = cpus.reduce((most, { sizes }) => sizes.reduce((a, b) => Math.max(a, b), most), 0);
  const slotBytes = Math.min(largest, largestSlot);
  const slots = Math.min(Math.floor(mostMemory / (slotBytes * cpus.length)), mostSlots);
  if (largest === 0 || slots < fewestSlots) return undefined;
  const words = (count: number) => new Int32Array(new SharedArrayBuffer(count * 4));
  return {
    compression,
    cpus,
    slots,
    slotBytes,
    memory: new Uint8Array(new SharedArrayBuffer(cpus.length * slots * slotBytes)),
    states: words(cpus.length * slots).fill(slotState(-1, ready)),
    held: words(cpus.length),
    freed: words(1),
  };
}

function slotState(chunk: number, state: number): number {
  return chunk * 4 + state;
}

function slotOf({ slots }: ChunkRings, cpu: number, chunk: number): number {
  return cpu * slots + (chunk % slots);
}

function bytesOf({ memory, slotBytes }: ChunkRings, slot: number, size: number): Uint8Array {
  return memory.subarray(slot * slotBytes, slot * slotBytes + size);
}

/**
 * The bytes of a chunk if the other thread has undone it, or is about to have; undefined leaves it to the caller. They
 * stay as they are until the chunk after the next is taken.
 */
export function takeChunk(rings: ChunkRings, cpu: number, chunk: number): Uint8Array | undefined {
  const { states, cpus } = rings;
  giveBack(rings, cpu, chunk - 1);
  const slot = slotOf(rings, cpu, chunk);
  for (;;) {
    const state = Atomics.load(states, slot);
    if (state === slotState(chunk, ready)) return bytesOf(rings, slot, cpus[cpu]!.sizes[chunk]!);
    if (state >= slotState(chunk, readersOwn)) return undefined;
    const isInWork = state === slotState(chunk, inWork);
    if (isInWork && Atomics.wait(states, slot, state, longestWait) !== 'timed-out') continue;
    if (Atomics.compareExchange(states, slot, state, slotState(chunk, readersOwn)) === state) return undefined;
  }
}

/** The other thread is woken for some slots at once. */
function giveBack({ held, freed, slots }: ChunkRings, cpu: number, chunk: number): void {
  if (chunk <= held[cpu]!) return;
  const atOnce = Math.max(slots >> 2, 1);
  const isMuch = Math.floor(chunk / atOnce) > Math.floor(held[cpu]! / atOnce);
  Atomics.store(held, cpu, chunk);
  if (!isMuch) return;
  Atomics.add(freed, 0, 1);
  Atomics.notify(freed, 0);
}

/**
 * The other thread: undoes chunks, those that are needed first, until there are no more. `read` gives bytes of the file,
 * which stay as they are until it is called again.
 */
export function undoChunks(rings: ChunkRings, read: (offset: number, length: number) => Uint8Array): void {
  const { cpus, held, freed, slots } = rings;
  const next = cpus.map(() => 0);
  for (;;) {
    const known = Atomics.load(freed, 0);
    let neediest = -1;
    let fewest = slots;
    let isDone = true;
    for (const [cpu, { sizes }] of cpus.entries()) {
      const first = Atomics.load(held, cpu);
      next[cpu] = Math.max(next[cpu]!, first);
      if (next[cpu] >= sizes.length) continue;
      isDone = false;
      if (next[cpu] - first >= fewest) continue;
      neediest = cpu;
      fewest = next[cpu] - first;
    }
    if (isDone) return;
    if (neediest < 0) Atomics.wait(freed, 0, known);
    else undoChunk(rings, neediest, next[neediest]!++, read);
  }
}

function undoChunk(
  rings: ChunkRings,
  cpu: number,
  chunk: number,
  read: (offset: number, length: number) => Uint8Array,
): void {
  const { states, cpus, compression, slotBytes } = rings;
  const slot = slotOf(rings, cpu, chunk);
  const before = Atomics.load(states, slot);
  if (before >= slotState(chunk, 0)) return;
  if (Atomics.compareExchange(states, slot, before, slotState(chunk, inWork)) !== before) return;
  const { offsets, compressed, sizes } = cpus[cpu]!;
  let outcome = readersOwn;
  try {
    const size = sizes[chunk]!;
    if (size <= slotBytes) {
      const bytes = decompressBlock(compression, read(offsets[chunk]!, compressed[chunk]!), size);
      bytesOf(rings, slot, size).set(bytes);
      outcome = ready;
    }
  } catch {
    // Whoever asks for it meets the same, and can say so.
  }
  Atomics.compareExchange(states, slot, slotState(chunk, inWork), slotState(chunk, outcome));
  Atomics.notify(states, slot);
}
