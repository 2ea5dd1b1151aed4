/** saved_cmdlines_size: how many names of tasks the kernel remembers for its traces. */

import type { TraceDirectory } from '../tracefs/trace-directory.ts';
import type { PlannedChange } from './plan-writes.ts';
import { settingValue } from './trace-state.ts';

/** The change to `size` names; none where that is asked for by nobody, or so already. */
export function planSavedNames(top: TraceDirectory, size: number | undefined): PlannedChange[] {
  const file = 'saved_cmdlines_size';
  const before = top.readIfThere(file);
  if (size === undefined || before === undefined || settingValue(before) === String(size)) return [];
  const wrote = String(size);
  const undo = { kind: 'setting', file, value: settingValue(before), wrote } as const;
  return [{ kind: 'write', file, words: [wrote], mode: 'truncate', undo }];
}
