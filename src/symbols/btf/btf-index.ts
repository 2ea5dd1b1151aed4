/**
 * Where each type of a BTF section is, found in one pass without making an object for any. Mirrors
 * Documentation/bpf/btf.rst and include/uapi/linux/btf.h: all kinds up to ENUM64.
 */

import { UsageError } from '../../base/errors.ts';

export const btfKind = {
  int: 1,
  pointer: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  forward: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
  restrict: 11,
  function: 12,
  prototype: 13,
  variable: 14,
  dataSection: 15,
  float: 16,
  declTag: 17,
  typeTag: 18,
  enum64: 19,
} as const;

/** Words (of 4 bytes) behind the three of every type: fixed ones, and for each of its `vlen` parts. */
const wordsBehind: readonly (readonly [fixed: number, each: number] | undefined)[] = [
  undefined,
  [1, 0],
  [0, 0],
  [3, 0],
  [0, 3],
  [0, 3],
  [0, 2],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 0],
  [0, 2],
  [1, 0],
  [0, 3],
  [0, 0],
  [1, 0],
  [0, 0],
  [0, 3],
];
const fixedWords = Uint8Array.from(wordsBehind, (it) => it?.[0] ?? 255);
const wordsEach = Uint8Array.from(wordsBehind, (it) => it?.[1] ?? 0);
const magic = 0xeb9f;
const smallestHeader = 24;

export interface BtfIndex {
  /** The type section as words in the machine's byte order. */
  readonly words: Uint32Array;
  readonly strings: Buffer;
  /** Where type `id - firstId` starts in `words`. */
  readonly starts: Uint32Array;
  /** Number of types, without void. */
  readonly count: number;
  /** Indexes into `starts` of the functions. */
  readonly functions: Uint32Array;
  readonly littleEndian: boolean;
  /** What is damaged: the types behind it are missing. */
  readonly problems: readonly string[];
}

/** Throws UsageError when the header is not that of BTF; damage behind it ends the types early, with a sentence. */
export function indexBtf(bytes: Uint8Array, name = 'the BTF'): BtfIndex {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes.length >= 2 && view.getUint16(0, true) === magic;
  if (bytes.length < smallestHeader || (!littleEndian && view.getUint16(0) !== magic)) throw notBtf(name);
  const [headerSize, typesAt, typesSize, stringsAt, stringsSize] = [4, 8, 12, 16, 20].map((at) =>
    view.getUint32(at, littleEndian),
  ) as [number, number, number, number, number];
  if (headerSize < smallestHeader || headerSize > bytes.length) throw notBtf(name);
  const problems: string[] = [];
  const cut = (offset: number, size: number, what: string): Uint8Array => {
    const start = Math.min(headerSize + offset, bytes.length);
    const part = bytes.subarray(start, Math.min(start + size, bytes.length));
    if (part.length < size) problems.push(`${name} is cut off: ${part.length} of ${size} bytes of its ${what}`);
    return part;
  };
  const words = wordsOf(cut(typesAt, typesSize, 'types'), littleEndian);
  const strings = cut(stringsAt, stringsSize, 'names');
  return {
    words,
    strings: Buffer.from(strings.buffer, strings.byteOffset, strings.length),
    littleEndian,
    problems,
    ...findTypes(words, name, problems),
  };
}

function notBtf(name: string): UsageError {
  const why = 'it does not start as BTF does';
  return new UsageError({ attempted: `reading ${name}`, why, remedy: 'name a file of /sys/kernel/btf' });
}

const machineIsLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Everything in the type section is 4 bytes wide, so it can be swapped as a whole. */
function wordsOf(bytes: Uint8Array, littleEndian: boolean): Uint32Array {
  const count = bytes.length >>> 2;
  const isReady = bytes.byteOffset % 4 === 0 && littleEndian === machineIsLittleEndian;
  if (isReady) return new Uint32Array(bytes.buffer, bytes.byteOffset, count);
  const copy = Uint8Array.from(bytes.subarray(0, count * 4));
  if (littleEndian !== machineIsLittleEndian) Buffer.from(copy.buffer).swap32();
  return new Uint32Array(copy.buffer);
}

function findTypes(words: Uint32Array, name: string, problems: string[]) {
  const length = words.length;
  const most = Math.floor(length / 3);
  const starts = new Uint32Array(most);
  const functions = new Uint32Array(most);
  let count = 0;
  let functionCount = 0;
  for (let at = 0; at + 3 <= length; count += 1) {
    const info = words[at + 1]!;
    const kind = (info >>> 24) & 31;
    const fixed = kind < fixedWords.length ? fixedWords[kind]! : 255;
    const end = at + 3 + fixed + wordsEach[kind]! * (info & 0xffff);
    if (fixed === 255 || end > length) {
      const why = fixed === 255 ? `is of kind ${kind}, which is not known here` : 'ends behind the section';
      problems.push(`${name} can be used up to its type ${count}: the next ${why}`);
      break;
    }
    starts[count] = at;
    if (kind === btfKind.function) {
      functions[functionCount] = count;
      functionCount += 1;
    }
    at = end;
  }
  return { starts: starts.subarray(0, count), count, functions: functions.subarray(0, functionCount) };
}
