/**
 * Arguments of kernel functions that point into user space. Kernels built with GCC do not say so in their BTF (the tag
 * `user` is Clang's), and memory of user space needs fetch args of its own on machines whose address spaces overlap.
 */

/** By function (a pattern for the whole name) the names of such arguments. */
const known: readonly (readonly [functions: RegExp, names: RegExp])[] = [
  [/^(?:__do_|__se_|ksys_)?sys_\w+$/, /^(?:filename|pathname|path|name|buf|ubuf|oldname|newname|uaddr|old|new)$/],
  [/^do_sys_open(?:at2?)?$/, /^filename$/],
  [/^do_(?:faccessat|readlinkat|utimes|fchownat|fchmodat|rmdir|mkdirat)$/, /^(?:filename|pathname|buf)$/],
  [/^getname(?:_flags|_uflags|_maybe_null|_statx_lookup_flags)?$/, /^filename$/],
  [/^user_(?:path_at|path_create|statfs|path_at_empty)$/, /^(?:name|pathname)$/],
  [/^(?:vfs_(?:read|write|statx|fstatat)|(?:ksys|new_sync|__vfs|kernel)_?(?:read|write))$/, /^(?:buf|filename)$/],
  [/^(?:_?copy_from_user|__copy_from_user\w*|strncpy_from_user|strndup_user|memdup_user\w*)$/, /^(?:from|src|s)$/],
  [/^(?:_?copy_to_user|__copy_to_user\w*|__clear_user|clear_user)$/, /^(?:to|addr)$/],
  [/^strnlen_user$/, /^str$/],
  [/^__sys_(?:bind|connect|sendto|recvfrom|sendmsg|recvmsg)$/, /^(?:buff|ubuf|uservaddr|umyaddr|addr|msg)$/],
  [/^do_(?:mount|umount)$/, /^(?:dir_name|data_page)$/],
  [/^(?:import_iovec|__import_iovec)$/, /^u?vec$/],
];

/** Whether `argument` of the kernel function `functionName` is known to point into user space. */
export function isKnownUserPointer(functionName: string, argument: string): boolean {
  return known.some(([functions, names]) => functions.test(functionName) && names.test(argument));
}
