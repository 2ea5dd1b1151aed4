/** What /proc says about tasks: threads, names, liveness (Documentation/filesystems/proc.rst). */

import { asPid, type Pid } from '../base/units.ts';
import type { KernelFiles } from './kernel-files.ts';

/** Whether the process or thread runs; a zombie has exited. */
export function isAlive(kernel: KernelFiles, pid: number): boolean {
  const state = readStatFields(kernel, pid)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** Thread ids of a process, ascending; empty when it is gone. */
export function readThreads(kernel: KernelFiles, pid: number): Pid[] {
  try {
    const threads = kernel.list(`/proc/${pid}/task`).map(Number);
    return threads.sort((a, b) => a - b).map(asPid);
  } catch {
    return [];
  }
}

/** The task's name as it is now, undefined when the task is gone. */
export function readComm(kernel: KernelFiles, pid: number): string | undefined {
  try {
    return kernel.readText(`/proc/${pid}/comm`).replace(/\n$/, '');
  } catch {
    return undefined;
  }
}

/** Start time in clock ticks since boot: with the pid and the boot id it names one process for ever. */
export function readStartTime(kernel: KernelFiles, pid: number): string | undefined {
  return readStatFields(kernel, pid)?.[19];
}

/** Identifies this boot of the machine; empty where the kernel does not tell. */
export function readBootId(kernel: KernelFiles): string {
  try {
    return kernel.readText('/proc/sys/kernel/random/boot_id').trim();
  } catch {
    return '';
  }
}

/**
 * Whether this process is in the foreground of its terminal: then Ctrl-C there reaches its whole process group, the
 * traced command included.
 */
export function isInForeground(kernel: KernelFiles): boolean {
  const fields = readStatFields(kernel, process.pid);
  return fields !== undefined && fields[2] === fields[5];
}

/** The fields of /proc/PID/stat after the name, the state first; the name may hold spaces and parentheses. */
function readStatFields(kernel: KernelFiles, pid: number): string[] | undefined {
  try {
    const text = kernel.readText(`/proc/${pid}/stat`);
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The value of a file below /proc/sys as a number, undefined when it is absent. */
export function readSysctl(kernel: KernelFiles, name: string): number | undefined {
  try {
    return Number(kernel.readText(`/proc/sys/${name}`).trim());
  } catch {
    return undefined;
  }
}

/** The bytes of a file of /proc or /sys, none where it cannot be read. */
export function readBytesIfThere(kernel: KernelFiles, path: string): Uint8Array {
  try {
    return kernel.readBytes(path);
  } catch {
    return new Uint8Array(0);
  }
}

/** The text of a file of /proc or /sys, empty where it cannot be read. */
export function readTextIfThere(kernel: KernelFiles, path: string): string {
  try {
    return kernel.readText(path);
  } catch {
    return '';
  }
}
