/** The kernel's own type information: /sys/kernel/btf/vmlinux, and one file a module (Documentation/bpf/btf.rst). */

import type { KernelFiles } from './kernel-files.ts';

const folder = '/sys/kernel/btf';

/** BTF of the kernel itself, or of a loaded module; undefined where the kernel keeps none or it may not be read. */
export function readKernelBtf(kernel: KernelFiles, module?: string): Uint8Array | undefined {
  // Modules are named with `_` there, whatever their file is called.
  const name = module === undefined ? 'vmlinux' : module.replaceAll('-', '_');
  if (!/^\w+$/.test(name)) return undefined;
  try {
    return kernel.readBytes(`${folder}/${name}`);
  } catch {
    return undefined;
  }
}
