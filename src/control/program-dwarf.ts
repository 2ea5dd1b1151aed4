/** The debug information of a binary, its own or that of a separate file, opened once for all who ask. */

import { type DwarfInfo, openDwarf } from '../symbols/dwarf/dwarf-info.ts';
import { findDebugFile, readElf } from '../symbols/files.ts';
import type { UprobeBinary } from '../symbols/uprobe-binary.ts';

interface ProgramDwarf {
  /** With the separate file, where one was found. */
  readonly binary: UprobeBinary;
  readonly dwarf: DwarfInfo | undefined;
}

const opened = new WeakMap<UprobeBinary, ProgramDwarf>();

/** A file that is not stripped of its names may still have its types elsewhere. */
export function openProgramDwarf(binary: UprobeBinary): ProgramDwarf {
  const known = opened.get(binary);
  if (known !== undefined) return known;
  const made = open(binary);
  opened.set(binary, made);
  return made;
}

function open(binary: UprobeBinary): ProgramDwarf {
  const dwarf = openDwarf(binary);
  if (dwarf !== undefined || binary.debug !== undefined) return { binary, dwarf };
  const path = findDebugFile(binary.elf, binary.elf.name);
  const whole = path === undefined ? binary : { ...binary, debug: readElf(path) };
  return { binary: whole, dwarf: path === undefined ? undefined : openDwarf(whole) };
}
