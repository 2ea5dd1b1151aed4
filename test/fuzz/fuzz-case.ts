/** What one damaged recording came to. */
import type { Damaged } from './mutations.ts';
import type { Reading } from './read-recording.ts';

export interface Outcome extends Reading {
  readonly name: string;
  readonly steps: readonly string[];
  readonly fileBytes: number;
  readonly milliseconds: number;
  /** What is wrong with it, in words that are the same for the same defect. */
  readonly finding: string | undefined;
  readonly stack: string | undefined;
}

/** Cases by number; the same number is always the same case. */
export interface FuzzCases {
  run(seed: number): Outcome;
}

/** Milliseconds of processor time that reading a small recording may take. */
export const longest = 2000;
/** Bytes that may be printed of one. */
const mostPrinted = 32 << 20;

const nothing: Reading = { refused: undefined, events: 0, lost: 0, damaged: 0, problems: 0, printed: 0 };

/** Reads a case; `isSilent` says that nothing came of it, and nothing was said. */
export function runCase(
  { name, steps, bytes }: Damaged & { readonly name: string },
  read: () => { reading: Reading; isSilent: boolean },
): Outcome {
  const about = { name, steps, fileBytes: bytes.length };
  const begin = process.threadCpuUsage();
  try {
    const { reading, isSilent } = read();
    const milliseconds = millisecondsSince(begin);
    const finding =
      milliseconds > longest
        ? 'slow'
        : reading.printed > mostPrinted
          ? 'prints much'
          : isSilent
            ? 'empty without a word'
            : undefined;
    return { ...about, ...reading, milliseconds, finding, stack: undefined };
  } catch (error) {
    const milliseconds = millisecondsSince(begin);
    const stack = (error as Error).stack ?? String(error);
    return { ...about, ...nothing, milliseconds, finding: `crash: ${signatureOf(stack)}`, stack };
  }
}

/** Of this thread alone: how busy the machine is does not count. */
function millisecondsSince(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(begin);
  return (user + system) / 1000;
}

/** The message without numbers, and the first two places of our own. */
function signatureOf(stack: string): string {
  const [message = '', ...frames] = stack.split('\n');
  const places = frames.flatMap((frame) => /src\/[\w./-]+:\d+/.exec(frame)?.[0] ?? []).slice(0, 2);
  return `${message.replace(/\d+/g, 'N')} at ${places.join(' < ')}`;
}
