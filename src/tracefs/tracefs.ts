/** The tracing file system as a whole: its top level, its instances, and the names it accepts. */

import { UsageError } from '../base/errors.ts';
import type { KernelFiles } from './kernel-files.ts';
import { TraceDirectory } from './trace-directory.ts';

export class Tracefs {
  readonly kernel: KernelFiles;
  readonly root: string;
  readonly top: TraceDirectory;

  constructor(kernel: KernelFiles, root: string) {
    this.kernel = kernel;
    this.root = root;
    this.top = new TraceDirectory(kernel, root);
  }

  /** An instance's directory, whether it exists or not; throws UsageError for a name that is no plain folder name. */
  instance(name: string): TraceDirectory {
    checkInstanceName(name);
    return new TraceDirectory(this.kernel, `${this.root}/instances/${name}`, name);
  }

  /** Names of all instances; empty where the kernel has none or they may not be listed. */
  instanceNames(): string[] {
    try {
      return this.kernel.list(`${this.root}/instances`).sort();
    } catch {
      return [];
    }
  }

  /** The top level, then every instance. */
  directories(): TraceDirectory[] {
    return [this.top, ...this.instanceNames().map((name) => this.instance(name))];
  }
}

export function checkInstanceName(name: string): void {
  if (!/^[A-Za-z0-9_.:@-]{1,200}$/.test(name) || name === '.' || name === '..') {
    throw new UsageError({
      attempted: `using the instance '${name}'`,
      why: 'it is no name for a folder of instances/',
      remedy: 'use letters, digits, and any of _ . : @ -',
    });
  }
}
