/**
 * Fields of `syscalls:sys_enter_NAME` taken at the system call's own function: a kprobe on `__x64_sys_NAME`, which is
 * called with the program's registers (struct pt_regs). Event probes of many kernels (6.1 and 6.12 among them) read
 * one byte of a `char *` field, and kernels before 5.15 have none.
 */

import type { ElfMachine } from '../symbols/elf-layout.ts';
import type { FetchArg } from './fetch-arg.ts';

interface SyscallEntry {
  /** Before the name of the system call. */
  readonly prefix: string;
  /** Where the address of the registers is. */
  readonly registers: string;
  /** Offsets of the arguments in struct pt_regs. */
  readonly offsets: readonly number[];
}

const entries: Partial<Record<ElfMachine, SyscallEntry>> = {
  'x86-64': { prefix: '__x64_sys_', registers: '%di', offsets: [112, 104, 96, 56, 72, 64] },
  aarch64: { prefix: '__arm64_sys_', registers: '%x0', offsets: [0, 8, 16, 24, 32, 40] },
};

/** The function of `syscalls:sys_enter_openat`; undefined for other events, and machines that are not known here. */
export function syscallFunction(system: string, event: string, machine: ElfMachine): string | undefined {
  const name = system === 'syscalls' ? /^sys_enter_(\w+)$/.exec(event)?.[1] : undefined;
  const entry = entries[machine];
  return name === undefined || entry === undefined ? undefined : `${entry.prefix}${name}`;
}

/**
 * A derived field of the event in terms of that function; `names` are the arguments in their order. Undefined where
 * it needs something else of the event.
 */
export function atSyscallFunction(arg: FetchArg, names: readonly string[], machine: ElfMachine): FetchArg | undefined {
  const field = /\$(\w+)/.exec(arg.value)?.[1];
  if (field === undefined || field === 'comm') return arg;
  const { registers, offsets } = entries[machine]!;
  const offset = offsets[names.indexOf(field)];
  if (offset === undefined) return undefined;
  const value = arg.value.replace(`$${field}`, `+${offset}(${registers})`);
  return { ...arg, value, text: `${arg.name}=${value}${arg.type === undefined ? '' : `:${arg.type}`}` };
}
