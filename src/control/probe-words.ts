/**
 * Which words of a probe are named as in the source (`filename:string`, `how->flags`, a bare `$retval`) and are to be
 * compiled by type information, and which go to the kernel as they are. Small on purpose: commands that name nothing
 * need not load what reads BTF and DWARF.
 */

/** Turns what is named among `words` into the kernel's own syntax; `Place` says where the probe is. */
export type NameArguments<Place> = (place: Place, words: readonly string[]) => readonly string[];

const kernelSyntax = /^(?:[A-Za-z_]\w*=)?[%@\\+-]/;
/** A value the kernel has a name for, with a type or of one only. */
const kernelVariable = /^(?:[A-Za-z_]\w*=)?\$(?:(?:retval|arg\d+|stack\d*|comm)(?::(?!u?string).*)?|stack\d*.*)$/;
/** Without a type, it is taken from the prototype where there is one. */
const untyped = /^(?:[A-Za-z_]\w*=)?\$(?:retval|arg\d+)$/;

/** `typed`: compiled where a prototype is known, else the kernel's. `named`: cannot be had without type information. */
export function kindOfProbeWord(word: string): 'kernel' | 'typed' | 'named' {
  if (kernelSyntax.test(word)) return 'kernel';
  if (untyped.test(word)) return 'typed';
  return kernelVariable.test(word) ? 'kernel' : 'named';
}

/** Whether type information has to be looked at for any of the words. */
export function needTypes(words: readonly string[]): boolean {
  return words.some((word) => kindOfProbeWord(word) !== 'kernel');
}

/** Compiles the runs of words that are not the kernel's own, and keeps the order. */
export function compileNamedRuns(
  words: readonly string[],
  compile: (run: readonly string[]) => readonly string[],
): string[] {
  const result: string[] = [];
  let run: string[] = [];
  const flush = () => {
    if (run.length > 0) result.push(...compile(run));
    run = [];
  };
  for (const word of words) {
    if (kindOfProbeWord(word) !== 'kernel') run.push(word);
    else {
      flush();
      result.push(word);
    }
  }
  flush();
  return result;
}
