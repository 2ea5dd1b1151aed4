/** An interactive session on the simulated kernel, with a listener that remembers. */

import fs from 'node:fs';
import path from 'node:path';
import type { SourceItem } from '../../src/recording/event-source.ts';
import { type InteractiveOptions, InteractiveSession } from '../../src/session/interactive-session.ts';
import { startInlineRecorder } from '../../src/session/record-threads.ts';
import { type RecordedSession, recordedSession } from './recorded-session.ts';

export interface InteractiveSetup extends RecordedSession {
  readonly session: InteractiveSession;
  readonly items: SourceItem[];
  readonly skipped: Map<string, number>;
  /** How often the listener was told that events are missing. */
  restarts: number;
  /** A path in a folder that dispose() removes. */
  fileOf(name: string): string;
}

/** The recording is played over `spanMs`. */
export function interactiveSetup(
  spanMs = 300,
  options: Partial<InteractiveOptions> = {},
  simulation: Parameters<typeof recordedSession>[1] = {},
): InteractiveSetup {
  const recorded = recordedSession(spanMs, simulation);
  const session = new InteractiveSession({
    tracefs: recorded.tracefs,
    journalFolder: { path: recorded.journals, searched: [recorded.journals] },
    startRecorder: async () => startInlineRecorder(recorded.kernel),
    producer: 'ftui test',
    ...options,
  });
  const setup = { ...recorded, session, items: [] as SourceItem[], skipped: new Map<string, number>(), restarts: 0 };
  session.subscribe({
    items: (batch) => setup.items.push(...batch),
    skipped: (counts) => {
      for (const [name, count] of counts) setup.skipped.set(name, (setup.skipped.get(name) ?? 0) + count);
    },
    restarted: () => {
      setup.restarts += 1;
    },
  });
  const folder = fs.mkdtempSync(path.join(recorded.journals, 'files-'));
  return Object.assign(setup, { fileOf: (name: string) => path.join(folder, name) });
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean, ms = 5_000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
