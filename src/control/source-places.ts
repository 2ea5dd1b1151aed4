/**
 * Where in the source the code of a function or probe is: of programs by their debug information, of the kernel by a
 * vmlinux with debug information, if one is at hand. Loaded only when somebody asks.
 */
import { endianness } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { FtuiError } from '../base/errors.ts';
import { findAddressLine } from '../symbols/dwarf/address-line.ts';
import { explainMissingDwarf } from '../symbols/dwarf/dwarf-info.ts';
import { hasDwarf } from '../symbols/dwarf/dwarf-sections.ts';
import type { ElfFile } from '../symbols/elf.ts';
import { findBinary, isFile, readElf, readUprobeBinary } from '../symbols/files.ts';
import { findKernelDebugFile, type KernelIdentity, parseKernelBuildId } from '../symbols/kernel-debug-file.ts';
import { definedSymbols, symbolsReadableAs, type UprobeBinary } from '../symbols/uprobe-binary.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { withDebugFile } from './program-dwarf.ts';

/** Whose source is asked for. */
export type SourceSubject =
  | { readonly kind: 'kernel-function'; readonly name: string; readonly module?: string | undefined }
  | { readonly kind: 'program-function'; readonly binary: string; readonly name: string }
  /** A dynamic probe, by its line in kprobe_events, uprobe_events or dynamic_events. */
  | { readonly kind: 'probe'; readonly definition: string };

export interface SourcePlaceFound {
  /** `handle`, `vfs_read+0x10`. */
  readonly what: string;
  /** As the debug information calls it. */
  readonly recorded: string;
  readonly line: number;
  /** Where the file is on this machine; undefined when it is nowhere that was looked at. */
  readonly path: string | undefined;
}

export interface SourceOptions {
  /** The kernel that kernel functions are of; undefined when nobody knows which it was. */
  readonly kernel: KernelIdentity | undefined;
  /** Where to look for files of the source whose recorded path is not here. */
  readonly folder: string;
  /** Instead of `/`, for debug files of the kernel. */
  readonly root?: string | undefined;
}

/** The running kernel. */
export function readKernelIdentity(kernel: KernelFiles): KernelIdentity {
  const release = kernel.readText('/proc/sys/kernel/osrelease').trim();
  const notes = '/sys/kernel/notes';
  const isLittle = endianness() === 'LE';
  const buildId = kernel.exists(notes) ? parseKernelBuildId(kernel.readBytes(notes), isLittle) : undefined;
  return { release, buildId };
}

/** Throws FtuiError where the line is not known, with what is missing and how to get it. */
export function findSourcePlace(subject: SourceSubject, options: SourceOptions): SourcePlaceFound {
  switch (subject.kind) {
    case 'kernel-function':
      return findKernelFunction(subject.name, subject.module, 0, options);
    case 'program-function':
      return findInProgram(
        subject.binary,
        subject.name,
        (binary) => {
          const [symbol] = [...definedSymbols(binary, subject.name), ...symbolsReadableAs(binary, subject.name)];
          return symbol?.address;
        },
        options,
      );
    case 'probe':
      return findProbe(subject.definition, options);
  }
}

/** `p:GROUP/EVENT /bin/bash:0x30300(0x1234) ARG...`, `r:GROUP/EVENT [MODULE:]FUNC+0x10 ARG...`, `f:… FUNC%return`. */
function findProbe(definition: string, options: SourceOptions): SourcePlaceFound {
  const [head = '', place = ''] = definition.split(' ');
  const [, path, offset] = /^(\/.*):0x([0-9a-f]+)(?:\(0x[0-9a-f]+\))?$/i.exec(place) ?? [];
  if (path !== undefined) {
    const fileOffset = Number.parseInt(offset!, 16);
    return findInProgram(
      path,
      `${path}:0x${offset}`,
      ({ elf }) => {
        const segment = elf.segmentOfFileOffset(fileOffset);
        return segment && segment.address + (fileOffset - segment.fileOffset);
      },
      options,
    );
  }
  const [, module, name, plus = '0'] =
    /^(?:(\w+):)?([A-Za-z_][\w.]*)(?:\+(0x[0-9a-f]+|\d+))?(?:%return)?$/i.exec(place) ?? [];
  if (/^[prf]/.test(head) && name !== undefined) return findKernelFunction(name, module, Number(plus), options);
  throw new FtuiError({
    attempted: `looking for the source of ${place}`,
    why: 'it is at no place in code that debug information knows by name',
    remedy: 'functions, and probes of functions and of programs, have one',
  });
}

function findInProgram(
  word: string,
  what: string,
  addressIn: (binary: UprobeBinary) => number | undefined,
  options: SourceOptions,
): SourcePlaceFound {
  const attempted = `looking for the source of ${what}`;
  const binary = withDebugFile(readUprobeBinary(findBinary(word).path));
  const debug = [binary.elf, binary.debug].find((file) => file !== undefined && hasDwarf(file));
  if (debug === undefined) throw new FtuiError({ attempted, ...explainMissingDwarf(binary) });
  const address = addressIn(binary);
  if (address === undefined) throw new FtuiError({ attempted, why: `${binary.elf.name} has no such place` });
  const found = findAddressLine(debug, address);
  if (found === undefined) throw noLine(attempted, binary.elf.name);
  // A folder that is relative was mapped so that files are found beside the program, or where the user is.
  return placed(what, found, [options.folder, dirname(binary.elf.name)]);
}

function findKernelFunction(
  name: string,
  module: string | undefined,
  offset: number,
  { kernel, folder, root = '' }: SourceOptions,
): SourcePlaceFound {
  const what = `${name}${offset === 0 ? '' : `+0x${offset.toString(16)}`}`;
  const attempted = `looking for the source of ${what}`;
  if (module !== undefined) {
    const why = `it is in the module ${module}: of modules no debug information is read`;
    throw new FtuiError({ attempted, why, remedy: 'functions of the kernel itself have lines' });
  }
  if (kernel === undefined) {
    const why = 'the recording does not say which kernel it is of';
    throw new FtuiError({ attempted, why, remedy: 'look it up in Browse on the machine that runs that kernel' });
  }
  const { file, lookedAt } = findKernelDebugFile(kernel, root);
  if (file === undefined) {
    const { release } = kernel;
    throw new FtuiError({
      attempted,
      why: `no debug information of the kernel ${release} is here (looked for ${lookedAt.join(', ')})`,
      remedy: `install it: linux-image-${release}-dbg (Debian), linux-image-${release}-dbgsym (Ubuntu), kernel-debuginfo (Fedora), or build the kernel with CONFIG_DEBUG_INFO`,
    });
  }
  const elf: ElfFile = readElf(file);
  const [symbol] = elf.symbolsNamed(name).filter(({ isDefined }) => isDefined);
  const found = symbol && findAddressLine(elf, symbol.address + offset);
  if (found === undefined) throw noLine(attempted, file);
  const modules = `${root}/lib/modules/${kernel.release}`;
  return placed(what, found, [folder, `${modules}/source`, `${modules}/build`]);
}

function noLine(attempted: string, file: string): FtuiError {
  return new FtuiError({ attempted, why: `the debug information of ${file} has no line for it` });
}

type RecordedLine = NonNullable<ReturnType<typeof findAddressLine>>;

/** The file under its recorded path, else under each of `folders` by what is left of the path from its end. */
function placed(what: string, { file, line, folder }: RecordedLine, folders: readonly string[]): SourcePlaceFound {
  const recorded = normalize(isAbsolute(file) ? file : join(folder, file));
  const parts = recorded.split('/').filter((part) => part !== '' && part !== '..');
  const tails = parts.map((_, index) => parts.slice(index).join('/'));
  const guesses = tails.flatMap((tail) => folders.map((under) => join(under, tail)));
  const path = [...(isAbsolute(recorded) ? [recorded] : []), ...guesses].find(isFile);
  return { what, recorded, line, path };
}
