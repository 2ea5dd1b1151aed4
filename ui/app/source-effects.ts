/** From what a row is about to its line of source: the editor where the file is here, else what is known, to be read. */
import { type FtuiError, visibleText } from '../../src/index.ts';
import { wrapText } from '../screens/screen-lines.ts';
import type { Effect } from '../state/effect.ts';
import type { EngineHost, KernelOfSource } from './engine-host.ts';

const noticeWidth = 72;

/** `kernel` is the one that kernel functions are of. */
export async function sourceEffects(
  { subject }: Extract<Effect, { kind: 'source' }>,
  kernel: KernelOfSource,
  host: EngineHost,
): Promise<readonly Effect[]> {
  try {
    const { what, recorded, line, path } = await host.findSource(subject, kernel);
    if (path !== undefined) return [{ kind: 'edit', file: path, line }];
    return notice(`${what}: ${recorded}:${line}`, [
      'This file is not on this machine under that path, nor under the current folder.',
      'Start ftui in the folder of the source to open it.',
    ]);
  } catch (error) {
    // The host may have the class from another bundle.
    const { attempted, why, remedy } = error as Partial<FtuiError>;
    if (attempted === undefined || why === undefined) throw error;
    return notice(attempted, remedy === undefined ? [why] : [why, remedy]);
  }
}

function notice(first: string, sentences: readonly string[]): readonly Effect[] {
  const lines = [first, ...sentences].flatMap((sentence) => wrapText(visibleText(sentence), noticeWidth));
  return [{ kind: 'show', title: 'Source', lines }];
}
