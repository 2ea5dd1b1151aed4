/** The cases by number: which recording, what damage, which ways of reading, and whether what came of it is right. */
import { type FuzzCases, type Outcome, runCase } from './fuzz-case.ts';
import { type Damaged, damageContents, damageFile } from './mutations.ts';
import { readEverything } from './read-recording.ts';
import { type Anatomy, dissectRecording } from './recording-spots.ts';
import { randomOf } from './seeded-random.ts';
import { encodeRecording, makeSmallRecordings, type SmallRecording } from './small-recordings.ts';

interface Base {
  readonly recording: SmallRecording;
  readonly bytes: Uint8Array;
  readonly anatomy: Anatomy;
  readonly events: number;
}

export class RecordingCases implements FuzzCases {
  readonly #bases: readonly Base[];

  constructor() {
    this.#bases = makeSmallRecordings().map((recording) => {
      const bytes = encodeRecording(recording);
      return {
        recording,
        bytes,
        anatomy: dissectRecording(bytes),
        events: readEverything(bytes, 'whole', 1).events ?? 0,
      };
    });
  }

  /** The whole recordings, which must be read without any damage. */
  get bases(): readonly Base[] {
    return this.#bases;
  }

  make(seed: number): Damaged & { readonly base: Base; readonly way: number } {
    const random = randomOf(seed);
    const base = random.pick(this.#bases);
    const way = random.below(1 << 16);
    const damaged = random.oneIn(4)
      ? damageContents(base.recording, random)
      : damageFile(base.bytes, base.anatomy, random);
    return { ...damaged, base, way };
  }

  run(seed: number): Outcome {
    const { base, bytes, steps, way } = this.make(seed);
    return runCase({ name: base.recording.name, bytes, steps }, () => {
      const reading = readEverything(bytes, 'damaged', way);
      const { refused, events, lost, damaged, problems } = reading;
      const isSaid = refused !== undefined || lost + damaged + problems > 0;
      return { reading, isSilent: events === 0 && base.events > 0 && !isSaid };
    });
  }
}
