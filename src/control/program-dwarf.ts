/** The debug information of a binary, its own or that of a separate file, opened once for all who ask. */

import { type DwarfInfo, openDwarf } from '../symbols/dwarf/dwarf-info.ts';
import { hasDwarf } from '../symbols/dwarf/dwarf-sections.ts';
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
  const whole = withDebugFile(binary);
  return { binary: whole, dwarf: openDwarf(whole) };
}

/** The binary with its separate debug file, where its debug information is not its own. */
export function withDebugFile(binary: UprobeBinary): UprobeBinary {
  if (hasDwarf(binary.elf) || binary.debug !== undefined) return binary;
  const path = findDebugFile(binary.elf, binary.elf.name);
  return path === undefined ? binary : { ...binary, debug: readElf(path) };
}
