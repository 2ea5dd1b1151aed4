/** Damaged bytes for tests: the same numbers give the same damage. */

/** A generator of numbers below its argument, started by `seed` (xorshift). */
export function seededNumbers(seed: number): (below: number) => number {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

const telling = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/** A copy of `bytes` with a few of its bytes in [from, to) changed: single ones, whole words, or a part moved. */
export function damage(bytes: Uint8Array, seed: number, from = 0, to = bytes.length): Uint8Array {
  const pick = seededNumbers(seed);
  const copy = Uint8Array.from(bytes);
  const at = (): number => from + pick(Math.max(1, to - from));
  for (let count = 1 + pick(4); count > 0; count -= 1) {
    const kind = pick(5);
    const place = at();
    if (kind === 0) copy[place]! ^= 1 << pick(8);
    else if (kind === 1) copy[place] = telling[pick(telling.length)]!;
    else if (kind === 2) copy.fill(telling[pick(telling.length)]!, place, Math.min(to, place + 4));
    else if (kind === 3) copy.copyWithin(place, at(), Math.min(to, at() + 16));
    else copy[place] = pick(256);
  }
  return copy;
}

/** How many damaged inputs a test tries: `usual`, or what FTUI_MUTATIONS says. */
export function mutationCount(usual: number): number {
  return Number(process.env.FTUI_MUTATIONS ?? usual);
}
