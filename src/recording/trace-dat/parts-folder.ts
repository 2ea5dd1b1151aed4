/**
 * The folder NAME.part/ of a recording in the making, file by file:
 *
 *     owner                  who records, or restores
 *     head                   one line of JSON (HeadShape and the lengths of what follows), the head's bytes, its options
 *     symbols                what belongs into the head's bytes at `symbolsAt`: large, and the same in every head
 *     BUFFER.CPU.SEQ.pages   whole sub-buffers of one CPU, one file after the other; the last may end in a torn one
 *     BUFFER.CPU.SEQ.after-BYTES.pages   the same, behind so many bytes of nothing: the final file to be (parts-base.ts)
 *     joined                 the final file while it is being made
 *     moved                  a line for each page file that `joined` has and the folder no longer (parts-move.ts)
 *     spare                  room kept for the final file's head on a full disk
 */
import path from 'node:path';
import { BusyError, FtuiError, UsageError } from '../../base/errors.ts';
import { kindOfFile, listFolder, readSmallFile, replaceFile } from '../files.ts';
import { mostCpus } from './file-layout.ts';
import { parseJson, parseStoredHead, type StoredHead } from './stored-head.ts';
import { type EncodedHead, lengthOf } from './write-head.ts';

/** Names one process for ever; the caller reads it from /proc (tracefs/processes.ts). */
export interface RecordingOwner {
  readonly pid: number;
  readonly startTime: string;
  readonly bootId: string;
}

export type IsAlive = (owner: RecordingOwner) => boolean;

/** A page file. */
export interface PageSegment {
  readonly name: string;
  readonly buffer: number;
  readonly cpu: number;
  readonly sequence: number;
  /** Where in the file its pages begin. */
  readonly start: number;
  /** Bytes of pages. */
  readonly size: number;
}

const suffix = '.part';

/** NAME and NAME.part of either. */
export function namePartsFolder(file: string): { target: string; folder: string } {
  const target = file.replace(/\/+$/, '');
  if (target.endsWith(suffix)) return { target: target.slice(0, -suffix.length), folder: target };
  return { target, folder: `${target}${suffix}` };
}

/** Throws UsageError when a recording cannot become `target`: it exists (without force) or is no regular file. */
export function checkTarget(target: string, force: boolean): void {
  const kind = kindOfFile(target);
  const attempted = `recording to ${target}`;
  if (kind === 'absent' || (kind === 'file' && force)) return;
  if (kind !== 'file') throw new UsageError({ attempted, why: 'it is no regular file' });
  throw new UsageError({ attempted, why: 'the file exists', remedy: 'choose another name, or --force' });
}

export function writeOwner(folder: string, owner: RecordingOwner): void {
  replaceFile(path.join(folder, 'owner'), Buffer.from(JSON.stringify(owner)));
}

/** Throws BusyError while a process that records or restores here is alive. */
export function refuseLivingOwner(folder: string, isAlive: IsAlive): void {
  const owner = parseOwner(readSmallFile(path.join(folder, 'owner')));
  if (owner === undefined || !isAlive(owner)) return;
  throw new BusyError({ attempted: `taking over ${folder}`, why: `process ${owner.pid} is still writing it` });
}

function parseOwner(bytes: Uint8Array | undefined): RecordingOwner | undefined {
  const value = bytes === undefined ? undefined : parseJson(bytes);
  const { pid, startTime, bootId } = (value ?? {}) as Partial<RecordingOwner>;
  if (typeof pid !== 'number' || typeof startTime !== 'string' || typeof bootId !== 'string') return undefined;
  return { pid, startTime, bootId };
}

/** Stores the head in place of the one `before`, if there was one. */
export function writeHeadFile(folder: string, head: EncodedHead, before?: EncodedHead): void {
  const { pieces, symbols, options, ...shape } = head;
  if (symbols !== undefined && symbols !== before?.symbols) replaceFile(path.join(folder, 'symbols'), symbols);
  const kept = pieces.filter((piece) => piece !== symbols);
  const stored: StoredHead = {
    ...shape,
    bytesLength: lengthOf(kept),
    optionsLength: options.length,
    ...(symbols !== undefined && {
      symbolsAt: lengthOf(pieces.slice(0, pieces.indexOf(symbols))),
      symbolsLength: symbols.length,
    }),
  };
  replaceFile(path.join(folder, 'head'), Buffer.from(`${JSON.stringify(stored)}\n`), ...kept, options);
}

/** The head that was stored last, undefined before the first. Throws FtuiError when it is damaged. */
export function readHeadFile(folder: string): EncodedHead | undefined {
  const file = readSmallFile(path.join(folder, 'head'));
  if (file === undefined) return undefined;
  const start = file.indexOf(0x0a) + 1;
  const stored = parseStoredHead(file.subarray(0, start));
  if (stored === undefined || start + stored.bytesLength + stored.optionsLength !== file.length) {
    throw new FtuiError({ attempted: `reading ${folder}/head`, why: 'it is damaged' });
  }
  const { bytesLength, optionsLength: _, symbolsAt, symbolsLength = 0, ...shape } = stored;
  const end = start + bytesLength;
  const options = file.subarray(end);
  if (symbolsAt === undefined) return { ...shape, pieces: [file.subarray(start, end)], symbols: undefined, options };
  const symbols = readSymbolsFile(folder, symbolsLength);
  const pieces = [file.subarray(start, start + symbolsAt), symbols, file.subarray(start + symbolsAt, end)];
  return { ...shape, pieces, symbols, options };
}

function readSymbolsFile(folder: string, length: number): Uint8Array {
  const symbols = readSmallFile(path.join(folder, 'symbols'));
  if (symbols?.length === length) return symbols;
  const why = symbols === undefined ? 'it is not there' : `it has ${symbols.length} bytes instead of ${length}`;
  throw new FtuiError({ attempted: `reading ${folder}/symbols`, why });
}

export function nameSegment(buffer: number, cpu: number, sequence: number, start = 0): string {
  const behind = start === 0 ? '' : `.after-${start}`;
  return `${buffer}.${cpu}.${String(sequence).padStart(8, '0')}${behind}.pages`;
}

/** The page files, by buffer, CPU and age. */
export function listSegments(folder: string): PageSegment[] {
  const segments = listFolder(folder).flatMap(({ name, size }) => parseSegmentName(name, size) ?? []);
  return segments.sort((a, b) => a.buffer - b.buffer || a.cpu - b.cpu || a.sequence - b.sequence);
}

/** The page file of this name and of so many bytes; undefined for any other name. */
export function parseSegmentName(name: string, fileSize: number): PageSegment | undefined {
  const found = /^(\d+)\.(\d+)\.(\d+)(?:\.after-(\d{1,15}))?\.pages$/.exec(name);
  if (found === null) return undefined;
  const [buffer, cpu, sequence] = found.slice(1, 4).map(Number) as [number, number, number];
  if (cpu >= mostCpus) return undefined;
  const start = Number(found[4] ?? 0);
  return { name, buffer, cpu, sequence, start, size: Math.max(fileSize - start, 0) };
}
