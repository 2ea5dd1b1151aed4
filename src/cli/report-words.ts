/** `-v` of `ftui report` turns every -F behind it round, as in trace-cmd; yargs does not tell the order of options. */

/** The words of a command line, with `-F FILTER` behind `-v` as `--exclude FILTER`. */
export function protectReportWords(words: readonly string[]): string[] {
  if (words[0] !== 'report') return [...words];
  let isTurned = false;
  return words.flatMap((word) => {
    if (word === '-v') {
      isTurned = true;
      return [];
    }
    if (!isTurned || !/^-F/.test(word)) return [word];
    return word === '-F' ? ['--exclude'] : ['--exclude', word.slice(2)];
  });
}
