/**
 * Entry points that tutorials name and that newer kernels no longer pass through. The kernel accepts some of these
 * names and the trace then stays empty, so the successor is traced too, and the user is told.
 */

export interface MovedFunction {
  readonly name: string;
  /** The function that does the work now. */
  readonly successor: string;
  /** Since which Linux version, and why the old name shows nothing. */
  readonly reason: string;
}

export const movedFunctions: readonly MovedFunction[] = [
  { name: 'do_sys_open', successor: 'do_sys_openat2', reason: 'since Linux 5.6 openat(2) no longer passes through it' },
  {
    name: 'sys_open',
    successor: 'do_sys_openat2',
    reason: 'libc calls openat(2), and since Linux 4.17 the entry is __x64_sys_open',
  },
  { name: 'sys_openat', successor: 'do_sys_openat2', reason: 'since Linux 4.17 the entry is __x64_sys_openat' },
  { name: '_do_fork', successor: 'kernel_clone', reason: 'renamed in Linux 5.10' },
  { name: 'do_fork', successor: 'kernel_clone', reason: 'renamed in Linux 4.2 and again in 5.10' },
  { name: 'do_execve', successor: 'do_execveat_common', reason: 'inlined into its callers' },
  { name: 'sys_execve', successor: '__x64_sys_execve', reason: 'renamed in Linux 4.17' },
  { name: 'vfs_rename_dir', successor: 'vfs_rename', reason: 'merged in Linux 3.15' },
  { name: 'generic_make_request', successor: 'submit_bio_noacct', reason: 'renamed in Linux 5.9' },
  { name: 'blk_account_io_completion', successor: 'blk_mq_end_request', reason: 'inlined since Linux 5.16' },
  {
    name: 'do_page_fault',
    successor: 'handle_mm_fault',
    reason: 'replaced by exc_page_fault in Linux 5.8, which cannot be traced',
  },
  { name: 'sync_page', successor: 'folio_wait_bit_common', reason: 'removed in Linux 2.6.39' },
];

interface ResolvedNames {
  /** The names to trace instead of the ones asked for. */
  readonly names: readonly string[];
  /** The substitutions made, for the user. */
  readonly moved: readonly MovedFunction[];
}

/**
 * Adds (where the old function still exists) or substitutes (where it does not) the successors of moved functions.
 * `exists` tells what this kernel has; other names pass unchanged.
 */
export function resolveMovedFunctions(patterns: readonly string[], exists: (name: string) => boolean): ResolvedNames {
  const moved: MovedFunction[] = [];
  const names = patterns.flatMap((pattern) => {
    const entry = movedFunctions.find(({ name }) => name === pattern);
    if (entry === undefined || !exists(entry.successor)) return [pattern];
    moved.push(entry);
    return exists(pattern) ? [pattern, entry.successor] : [entry.successor];
  });
  return { names: [...new Set(names)], moved };
}

/** What to tell about one substitution. */
export function describeMove({ name, successor, reason }: MovedFunction): string {
  return `${name}: ${reason}; tracing ${successor}`;
}
