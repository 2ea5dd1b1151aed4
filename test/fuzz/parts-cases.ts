/** Folders of unfinished recordings, damaged, and what `restore` makes of them. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FtuiError } from '../../src/base/errors.ts';
import { placeBase } from '../../src/recording/trace-dat/parts-base.ts';
import { nameSegment, writeHeadFile, writeOwner } from '../../src/recording/trace-dat/parts-folder.ts';
import { restoreRecording } from '../../src/recording/trace-dat/restore-recording.ts';
import { encodeHead } from '../../src/recording/trace-dat/write-head.ts';
import { type FuzzCases, type Outcome, runCase } from './fuzz-case.ts';
import { damageText } from './mutations.ts';
import { type Reading, readEverything } from './read-recording.ts';
import { randomOf, type SeededRandom } from './seeded-random.ts';
import { makeSmallRecordings, type SmallRecording } from './small-recordings.ts';

const owner = { pid: 4242, startTime: '77', bootId: 'boot' };
const isAlive = () => false;

export class PartsCases implements FuzzCases {
  readonly #bases = makeSmallRecordings().filter(({ buffers }) => buffers.every(({ text }) => text === undefined));

  run(seed: number): Outcome {
    const random = randomOf(seed);
    const base = random.pick(this.#bases);
    const folder = mkdtempSync(join(tmpdir(), 'ftui-parts-'));
    try {
      const file = join(folder, 'trace.dat');
      record(base, `${file}.part`, random.oneIn(2));
      const steps = damageFolder(`${file}.part`, random);
      return runCase({ name: base.name, steps, bytes: new Uint8Array() }, () => {
        const reading = restore(file, random);
        const { refused, events, lost, damaged, problems } = reading;
        return { reading, isSilent: refused === undefined && events === 0 && lost + damaged + problems === 0 };
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** What a killed recorder leaves: a page file for each page, or with a base for the rest of the first CPU that has one. */
function record({ metadata, buffers, format }: SmallRecording, folder: string, withBase: boolean): void {
  mkdirSync(folder);
  writeOwner(folder, owner);
  const head = encodeHead(metadata, format);
  writeHeadFile(folder, head);
  let mayHaveBase = withBase && format.version === 7 && format.compression === 'none';
  for (const [index, { pageSize, cpus }] of buffers.entries()) {
    for (const { cpu, bytes } of cpus) {
      for (let page = 0; page * pageSize < bytes.length; page += 1) {
        const at = page * pageSize;
        const start = mayHaveBase && page > 0 ? placeBase(head, pageSize, at) : 0;
        const file = join(folder, nameSegment(index, cpu, page, start));
        writeFileSync(file, new Uint8Array(start));
        appendFileSync(file, bytes.subarray(at, start > 0 ? bytes.length : at + pageSize));
        if (start > 0) break;
      }
      if (bytes.length > pageSize) mayHaveBase = false;
    }
  }
}

function damageFolder(folder: string, random: SeededRandom): string[] {
  const steps: string[] = [];
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const names = readdirSync(folder).filter((name) => name !== 'spare');
    if (names.length === 0) break;
    const name = random.oneIn(3) && names.includes('head') ? 'head' : random.pick(names);
    steps.push(`${name}: ${damageEntry(folder, name, random)}`);
  }
  return steps;
}

function damageEntry(folder: string, name: string, random: SeededRandom): string {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  switch (random.below(8)) {
    case 0:
      rmSync(path);
      return 'removed';
    case 1:
      truncateSync(path, random.below(bytes.length + 1));
      return 'cut';
    case 2: {
      const other = random.pick(['head', 'owner', 'joined', 'moved', '0.70000.1.pages', '9.0.0.pages', '0.0.x.pages']);
      renameSync(path, join(folder, other));
      return `renamed to ${other}`;
    }
    case 3: {
      const offset = random.pick([0, 4096, 9e15]);
      const listed = random.oneIn(2) ? `0.${random.below(3)}.00000000.pages` : name;
      const line = `${listed} ${offset} ${random.pick([0, 4096, 9e15])}\n`;
      writeFileSync(join(folder, 'moved'), line);
      if (random.oneIn(2)) writeFileSync(join(folder, 'joined'), bytes);
      return `moved: ${line}`;
    }
    default: {
      // The first line of `head` is what everything hangs on.
      const end = name === 'head' && random.oneIn(2) ? bytes.indexOf(0x0a) : bytes.length;
      const damaged = damageText(bytes.subarray(0, end), random);
      writeFileSync(path, Buffer.concat([damaged.bytes, bytes.subarray(end)]));
      return damaged.steps.join('; ');
    }
  }
}

function restore(file: string, random: SeededRandom): Reading {
  const output = random.oneIn(2) ? `${file}.other` : undefined;
  try {
    const { path, problems } = restoreRecording(file, { owner, isAlive, output });
    const reading = readEverything(readFileSync(path), 'restored', 1);
    return { ...reading, problems: reading.problems + problems.length };
  } catch (error) {
    if (!(error instanceof FtuiError)) throw error;
    return { refused: error.message, events: 0, lost: 0, damaged: 0, problems: 0, printed: 0 };
  }
}
