/** Returned error numbers by node of CallPaths, and what tells one in a returned word. */

/** Pairs of node and error number counted; damaged records may hold any. */
const pairLimit = 100_000;

const largestError = 4095;

/**
 * The error number in a returned word of two unsigned halves, as a long or as an int; 0 when it carries none. As
 * call-graph/return-value.ts reads it. `high` is -1 where no value was recorded.
 */
export function errorNumberOfHalves(high: number, low: number): number {
  if (high !== 0 && high !== 0xffff_ffff) return 0;
  const error = 0x1_0000_0000 - low;
  return error <= largestError && low > 0 ? error : 0;
}

export interface ErrorCount {
  readonly errno: number;
  readonly count: number;
}

export class ErrorCounts {
  readonly #byNode = new Map<number, Map<number, number>>();
  #pairs = 0;

  add(node: number, errno: number, count = 1): void {
    let counts = this.#byNode.get(node);
    if (counts === undefined) {
      if (this.#pairs >= pairLimit) return;
      counts = new Map();
      this.#byNode.set(node, counts);
    }
    const known = counts.get(errno);
    if (known === undefined) {
      if (this.#pairs >= pairLimit) return;
      this.#pairs += 1;
    }
    counts.set(errno, (known ?? 0) + count);
  }

  /** Most first. */
  of(node: number): ErrorCount[] {
    return [...(this.#byNode.get(node) ?? [])]
      .map(([errno, count]) => ({ errno, count }))
      .sort((a, b) => b.count - a.count || a.errno - b.errno);
  }

  mergeInto(to: number, from: number): void {
    for (const [errno, count] of this.#byNode.get(from) ?? []) this.add(to, errno, count);
  }

  remove(node: number): void {
    this.#pairs -= this.#byNode.get(node)?.size ?? 0;
    this.#byNode.delete(node);
  }
}
