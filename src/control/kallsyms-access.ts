/** /proc/kallsyms, and kernel.kptr_restrict: whether it shows addresses (Documentation/admin-guide/sysctl/kernel.rst). */

import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { readBytesIfThere, readSysctl } from '../tracefs/processes.ts';
import type { PlannedChange } from './plan-writes.ts';

const name = 'kernel/kptr_restrict';

export interface KallsymsAccess {
  /** Lets kallsyms be read. */
  readonly allow: readonly PlannedChange[];
  /** Puts the setting back at once; the journal owes it as well. */
  readonly forbid: readonly PlannedChange[];
}

/** What reading the addresses takes for root; nothing where they are not hidden. */
export function planKallsymsAccess(kernel: KernelFiles): KallsymsAccess {
  const before = readSysctl(kernel, name);
  if (before === undefined || before === 0) return { allow: [], forbid: [] };
  const value = String(before);
  return {
    allow: [{ kind: 'sysctl', name, value: '0', undo: { kind: 'sysctl', name, value, wrote: '0' } }],
    forbid: [{ kind: 'sysctl', name, value }],
  };
}

/** The kernel's symbols as /proc/kallsyms has them; empty where they may not be read. */
export function readKallsyms(kernel: KernelFiles): Uint8Array {
  return readBytesIfThere(kernel, '/proc/kallsyms');
}

/** Whether all addresses of a kallsyms text are zeros. */
export function hidesAddresses(kallsyms: Uint8Array): boolean {
  if (kallsyms.length === 0) return false;
  const zero = 0x30;
  for (let line = 0; line >= 0 && line < kallsyms.length; ) {
    let at = line;
    while (kallsyms[at] === zero) at += 1;
    if (kallsyms[at] !== 0x20) return false;
    const end = kallsyms.indexOf(0x0a, at);
    line = end < 0 ? -1 : end + 1;
  }
  return true;
}
