/** Finishes what a killed recorder left: NAME.part/ becomes NAME. */
import { UsageError } from '../../base/errors.ts';
import { kindOfFile, openByteSource, removePath } from '../files.ts';
import { isJoinedAlready, joinParts } from './join-parts.ts';
import {
  checkTarget,
  type IsAlive,
  listSegments,
  namePartsFolder,
  type RecordingOwner,
  readHeadFile,
  refuseLivingOwner,
  writeOwner,
} from './parts-folder.ts';
import { readMovedSegments } from './parts-move.ts';

interface RestoredRecording {
  /** The file that was made. */
  readonly path: string;
  readonly size: number;
  /** What is missing or was cut, one sentence each. */
  readonly problems: readonly string[];
}

interface RestoreOptions {
  /** This process: nobody else may restore at the same time. */
  readonly owner: RecordingOwner;
  readonly isAlive: IsAlive;
  /** Where to write instead of NAME: on another disk when this one is full. */
  readonly output?: string | undefined;
  readonly force?: boolean | undefined;
}

/**
 * `file` is NAME or NAME.part. Throws BusyError while the recorder lives, UsageError when there is nothing to restore or
 * the target exists (without force), FtuiError when the recorder had not begun, or for a full disk.
 */
export function restoreRecording(file: string, options: RestoreOptions): RestoredRecording {
  const { force = false, output } = options;
  const { target, folder } = namePartsFolder(file);
  if (kindOfFile(folder) !== 'folder') throw refuseNothing(target, folder);
  refuseLivingOwner(folder, options.isAlive);
  if (isJoinedAlready(folder) && kindOfFile(target) === 'file') {
    removePath(folder);
    return { path: target, size: sizeOf(target), problems: [] };
  }
  const path = output ?? target;
  checkTarget(path, force);
  writeOwner(folder, options.owner);
  const wasEnded = readHeadFile(folder)?.isFinal ?? false;
  const hasPages = [...listSegments(folder), ...readMovedSegments(folder)].some(({ size: bytes }) => bytes > 0);
  const { size, problems } = joinParts(folder, { force, output });
  const missing = [...(hasPages ? [] : ['there were no pages in it']), ...(wasEnded ? [] : [notReadAgain])];
  return { path, size, problems: [...problems, ...missing] };
}

const notReadAgain =
  'names of tasks and statistics are those of the start: the recorder was killed before it read them again';

function refuseNothing(target: string, folder: string): UsageError {
  const attempted = `restoring ${target}`;
  const isWhole = kindOfFile(target) === 'file';
  const why = isWhole ? `there is no ${folder}: the recording was finished` : `there is no ${folder}`;
  return new UsageError({ attempted, why });
}

function sizeOf(file: string): number {
  const source = openByteSource(file);
  try {
    return source.size();
  } finally {
    source.close();
  }
}
