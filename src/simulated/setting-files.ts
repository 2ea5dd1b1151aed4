/** Files that hold one value, normalised when read back, as the kernel's own scalar files are. */

import { type FileParts, makeFile, refuse, type SimulatedFile } from './file-nodes.ts';

/** A number of kstrtoul: decimal, 0x hexadecimal or 0 octal, with white space around it; EINVAL for anything else. */
export function parseKernelNumber(text: string): number {
  const digits = text.trim();
  if (/^0x[0-9a-f]+$/i.test(digits) || /^[1-9]\d*$/.test(digits)) return Number(digits);
  return /^0[0-7]*$/.test(digits) ? Number.parseInt(digits, 8) : refuse('EINVAL');
}

/** A file of text that nothing can change. */
export function makeFixedFile(text: string, mode = 0o440): SimulatedFile {
  return makeFile({ mode, read: () => text });
}

interface NumberLimits {
  readonly least?: number;
  readonly most?: number;
}

/** A number that is read back in decimal. */
export function makeNumberFile(initial: string, limits: NumberLimits, after?: (value: number) => void): SimulatedFile {
  let text = initial;
  return makeFile({
    read: () => text,
    write(written) {
      const value = parseKernelNumber(written);
      if (value < (limits.least ?? 0) || value > (limits.most ?? Number.MAX_SAFE_INTEGER)) refuse('EINVAL');
      text = `${value}\n`;
      after?.(value);
    },
  });
}

/** One of several words, the chosen one in brackets when read back (trace_clock, timestamp_mode). */
export function makeChoiceFile(initial: string, after: (value: string) => void): SimulatedFile {
  const choices = initial.trim().split(' ');
  const plain = (word: string) => word.replace(/[[\]]/g, '');
  let chosen = plain(choices.find((word) => word.startsWith('[')) ?? '');
  return makeFile({
    read: () => `${choices.map((word) => (plain(word) === chosen ? `[${chosen}]` : plain(word))).join(' ')}\n`,
    write(written) {
      const wanted = written.trim();
      if (!choices.some((word) => plain(word) === wanted)) refuse('EINVAL');
      chosen = wanted;
      after(wanted);
    },
  });
}

/** tracing_cpumask: hexadecimal words; EOVERFLOW for a CPU this machine does not have. */
export function makeCpuMaskFile(initial: string, cpuCount: number): SimulatedFile {
  let text = initial;
  const width = initial.trim().length;
  return makeFile({
    read: () => text,
    write(written) {
      const digits = written.trim().replaceAll(',', '');
      if (!/^[0-9a-f]+$/i.test(digits)) refuse('EINVAL');
      const mask = BigInt(`0x${digits}`);
      if (mask >> BigInt(cpuCount)) refuse('EOVERFLOW');
      text = `${mask.toString(16).padStart(width, '0')}\n`;
    },
  });
}

/** A file whose text is kept as it was written: settings the simulation gives no meaning. */
export function makeKeptFile(initial: string, parts: FileParts = {}): SimulatedFile {
  let text = initial;
  return makeFile({
    read: () => text,
    truncate: () => {
      text = '';
    },
    write(written) {
      text = written.endsWith('\n') ? written : `${written}\n`;
    },
    ...parts,
  });
}
