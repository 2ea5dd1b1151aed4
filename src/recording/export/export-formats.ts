/** All formats, and how they are named. */
import { nearestNames } from '../../base/nearest.ts';
import { csv } from './csv.ts';
import type { ExportFormat } from './export-format.ts';
import { flameGraph } from './flame-graph.ts';
import { folded } from './folded.ts';
import { jsonLines } from './json-lines.ts';
import { speedscope } from './speedscope.ts';
import { traceEvents } from './trace-events.ts';

/** In the order in which help shows them; of endings the first that fits counts. */
export const exportFormats: readonly ExportFormat[] = [traceEvents, flameGraph, folded, speedscope, csv, jsonLines];

export function findExportFormat(name: string): ExportFormat | undefined {
  return exportFormats.find((format) => format.name === name || format.aliases?.includes(name));
}

/** The format that a file's name asks for: the one with the longest ending that fits. */
export function formatOfFileName(path: string): ExportFormat | undefined {
  const endings = exportFormats.flatMap((format) => format.endings.map((ending) => ({ format, ending })));
  return endings.filter(({ ending }) => path.endsWith(ending)).sort((a, b) => b.ending.length - a.ending.length)[0]
    ?.format;
}

export function nearestFormatNames(name: string): string[] {
  return nearestNames(
    name,
    exportFormats.flatMap((format) => [format.name, ...(format.aliases ?? [])]),
  );
}
