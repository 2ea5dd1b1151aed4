/** set_ftrace_pid, set_event_pid and their notrace siblings: any number of pids, existing or not, ascending. */

import { makeFile, refuse, type SimulatedFile, splitWords } from './file-nodes.ts';

/**
 * `emptyText` is what an empty list reads as: `no pid` for functions, nothing for events. Numbers from `maxPid` on are
 * refused where the kernel has that check.
 */
export function makePidFilterFile(emptyText: string, maxPid = 0x3fffffff): SimulatedFile {
  const pids = new Set<number>();
  return makeFile({
    truncate: () => pids.clear(),
    read() {
      if (pids.size === 0) return emptyText;
      return [...pids]
        .sort((a, b) => a - b)
        .map((pid) => `${pid}\n`)
        .join('');
    },
    write(text) {
      for (const word of splitWords(text)) {
        if (!/^\d+$/.test(word) || Number(word) >= maxPid) refuse('EINVAL');
        pids.add(Number(word));
      }
    },
  });
}
