/** Where tracefs is mounted, from /proc/self/mountinfo (Documentation/filesystems/proc.rst, section 3.5). */

import type { KernelFiles } from './kernel-files.ts';

interface Mount {
  readonly mountPoint: string;
  readonly fileSystem: string;
  /** Options of this mount and of its super block, e.g. `rw`, `gid=103`. */
  readonly options: readonly string[];
}

/** The mounts of a mountinfo text, in its order; octal escapes in paths are undone. */
export function parseMountinfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [left, right] = line.split(' - ');
    const mountFields = left?.split(' ') ?? [];
    const [fileSystem, , superOptions = ''] = right?.split(' ') ?? [];
    const mountPoint = mountFields[4];
    if (mountPoint === undefined || fileSystem === undefined) continue;
    const options = [...(mountFields[5] ?? '').split(','), ...superOptions.split(',')];
    mounts.push({ mountPoint: unescapePath(mountPoint), fileSystem, options });
  }
  return mounts;
}

function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

/** The usual place of tracefs since Linux 4.1. */
export const usualTracefsRoot = '/sys/kernel/tracing';

/**
 * The folder of tracefs: a tracefs mount (the usual place first), else `tracing` below a debugfs mount, else undefined.
 */
export function findTracefsRoot(kernel: KernelFiles): string | undefined {
  const mounts = parseMountinfo(kernel.readText('/proc/self/mountinfo'));
  const tracefs = mounts.filter((mount) => mount.fileSystem === 'tracefs').map((mount) => mount.mountPoint);
  const candidates = [
    ...tracefs.filter((path) => path === usualTracefsRoot),
    ...tracefs.filter((path) => path !== usualTracefsRoot),
    ...mounts.filter((mount) => mount.fileSystem === 'debugfs').map((mount) => `${mount.mountPoint}/tracing`),
  ];
  return candidates.find((path) => kernel.exists(path));
}

/** Whether the mount that holds `path` is read-only. */
export function isMountedReadOnly(kernel: KernelFiles, path: string): boolean {
  const holding = parseMountinfo(kernel.readText('/proc/self/mountinfo'))
    .filter((mount) => path === mount.mountPoint || path.startsWith(`${mount.mountPoint.replace(/\/$/, '')}/`))
    .sort((a, b) => a.mountPoint.length - b.mountPoint.length)
    .at(-1);
  return holding?.options.includes('ro') ?? false;
}
