/**
 * What sections are called, for people (`trace-cmd dump`): a section header has the offset of its name in the STRINGS
 * section, which comes last. Names of metadata are always the same, so that the head does not depend on what follows.
 */
import { encodeKernelText } from '../../base/text.ts';
import { optionId } from './file-layout.ts';
import { roomSection, tgidsSection } from './section-ids.ts';

const fixedNames: readonly (readonly [id: number, name: string])[] = [
  [optionId.headerInfo, 'headers'],
  [optionId.ftraceEvents, 'ftrace events'],
  [optionId.eventFormats, 'events format'],
  [optionId.kallsyms, 'kallsyms'],
  [optionId.printk, 'printk'],
  [optionId.cmdlines, 'command lines'],
  [tgidsSection, 'saved tgids'],
  [optionId.btfFile, 'btf'],
  [optionId.modulesFile, 'modules'],
  [optionId.done, 'options'],
  [optionId.strings, 'strings'],
  [roomSection, 'room'],
];

/** Names with the NUL that ends each, and where they begin. */
export class SectionNames {
  #bytes: Uint8Array = Buffer.concat(fixedNames.map(([, name]) => terminate(name)));

  /** The STRINGS section's body. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Adds the name of a buffer's section and returns its offset. */
  add(name: string): number {
    const offset = this.#bytes.length;
    this.#bytes = Buffer.concat([this.#bytes, terminate(name)]);
    return offset;
  }
}

/** Offset of the name of a section that every recording has at most once. */
export function findFixedName(id: number): number {
  const index = fixedNames.findIndex(([found]) => found === id);
  return fixedNames.slice(0, index).reduce((offset, [, name]) => offset + terminate(name).length, 0);
}

function terminate(name: string): Uint8Array {
  return encodeKernelText(`${name}\0`);
}
