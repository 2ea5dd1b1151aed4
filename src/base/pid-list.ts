/** Process ids as people list them: `1,2`. */
import { UsageError } from './errors.ts';
import { asPid, type Pid } from './units.ts';

/** `-p 1,2 -p 3` as pids. */
export function parsePids(words: readonly string[]): Pid[] {
  const pids = words
    .flatMap((word) => word.split(','))
    .map((word) => {
      if (!/^[1-9]\d{0,9}$/.test(word))
        throw new UsageError({ attempted: `reading the pid '${word}'`, why: 'it is no number' });
      return asPid(Number(word));
    });
  return [...new Set(pids)];
}
