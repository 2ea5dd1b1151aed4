/**
 * CPython 3.11 fires function__entry and function__return for most calls only while somebody counts on `line`
 * (python/cpython issues 98894 and 110385); 3.12 has none of these probes.
 */

import { readUprobeBinary } from '../symbols/files.ts';
import { resolveUprobeTarget } from '../symbols/uprobe-target.ts';
import type { UsdtProbe } from '../symbols/usdt-notes.ts';
import { buildProbeEvent, type ProbeEvent, uprobePlace } from './probe-event.ts';
import { chooseEventName } from './probe-spec.ts';

export const lineCounterNote =
  'Python 3.11 fires these for most calls only while `line` is counted on: that counter is raised, too, which slows Python';

/** Whether the chosen probes of the file at `path` would miss most calls. */
export function needsLineCounter(chosen: readonly UsdtProbe[], path: string): boolean {
  const isChosen = (wanted: RegExp) => chosen.some(({ provider, name }) => provider === 'python' && wanted.test(name));
  return /python3\.11/.test(path) && isChosen(/^function__(?:entry|return)$/) && !isChosen(/^line$/);
}

/** The function that ends a Python in ruins: nothing else goes there. */
const neverCalled = 'Py_FatalError';

/**
 * A probe that raises the counter of `line` and sits where CPython never comes by: one on `line` itself would trap at
 * each line of every program. Undefined where the file has no such counter.
 */
export function buildLineCounter(
  probes: readonly UsdtProbe[],
  path: string,
  group: string,
  taken: Set<string>,
): ProbeEvent | undefined {
  const line = probes.find(({ provider, name }) => provider === 'python' && name === 'line');
  const semaphore = line?.sites.find(({ semaphoreOffset }) => semaphoreOffset !== undefined)?.semaphoreOffset;
  if (semaphore === undefined) return undefined;
  const [site] = resolveUprobeTarget(readUprobeBinary(path), neverCalled).sites;
  if (site === undefined) return undefined;
  const place = uprobePlace(path, site.fileOffset, false, 'python:line');
  const counted = { ...place, place: `${place.place}(0x${semaphore.toString(16)})` };
  const probe = buildProbeEvent(group, chooseEventName('line_counter', taken), counted, []);
  return { ...probe, definition: { ...probe.definition, isCounter: true } };
}
