/** Suggestions for a name that is not there. */

/**
 * The `count` names closest to `wanted`, best first: names containing it (or contained in it) win, then small edit
 * distances; names that have nothing in common are left out.
 */
export function nearestNames(wanted: string, candidates: Iterable<string>, count = 3): string[] {
  const limit = Math.max(2, Math.ceil(wanted.length / 3));
  const found: { name: string; score: number }[] = [];
  for (const name of new Set(candidates)) {
    const score = nearness(wanted, name, limit);
    if (score <= limit) found.push({ name, score });
  }
  found.sort((a, b) => a.score - b.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return found.slice(0, count).map(({ name }) => name);
}

function nearness(wanted: string, name: string, limit: number): number {
  if (wanted.length >= 3 && name.includes(wanted)) return Math.min(limit, (name.length - wanted.length) / 8);
  if (name.length >= 4 && wanted.includes(name)) return Math.min(limit, (wanted.length - name.length) / 4);
  return Math.abs(name.length - wanted.length) > limit ? Infinity : editDistance(wanted, name, limit);
}

/** Levenshtein distance, given up (Infinity) once it must exceed `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    let best = row;
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      const cost = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + change);
      current.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return Infinity;
    previous = current;
  }
  return previous[b.length]!;
}
