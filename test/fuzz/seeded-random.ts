/** Numbers that look random and are the same for the same seed (a counter through the finalizer of MurmurHash3). */

export interface SeededRandom {
  /** A whole number in [0, limit). */
  below(limit: number): number;
  /** One of the list, which must not be empty. */
  pick<T>(list: readonly T[]): T;
  /** True once in `count` times. */
  oneIn(count: number): boolean;
}

export function randomOf(seed: number): SeededRandom {
  let state = Math.imul(seed ^ 0x2545f491, 0x9e3779b1) | 0;
  const word = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const below = (limit: number): number => (limit <= 0 ? 0 : word() % limit);
  return { below, pick: (list) => list[below(list.length)]!, oneIn: (count) => below(count) === 0 };
}
