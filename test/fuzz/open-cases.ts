/** The kinds of cases by name. */
import { ExportCases } from './export-cases.ts';
import type { FuzzCases } from './fuzz-case.ts';
import { PartsCases } from './parts-cases.ts';
import { RecordingCases } from './recording-cases.ts';
import { SymbolCases, symbolKinds } from './symbol-cases.ts';
import { TextCases } from './text-cases.ts';

export function openCases(kind: string): FuzzCases {
  if (kind === 'trace.dat') return new RecordingCases();
  if (kind === 'text') return new TextCases();
  if (kind === 'exports') return new ExportCases();
  if (kind === 'parts') return new PartsCases();
  if (symbolKinds.includes(kind)) return new SymbolCases(kind);
  throw new RangeError(`no kind of cases: ${kind} (trace.dat, exports, text, parts; ${symbolKinds.join(', ')})`);
}
