/** Carries out planned changes one by one. */

import { TracefsError, UnsupportedError } from '../base/errors.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import type { PlannedChange } from './plan-writes.ts';
import type { FunctionSelection } from './trace-plan.ts';
import { listEntries } from './trace-state.ts';

/** Throws the kernel's refusal of the first change that fails; the changes before it stay for the caller to undo. */
export function applyChanges(tracefs: Tracefs, changes: readonly PlannedChange[]): void {
  for (const change of changes) {
    switch (change.kind) {
      case 'mkdir':
        createInstance(tracefs, change.file);
        break;
      case 'write':
        tracefs.top.write(change.file, change.words, change.mode);
        break;
      case 'functions':
        selectFunctions(tracefs, change.file, change.selection);
        break;
      case 'sysctl':
        tracefs.kernel.write(`/proc/sys/${change.name}`, [change.value], 'truncate');
        break;
    }
  }
}

function createInstance(tracefs: Tracefs, folder: string): void {
  if (!tracefs.top.exists('instances')) {
    throw new UnsupportedError({
      attempted: `creating ${folder}`,
      why: 'this kernel has no instances',
      remedy: 'instances exist since Linux 3.10 with CONFIG_TRACING',
    });
  }
  tracefs.top.mkdir(folder);
}

/**
 * Writes function indexes, which the kernel looks up far faster than names, and reads the list back: indexes shift when
 * a module is loaded or unloaded in between, and then the names are written instead.
 */
function selectFunctions(tracefs: Tracefs, file: string, { names, indexes }: FunctionSelection): void {
  writeIndexes(tracefs, file, indexes);
  const chosen = new Set(listEntries(tracefs.top.read(file)).map((line) => line.split(' ')[0]));
  const wanted = new Set(names);
  if (chosen.size === wanted.size && names.every((name) => chosen.has(name))) return;
  tracefs.top.write(
    file,
    names.map((name) => `${name}\n`),
  );
}

/** An index behind the end of the list is refused: a module has gone meanwhile, and the names will do. */
function writeIndexes(tracefs: Tracefs, file: string, indexes: readonly number[]): void {
  try {
    tracefs.top.write(
      file,
      indexes.map((index) => `${index}\n`),
    );
  } catch (error) {
    if (!(error instanceof TracefsError) || error.code !== 'EINVAL') throw error;
  }
}
