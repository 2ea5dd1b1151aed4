/**
 * Damage: numbers replaced where they matter, blocks left out, doubled and moved, texts of formats forged, bytes flipped
 * anywhere, files cut. A seed always does the same to the same recording.
 */
import type { Anatomy, Spot } from './recording-spots.ts';
import type { SeededRandom } from './seeded-random.ts';
import { encodeRecording, type SmallRecording } from './small-recordings.ts';

export interface Damaged {
  readonly bytes: Uint8Array;
  /** What was done, for whoever looks into a case. */
  readonly steps: readonly string[];
}

/** A whole file with 1 to 4 damages. */
export function damageFile(bytes: Uint8Array, anatomy: Anatomy, random: SeededRandom): Damaged {
  let damaged: Buffer = Buffer.from(bytes);
  const steps: string[] = [];
  const count = random.oneIn(3) ? 1 + random.below(4) : 1;
  for (let index = 0; index < count; index += 1) {
    const kind = random.below(20);
    if (damaged.length === 0) break;
    if (kind < 11) steps.push(forgeNumber(damaged, anatomy, random));
    else if (kind < 13) steps.push(forgeText(damaged, anatomy, random));
    else if (kind < 15) steps.push(flipBytes(damaged, random));
    else if (kind < 16) {
      const length = random.below(damaged.length);
      steps.push(`cut at ${length}`);
      damaged = damaged.subarray(0, length);
    } else if (kind < 17) steps.push(fillRange(damaged, random));
    else if (kind < 19) steps.push(copyBlock(damaged, anatomy, random));
    else {
      const spliced = spliceBytes(damaged, random);
      damaged = spliced.damaged;
      steps.push(spliced.step);
    }
  }
  return { bytes: damaged, steps };
}

/** Damage inside what is then written as a whole file: reaches what is compressed, too. */
export function damageContents(recording: SmallRecording, random: SeededRandom): Damaged {
  const steps: string[] = [];
  const change = (bytes: Uint8Array, what: string): Uint8Array => {
    const copy = Buffer.from(bytes);
    steps.push(`${what}: ${random.oneIn(3) ? flipBytes(copy, random) : forgeWord(copy, recording, random)}`);
    return copy;
  };
  const changeText = (bytes: Uint8Array, what: string): Uint8Array => {
    const copy = Buffer.from(bytes);
    const whole = { from: 0, to: copy.length };
    steps.push(`${what}: ${copy.length === 0 ? 'nothing' : damageWords(copy, whole, random)}`);
    return random.oneIn(8) ? copy.subarray(0, random.below(copy.length)) : copy;
  };
  const { metadata } = recording;
  const kind = random.below(8);
  if (kind < 4) {
    const chosen = random.below(recording.buffers.length);
    const buffers = recording.buffers.map((buffer, index) =>
      index === chosen
        ? { ...buffer, cpus: buffer.cpus.map(({ cpu, bytes }) => ({ cpu, bytes: change(bytes, `CPU ${cpu}`) })) }
        : buffer,
    );
    return { bytes: encodeRecording({ ...recording, buffers }), steps };
  }
  const choose = (list: readonly Uint8Array[], what: string): readonly Uint8Array[] => {
    const chosen = random.below(list.length);
    return list.map((text, index) => (index === chosen ? changeText(text, what) : text));
  };
  const changed =
    kind === 4
      ? { headerPage: changeText(metadata.headerPage, 'header_page') }
      : kind === 5
        ? { kallsyms: changeText(metadata.kallsyms, 'kallsyms') }
        : kind === 6
          ? { ftraceFormats: choose(metadata.ftraceFormats, 'ftrace format') }
          : {
              eventFormats: metadata.eventFormats.map(({ system, formats }) => ({
                system,
                formats: choose(formats, `format of ${system}`),
              })),
            };
  return { bytes: encodeRecording({ ...recording, metadata: { ...metadata, ...changed } }), steps };
}

/** A text trace with 1 to 4 damages: words forged, bytes flipped, parts filled, left out, doubled. */
export function damageText(bytes: Uint8Array, random: SeededRandom): Damaged {
  let damaged: Buffer = Buffer.from(bytes);
  const steps: string[] = [];
  for (let count = 1 + random.below(4); count > 0 && damaged.length > 0; count -= 1) {
    const kind = random.below(8);
    if (kind < 4) {
      const from = random.below(damaged.length);
      steps.push(damageWords(damaged, { from, to: Math.min(from + 200, damaged.length) }, random));
    } else if (kind === 4) steps.push(flipBytes(damaged, random));
    else if (kind === 5) steps.push(fillRange(damaged, random));
    else if (kind === 6) {
      const spliced = spliceBytes(damaged, random);
      damaged = spliced.damaged;
      steps.push(spliced.step);
    } else {
      const length = random.below(damaged.length);
      damaged = damaged.subarray(0, length);
      steps.push(`cut at ${length}`);
    }
  }
  return { bytes: damaged, steps };
}

/** Numbers that break something somewhere. */
const oddNumbers: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 4n, 5n, 7n, 8n, 15n, 16n, 29n, 30n, 31n, 63n, 64n, 127n, 128n, 255n, 256n, 4095n, 4096n, 4097n],
  ...[0x7fffn, 0x8000n, 0xffffn, 0x10000n, 0xfffffn, 0x100_0000n, 0x7ff_ffffn, 0x800_0000n, 0x1000_0000n],
  ...[0x7fff_ffffn, 0x8000_0000n, 0xc000_0000n, 0xffff_ff00n, 0xffff_fffcn, 0xffff_ffffn, 0x1_0000_0000n],
  ...[0x1f_ffff_ffff_ffffn, 0x20_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n],
  ...[0xffff_ffff_ffff_0000n, 0xffff_ffff_ffff_ffffn],
];

function forgeNumber(bytes: Buffer, { spots, littleEndian }: Anatomy, random: SeededRandom): string {
  // Most spots are in pages: what stands before them is chosen as often.
  const head = spots.filter(({ what }) => !/event|record|stamp|commit/.test(what));
  const { at, size, what }: Spot = random.oneIn(2) ? random.pick(head) : random.pick(spots);
  if (at + size > bytes.length) return `${what} at ${at} is cut off`;
  const before = readNumber(bytes, at, size, littleEndian);
  const after = BigInt.asUintN(size * 8, forge(before, bytes.length, random, spots));
  writeNumber(bytes, at, size, after, littleEndian);
  return `${what} at ${at}: ${before} -> ${after}`;
}

function forge(before: bigint, length: number, random: SeededRandom, spots: readonly Spot[]): bigint {
  switch (random.below(6)) {
    case 0:
      return before + BigInt(random.below(17) - 8);
    case 1:
      return before ^ (1n << BigInt(random.below(64)));
    case 2:
      // A place in the file: offsets that point at another thing, or in a loop.
      return BigInt(random.pick(spots).at);
    case 3:
      return BigInt(random.below(length * 2));
    case 4:
      return before * BigInt(random.below(1000));
    default:
      return random.pick(oddNumbers);
  }
}

function forgeWord(bytes: Buffer, { metadata: { littleEndian } }: SmallRecording, random: SeededRandom): string {
  if (bytes.length < 8) return 'nothing';
  const isCommit = random.oneIn(4);
  const at = isCommit ? 8 : random.below(bytes.length / 4) * 4;
  const word = random.oneIn(2) ? random.pick(oddNumbers) : BigInt(random.below(0xffffffff));
  writeNumber(bytes, at, 4, BigInt.asUintN(32, word), littleEndian);
  return `word at ${at}: ${BigInt.asUintN(32, word)}`;
}

function forgeText(bytes: Buffer, { texts }: Anatomy, random: SeededRandom): string {
  const there = texts.filter(({ from, to }) => to <= bytes.length && to > from);
  return there.length === 0 ? 'no text' : damageWords(bytes, random.pick(there), random);
}

/** Words that mean something in a format, in kallsyms, in options. */
const oddWords: readonly string[] = [
  ...['offset:', 'size:', 'signed:1', 'ID: 1', 'name:', 'print fmt:', 'field:', ';', '\t', '\n', '\0', '"', '%s', '%p'],
  ...[
    '%*pbl',
    '%99999999d',
    '%.99999999s',
    '%p',
    '%pISpc',
    '%*ph',
    '(',
    ')',
    '((((((((',
    '[',
    ']',
    '[99999999]',
    '{',
    '}',
  ],
  ...['REC->', '__data_loc ', '__rel_loc ', 'char[]', 'long long', '__print_flags(', '__print_symbolic(', '__get_str('],
  ...[
    '__print_array(',
    '__print_hex(',
    '__get_dynamic_array(',
    '__get_bitmask(',
    '/0',
    '%0',
    '<<99',
    '?',
    ':',
    '&&',
    '-',
  ],
  ...['\\', '\\n', '\xff\xfe', '\x1b[2J', 'sizeof(', '`', '${', '*/', '//', '__proto__', 'constructor', "'", '\u0085'],
];

function damageWords(bytes: Buffer, { from, to }: { from: number; to: number }, random: SeededRandom): string {
  const text = bytes.toString('latin1', from, to);
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length > 0 && random.oneIn(2)) {
    const number = random.pick(numbers);
    const at = from + number.index;
    const digits = random.oneIn(2)
      ? String(random.below(10 ** Math.min(number[0].length, 9))).padStart(number[0].length, '0')
      : String(random.pick(oddNumbers)).slice(0, number[0].length);
    bytes.write(digits, at, 'latin1');
    // Longer numbers grow over what follows them.
    if (random.oneIn(4)) bytes.write('9'.repeat(random.below(24)), at, Math.max(to - at, 0), 'latin1');
    return `number ${number[0]} in the text at ${at}: ${digits}`;
  }
  const at = from + random.below(to - from);
  const word = random.pick(oddWords);
  bytes.write(word, at, Math.min(word.length, to - at), 'latin1');
  return `text at ${at}: ${JSON.stringify(word)}`;
}

function flipBytes(bytes: Buffer, random: SeededRandom): string {
  if (bytes.length === 0) return 'nothing to flip';
  const count = random.oneIn(4) ? 1 + random.below(40) : 1;
  const places: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = random.below(bytes.length);
    bytes[at] = random.oneIn(2) ? bytes[at]! ^ (1 << random.below(8)) : random.below(256);
    places.push(at);
  }
  return `bytes at ${places.slice(0, 8).join(' ')}`;
}

function fillRange(bytes: Buffer, random: SeededRandom): string {
  const at = random.below(bytes.length);
  const length = random.below(random.oneIn(4) ? 8192 : 64);
  const value = random.pick([0, 0xff, 0x20, 0x0a, random.below(256)]);
  bytes.fill(value, at, Math.min(at + length, bytes.length));
  return `${length} bytes of ${value} at ${at}`;
}

/** One option or section over another, or a page over a page. */
function copyBlock(bytes: Buffer, { blocks }: Anatomy, random: SeededRandom): string {
  const isBlock = blocks.length > 0 && random.oneIn(2);
  const from = isBlock ? random.pick(blocks).from : random.below(bytes.length / 4096) * 4096;
  const to = isBlock ? random.pick(blocks).from : random.below(bytes.length / 4096) * 4096;
  const length = isBlock ? 6 + random.below(200) : 4096;
  bytes.set(bytes.slice(from, from + length).subarray(0, Math.max(bytes.length - to, 0)), Math.min(to, bytes.length));
  return `${length} bytes from ${from} to ${to}`;
}

/** Bytes left out or put in: everything behind them stands elsewhere than the offsets say. */
function spliceBytes(bytes: Buffer, random: SeededRandom): { damaged: Buffer; step: string } {
  const at = random.below(bytes.length);
  const length = 1 + random.below(random.oneIn(2) ? 16 : 5000);
  if (random.oneIn(2)) {
    const damaged = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    return { damaged, step: `${length} bytes left out at ${at}` };
  }
  const damaged = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at)]);
  return { damaged, step: `${length} bytes doubled at ${at}` };
}

function readNumber(bytes: Buffer, at: number, size: number, littleEndian: boolean): bigint {
  if (size === 8) return littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
  return BigInt(littleEndian ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size));
}

function writeNumber(bytes: Buffer, at: number, size: number, value: bigint, littleEndian: boolean): void {
  const one = Buffer.alloc(8);
  if (littleEndian) one.writeBigUInt64LE(value);
  else one.writeBigUInt64BE(value);
  const part = littleEndian ? one.subarray(0, size) : one.subarray(8 - size);
  part.copy(bytes, at, 0, Math.min(size, bytes.length - at));
}
