/** The tasks of a traced command: itself, its threads, and what it has started, as /proc/PID/stat tells. */

import type { Pid } from '../base/units.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { readThreads } from '../tracefs/processes.ts';

/** Thread ids of `pid` and of all its descendants that run now. */
export function readCommandTasks(kernel: KernelFiles, pid: Pid): Pid[] {
  const children = new Map<number, number[]>();
  for (const name of kernel.list('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = readParent(kernel, name);
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [Number(name)]);
    else siblings.push(Number(name));
  }
  const processes: number[] = [pid];
  for (let next = 0; next < processes.length; next += 1) processes.push(...(children.get(processes[next]!) ?? []));
  return processes.flatMap((process) => readThreads(kernel, process));
}

/** The field after the state; the name before it may hold spaces and parentheses. */
function readParent(kernel: KernelFiles, pid: string): number | undefined {
  try {
    const text = kernel.readText(`/proc/${pid}/stat`);
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
