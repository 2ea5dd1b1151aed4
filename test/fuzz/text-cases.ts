/** Saved text traces of real kernels in all layouts, damaged: `RecordingCases` for text. */
import { byteSourceOf } from '../../src/recording/files.ts';
import { isTextTrace, openTextTrace } from '../../src/recording/text-trace/text-trace.ts';
import { kernels, loadTextFixtures } from '../recording/text-trace/text-fixtures.ts';
import { type FuzzCases, type Outcome, runCase } from './fuzz-case.ts';
import { damageText } from './mutations.ts';
import { readEvents } from './read-recording.ts';
import { randomOf } from './seeded-random.ts';

const longestText = 16 * 1024;

export class TextCases implements FuzzCases {
  readonly #bases = kernels.flatMap((kernel) => {
    const fixtures = loadTextFixtures(kernel);
    return fixtures.names.map((name) => ({
      name: `${kernel} ${name}`,
      bytes: fixtures.bytes(name).subarray(0, longestText),
    }));
  });

  run(seed: number): Outcome {
    const random = randomOf(seed);
    const base = random.pick(this.#bases.filter(({ bytes }) => bytes.length > 1000));
    const damaged = damageText(base.bytes, random);
    return runCase({ name: base.name, ...damaged }, () => {
      isTextTrace(damaged.bytes.subarray(0, 65_536));
      const source = openTextTrace(byteSourceOf(damaged.bytes, 'damaged'));
      const read = readEvents(source);
      const reading = { refused: undefined, ...read, problems: source.problems.length };
      const isEmpty = read.events + read.lost + read.damaged + reading.problems === 0;
      // A trace that is cut off inside its header has no events, and says nothing of them.
      const isHeader = damaged.bytes.every(
        (byte, at) => byte !== 0x0a || [0x23, undefined].includes(damaged.bytes[at + 1]),
      );
      return { reading, isSilent: isEmpty && !isHeader };
    });
  }
}
