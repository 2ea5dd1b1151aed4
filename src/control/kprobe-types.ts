/** Prototypes of the kernel's functions from its BTF, read when first asked for. */

import { type BtfFunction, type BtfTypes, parseBtf } from '../symbols/btf/btf-types.ts';
import { readKernelBtf } from '../tracefs/btf.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';

interface KernelPrototype {
  readonly types: BtfTypes;
  readonly prototype: BtfFunction;
}

export class KernelTypes {
  readonly #kernel: KernelFiles;
  readonly #modules = new Map<string, BtfTypes | undefined>();
  #vmlinux: { readonly types: BtfTypes | undefined } | undefined;

  constructor(kernel: KernelFiles) {
    this.#kernel = kernel;
  }

  /** Types of the kernel itself; undefined without CONFIG_DEBUG_INFO_BTF. */
  get vmlinux(): BtfTypes | undefined {
    if (this.#vmlinux === undefined) {
      const bytes = readKernelBtf(this.#kernel);
      this.#vmlinux = { types: bytes && parseBtf(bytes, undefined, 'the BTF of the kernel') };
    }
    return this.#vmlinux.types;
  }

  /** The prototype of `name`, of the module's own function where one is given. */
  find(name: string, module: string | undefined): KernelPrototype | undefined {
    const types = this.ofModule(module) ?? this.vmlinux;
    const prototype = types?.findFunction(name);
    return types === undefined || prototype === undefined ? undefined : { types, prototype };
  }

  /** Types of one module, or of the kernel itself. */
  ofModule(module: string | undefined): BtfTypes | undefined {
    if (module === undefined) return this.vmlinux;
    if (!this.#modules.has(module)) {
      const base = this.vmlinux;
      const bytes = base && readKernelBtf(this.#kernel, module);
      this.#modules.set(module, bytes && parseBtf(bytes, base, `the BTF of ${module}`));
    }
    return this.#modules.get(module);
  }
}
