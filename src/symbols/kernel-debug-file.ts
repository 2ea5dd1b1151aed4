/** The vmlinux with debug information that distributions install beside a kernel, or that its build has left. */
import { hasDwarf } from './dwarf/dwarf-sections.ts';
import { findBuildId } from './elf.ts';
import { ElfNumbers } from './elf-layout.ts';
import { isFile, readElf } from './files.ts';

export interface KernelIdentity {
  /** `uname -r`. */
  readonly release: string;
  /** In hexadecimal, where it is known: a file of another build is not taken then. */
  readonly buildId: string | undefined;
}

/** The build id in the notes of a running kernel (/sys/kernel/notes). */
export function parseKernelBuildId(notes: Uint8Array, littleEndian: boolean): string | undefined {
  return findBuildId(new ElfNumbers(notes, 64, littleEndian));
}

/** The file, and where it was looked for. `root` stands before all paths. */
export function findKernelDebugFile(
  { release, buildId }: KernelIdentity,
  root = '',
): { readonly file: string | undefined; readonly lookedAt: readonly string[] } {
  const byId =
    buildId === undefined ? [] : [`/usr/lib/debug/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`];
  const lookedAt = [
    ...byId,
    `/usr/lib/debug/boot/vmlinux-${release}`,
    `/usr/lib/debug/lib/modules/${release}/vmlinux`,
    `/lib/modules/${release}/build/vmlinux`,
    `/boot/vmlinux-${release}`,
  ];
  return { file: lookedAt.map((path) => root + path).find((path) => isFile(path) && isOf(path, buildId)), lookedAt };
}

function isOf(path: string, buildId: string | undefined): boolean {
  try {
    const elf = readElf(path);
    return hasDwarf(elf) && (buildId === undefined || elf.buildId === undefined || elf.buildId === buildId);
  } catch {
    // No ELF file, or one that this user may not read: not the one that is looked for.
    return false;
  }
}
