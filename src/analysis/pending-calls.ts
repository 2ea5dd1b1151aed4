/**
 * The calls of one open tree, written down until it is known which group they belong to: an error number comes with the
 * return of the root. They are counted then, in the order they came.
 */
import type { PathNodes } from './path-nodes.ts';

/** Numbers written down of one tree; a larger one is not counted. */
const sizeLimit = 1_000_000;
const enterMark = 0;
const returnMark = 1;
const cutMark = 2;

export interface ReturnedCall {
  readonly start: number;
  readonly duration: number;
  readonly self: number;
  readonly interrupt: number;
  readonly errno: number;
  readonly cpu: number;
  readonly pid: number;
}

export class PendingCalls {
  #numbers: number[] = [];

  /** Too large to be counted. */
  get isFull(): boolean {
    return this.#numbers.length > sizeLimit;
  }

  clear(): void {
    this.#numbers = [];
  }

  enter(key: number, second: number): void {
    if (!this.isFull) this.#numbers.push(enterMark, key, second);
  }

  return({ start, duration, self, interrupt, errno, cpu, pid }: ReturnedCall): void {
    if (!this.isFull) this.#numbers.push(returnMark, start, duration, self, interrupt, errno, cpu, pid);
  }

  cut(): void {
    if (!this.isFull) this.#numbers.push(cutMark);
  }

  /** Counts the calls below `group`. `childOf` finds or makes a node, or answers -1; returns how many calls had none. */
  countBelow(group: number, nodes: PathNodes, childOf: (parent: number, key: number) => number): number {
    const numbers = this.#numbers;
    const open = [group];
    let omitted = 0;
    for (let at = 0; at < numbers.length; ) {
      const mark = numbers[at];
      if (mark === enterMark) {
        const above = open.at(-1)!;
        const node = above < 0 ? -1 : childOf(above, numbers[at + 1]!);
        if (node < 0) omitted += 1;
        else nodes.countEnter(node, numbers[at + 2]!);
        open.push(node);
        at += 3;
      } else if (mark === returnMark) {
        const [start, duration, self, interrupt, errno, cpu, pid] = numbers.slice(at + 1, at + 8) as Numbers7;
        countReturned(nodes, open.pop()!, { start, duration, self, interrupt, errno, cpu, pid });
        at += 8;
      } else {
        const node = open.pop()!;
        if (node >= 0) nodes.cut[node]! += 1;
        at += 1;
      }
    }
    return omitted;
  }
}

type Numbers7 = [number, number, number, number, number, number, number];

/** A call of a node, if it has one, has returned. */
export function countReturned(nodes: PathNodes, node: number, call: ReturnedCall): void {
  if (node < 0) return;
  const { start, duration, self, interrupt, errno, cpu, pid } = call;
  if (duration > nodes.max[node]! || nodes.returned[node] === 0) nodes.setMax(node, duration, start, cpu, pid);
  nodes.countReturn(node, duration, self, interrupt);
  if (errno !== 0) nodes.countError(node, errno);
}
