/**
 * Many CPUs' streams merged by time; equal times go to the lower CPU. A binary heap of the CPUs that have items waiting,
 * so CPUs without any cost nothing.
 */
import type { CpuId } from '../base/units.ts';
import type { StreamItem } from './stream-item.ts';

/** Items of one CPU that wait for their turn, from `next` on. */
interface Waiting {
  readonly cpu: CpuId;
  items: StreamItem[];
  next: number;
}

export class CpuMerge {
  readonly #waiting = new Map<CpuId, Waiting>();
  /** CPUs with items, the one with the earliest first item on top. */
  readonly #heap: Waiting[] = [];

  /** Adds items of one CPU, in their order and after those added before; the array is not kept. */
  push(cpu: CpuId, items: readonly StreamItem[]): void {
    if (items.length === 0) return;
    let queue = this.#waiting.get(cpu);
    if (!queue) {
      queue = { cpu, items: [], next: 0 };
      this.#waiting.set(cpu, queue);
    }
    if (queue.next === queue.items.length) {
      queue.items = [...items];
      queue.next = 0;
      this.#heap.push(queue);
      this.#siftUp(this.#heap.length - 1);
    } else {
      for (const item of items) queue.items.push(item);
    }
  }

  /** Items not later than `time`, merged. What a CPU adds afterwards must be later, or it comes out late. */
  takeUntil(time: number): StreamItem[] {
    const taken: StreamItem[] = [];
    for (let top = this.#heap[0]; top && top.items[top.next]!.time <= time; top = this.#heap[0]) {
      taken.push(top.items[top.next]!);
      this.#stepTop(top);
    }
    return taken;
  }

  /** All items, merged. */
  takeAll(): StreamItem[] {
    return this.takeUntil(Number.POSITIVE_INFINITY);
  }

  #stepTop(top: Waiting): void {
    top.next += 1;
    if (top.next === top.items.length) {
      top.items = [];
      top.next = 0;
      const last = this.#heap.pop()!;
      if (this.#heap.length === 0) return;
      this.#heap[0] = last;
    } else if (top.next >= 4096 && top.next * 2 > top.items.length) {
      top.items = top.items.slice(top.next);
      top.next = 0;
    }
    this.#siftDown();
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at]!, heap[parent]!)) return;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #siftDown(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      const left = at * 2 + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
      if (!isBefore(heap[child]!, heap[at]!)) return;
      swap(heap, at, child);
      at = child;
    }
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  const difference = a.items[a.next]!.time - b.items[b.next]!.time;
  return difference === 0 ? a.cpu < b.cpu : difference < 0;
}

function swap(heap: Waiting[], a: number, b: number): void {
  const held = heap[a]!;
  heap[a] = heap[b]!;
  heap[b] = held;
}
