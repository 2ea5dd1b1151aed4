/** From a kernel to its tracefs, ready for use: found, mounted where it is missing, and accessible. */

import { NotPermittedError, UnsupportedError, UsageError } from '../base/errors.ts';
import { findAccessProblem } from '../tracefs/features.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { findTracefsRoot, usualTracefsRoot } from '../tracefs/mounts.ts';
import { Tracefs } from '../tracefs/tracefs.ts';

interface OpenTracefsOptions {
  /** `--tracefs DIR`: use this folder and look no further. */
  readonly directory?: string | undefined;
  readonly isRoot: boolean;
  /** Mounts tracefs at a folder; the reason as text when it failed. */
  mount(at: string): string | undefined;
  notice(text: string): void;
}

/** Throws UsageError, UnsupportedError or NotPermittedError with the remedy when there is no usable tracefs. */
export function openTracefs(kernel: KernelFiles, options: OpenTracefsOptions): Tracefs {
  const tracefs = new Tracefs(kernel, findRoot(kernel, options));
  const problem = findAccessProblem(tracefs);
  if (problem === undefined) return tracefs;
  throw new NotPermittedError({ attempted: 'opening tracefs', ...problem });
}

function findRoot(kernel: KernelFiles, options: OpenTracefsOptions): string {
  const { directory } = options;
  if (directory === undefined) return findTracefsRoot(kernel) ?? mountIt(kernel, options);
  const root = directory.replace(/(?<=.)\/+$/, '');
  const attempted = `using ${root} as tracefs`;
  if (!kernel.exists(root)) throw new UsageError({ attempted, why: 'there is no such folder' });
  if (kernel.exists(`${root}/current_tracer`) || !mayList(kernel, root)) return root;
  throw new UsageError({ attempted, why: 'it is none: there is no current_tracer in it' });
}

function mayList(kernel: KernelFiles, path: string): boolean {
  try {
    kernel.list(path);
    return true;
  } catch {
    return false;
  }
}

function mountIt(kernel: KernelFiles, { isRoot, mount, notice }: OpenTracefsOptions): string {
  if (!kernel.exists(usualTracefsRoot)) {
    throw new UnsupportedError({
      attempted: 'looking for tracefs',
      why: `none is mounted, and there is no ${usualTracefsRoot} to mount it at`,
      remedy: 'a kernel with CONFIG_TRACING; `ftui demo` shows a recording of one',
    });
  }
  const failure = isRoot ? mount(usualTracefsRoot) : 'only root may mount it';
  if (failure !== undefined) {
    throw new NotPermittedError({
      attempted: 'looking for tracefs',
      why: `none is mounted, and ${failure}`,
      remedy: `as root: mount -t tracefs nodev ${usualTracefsRoot}`,
    });
  }
  notice(`mounted tracefs at ${usualTracefsRoot}`);
  return usualTracefsRoot;
}
