/** What an export is: a name, and a function from events to blocks of text in UTF-8. export-formats.ts lists all of them. */
import type { EventSelection, EventSource } from '../event-source.ts';
import type { ItemFilter } from '../item-filter.ts';

export type StackWeight = 'time' | 'count';

export interface ExportOptions {
  readonly selection: EventSelection;
  /** What else they must pass; of JSON lines. */
  readonly filter?: ItemFilter | undefined;
  /** What was recorded, for titles: the file's name. */
  readonly title: string;
  /** Of stacks: time in them, or how often they were seen; undefined takes what the recording has. */
  readonly weight?: StackWeight | undefined;
  /** Of tables: columns for these fields, or for all that the first event has. */
  readonly fields?: readonly string[] | 'all' | undefined;
}

/** What an export came upon, counted while it runs. */
export interface ExportReport {
  /** Events that were selected. */
  events: number;
  /** Events that the recording says were lost; gaps of unknown size are in `lostGaps` only. */
  lost: number;
  lostGaps: number;
  /** Places whose bytes made no sense. */
  damaged: number;
  /** What the result leaves out or changes, a sentence each. */
  readonly notices: string[];
}

export interface ExportFormat {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** Endings of file names that ask for it, with the dot. */
  readonly endings: readonly string[];
  readonly describe: string;
  /** UTF-8 in blocks; what it came upon is counted in `report`. Throws FtuiError when there is nothing to show. */
  write(source: EventSource, options: ExportOptions, report: ExportReport): Iterable<Uint8Array>;
}

export function newExportReport(): ExportReport {
  return { events: 0, lost: 0, lostGaps: 0, damaged: 0, notices: [] };
}
