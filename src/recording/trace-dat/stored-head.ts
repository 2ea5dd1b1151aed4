/**
 * What the first line of a parts folder's `head` says. It may have been damaged, or made by somebody else: nothing of it is
 * used before all of it is known to be what the writer can take.
 */
import { mostCpus } from './file-layout.ts';
import type { HeadShape } from './write-head.ts';

export interface StoredHead extends HeadShape {
  readonly bytesLength: number;
  readonly optionsLength: number;
  /** Where in the head's bytes those of the folder's file `symbols` belong, and how many they are. */
  readonly symbolsAt?: number;
  readonly symbolsLength?: number;
}

/** undefined for anything that writeHeadFile() does not write. */
export function parseStoredHead(line: Uint8Array): StoredHead | undefined {
  const value = parseJson(line);
  return isStoredHead(value) ? value : undefined;
}

/** undefined for what is no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function isStoredHead(value: unknown): value is StoredHead {
  if (!isRecord(value)) return false;
  const { littleEndian, hasTraceClock, isFinal, problems, buffers, format } = value;
  return (
    isCount(value.bytesLength) &&
    isCount(value.optionsLength) &&
    isCount(value.optionsPointer) &&
    value.optionsPointer <= value.bytesLength &&
    hasPlace(value) &&
    isPageSize(value.pageSize) &&
    isCount(value.cpuCount) &&
    value.cpuCount <= mostCpus &&
    [littleEndian, hasTraceClock, isFinal].every((flag) => typeof flag === 'boolean') &&
    isListOf(problems, (problem) => typeof problem === 'string') &&
    isListOf(buffers, isBuffer) &&
    isFormat(format)
  );
}

function hasPlace({ symbolsAt, symbolsLength, bytesLength }: Record<string, unknown>): boolean {
  if (symbolsAt === undefined) return true;
  return isCount(symbolsAt) && symbolsAt <= Number(bytesLength) && isCount(symbolsLength);
}

function isFormat(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { version, compression } = value;
  return version === 6 ? compression === 'none' : version === 7 && /^(?:none|zlib|zstd)$/.test(String(compression));
}

function isBuffer(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return typeof value.name === 'string' && typeof value.clock === 'string' && isPageSize(value.pageSize);
}

function isPageSize(value: unknown): boolean {
  return isCount(value) && value >= 64 && value <= 16 << 20;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
