/**
 * Places in programs by lines of their source, from the line tables of the debug information: `main.c:42`, and `handle:3`,
 * three lines behind the one that handle begins in. Loaded only for probes that ask for a line or for an unknown name.
 */

import { UsageError } from '../base/errors.ts';
import type { DwarfFunction } from '../symbols/dwarf/dwarf-functions.ts';
import { type DwarfInfo, explainMissingDwarf } from '../symbols/dwarf/dwarf-info.ts';
import type { CodeLine, LineLookup } from '../symbols/dwarf/line-lookup.ts';
import type { UprobeBinary } from '../symbols/uprobe-binary.ts';
import type { LineSpec } from '../symbols/uprobe-spec.ts';
import type { SourceKnowledge, SourcePlace } from '../symbols/uprobe-target.ts';
import { openProgramDwarf } from './program-dwarf.ts';

const shownFiles = 6;
const shownCopies = 4;

export const sourceKnowledge: SourceKnowledge = {
  findLine: findSourceLine,
  explainMissing: explainInlined,
};

/** Throws UsageError, with the nearest lines that have code, when the line has none. */
function findSourceLine(binary: UprobeBinary, spec: LineSpec): ReturnType<SourceKnowledge['findLine']> {
  const attempted = `probing ${spec.text} in ${binary.elf.name}`;
  const opened = openProgramDwarf(binary);
  const { dwarf } = opened;
  if (dwarf === undefined) throw new UsageError({ attempted, ...explainMissingDwarf(opened.binary) });
  const ofFile = spec.line > 0 ? dwarf.findLine(spec.place, spec.line) : noLines;
  const functions = ofFile.files.length > 0 ? [] : dwarf.findFunctions(spec.place);
  if (ofFile.files.length === 0 && functions.length === 0) {
    const why = `its debug information has neither a source file nor a function called ${spec.place}`;
    throw new UsageError({ attempted, why, remedy: 'write FILE:LINE, or FUNCTION:LINES from where it begins' });
  }
  const counted = functions.length === 0 ? undefined : chooseFunction(functions);
  const found = counted === undefined ? ofFile : dwarf.findLineInFunction(counted, spec.line);
  refuseManyFiles(found, attempted);
  const places = placesOf(dwarf, found, spec, spec.line + (counted?.declared?.line ?? 0));
  if (places.length === 0) throw noCode(found, spec, attempted);
  return { places, notes: notesOf(dwarf, places, spec) };
}

const noLines: LineLookup = { matches: [], files: [], nearest: [] };

/** Of functions of one name, one that has code. */
function chooseFunction(functions: readonly DwarfFunction[]): DwarfFunction {
  return functions.find(({ code }) => code.length > 0) ?? functions[0]!;
}

/** One file may be called by several paths that end alike. */
function refuseManyFiles({ matches }: LineLookup, attempted: string): void {
  const paths = [...new Set(matches.map(({ file }) => file.replace(/^\.\//, '')))];
  const longest = paths.reduce((a, b) => (b.length > a.length ? b : a), '');
  if (paths.every((path) => path === longest || longest.endsWith(`/${path}`))) return;
  const why = `several files of the source have this name: ${paths.slice(0, shownFiles).join(', ')}`;
  throw new UsageError({ attempted, why, remedy: 'give more of the path' });
}

/** A line is often in several pieces: of each function, or copy of one, the first is taken, as debuggers do. */
function placesOf(dwarf: DwarfInfo, { matches }: LineLookup, { text }: LineSpec, line: number): SourcePlace[] {
  const firsts = new Map<string, SourcePlace>();
  for (const { file, addresses } of matches) {
    for (const address of addresses) {
      const functions = dwarf.functionsAt(address);
      const code = functionOfLine(dwarf, functions, file, line);
      const key = code === undefined ? `at ${address}` : `${code.entry.offset}`;
      const around = functions[0] === undefined ? '' : ` in ${dwarf.functions.nameOf(functions[0].entry)}`;
      if (!firsts.has(key)) firsts.set(key, { address, code, label: `${text}${around}` });
    }
  }
  const places = [...firsts.values()].sort((a, b) => a.address - b.address);
  return places.length === 1 ? [{ ...places[0]!, label: text }] : places;
}

type Code = NonNullable<SourcePlace['code']>;

/** Of the functions that the code is of, the one that is declared nearest above the line. */
function functionOfLine(dwarf: DwarfInfo, functions: readonly Code[], file: string, line: number): Code | undefined {
  let best: { readonly code: Code; readonly line: number } | undefined;
  for (const code of functions) {
    const declared = dwarf.declaredAt(code);
    const isAbove = declared !== undefined && declared.file === file && declared.line <= line;
    if (isAbove && (best === undefined || declared.line >= best.line)) best = { code, line: declared.line };
  }
  return best?.code ?? functions.at(-1);
}

function noCode({ nearest }: LineLookup, { place, line }: LineSpec, attempted: string): UsageError {
  const why = `line ${line} of ${place} has no code of its own`;
  const near = nearest.filter((it) => it >= 0).map((it) => `${place}:${it}`);
  const remedy = near.length === 0 ? 'no line there has code' : `the nearest with code: ${near.join(' and ')}`;
  return new UsageError({ attempted, why, remedy });
}

/** Says where the code of the line is a copy inside another function. */
function notesOf(dwarf: DwarfInfo, places: readonly SourcePlace[], { text }: LineSpec): string[] {
  const inlined = places.flatMap(({ code }) => {
    return code !== undefined && 'into' in code
      ? [`${dwarf.functions.nameOf(code.entry)} is inlined into ${code.into}`]
      : [];
  });
  const many = places.length > 1 ? [`${text} has code at ${places.length} places, and all are probed`] : [];
  return [...many, ...new Set(inlined)];
}

/** A function without a symbol of its own; undefined when the source has none of this name, either. */
function explainInlined(binary: UprobeBinary, name: string): { why: string; remedy: string } | undefined {
  const { dwarf } = openProgramDwarf(binary);
  const functions = dwarf?.findFunctions(name) ?? [];
  const copies = functions.flatMap(({ inlined }) => inlined);
  const [code] = functions.flatMap((it) => it.code);
  if (code !== undefined) {
    return { why: `${name} has code but no symbol`, remedy: `probe its address: 0x${code.address.toString(16)}` };
  }
  if (copies.length === 0) return undefined;
  const into = [...new Set(copies.map((it) => it.into))].filter((it) => it !== '');
  const more = into.length > shownCopies ? ` and ${into.length - shownCopies} more` : '';
  const why = `${name} is inlined everywhere (into ${into.slice(0, shownCopies).join(', ')}${more}): it has no code of its own`;
  const line = firstLineOf(dwarf!, functions[0]!);
  const remedy =
    line === undefined ? `probe ${into[0] ?? 'its callers'}` : `probe its copies by a line: ${name}:${line}`;
  return { why, remedy };
}

/** The first line of the function that has code, counted from where it is declared. */
function firstLineOf(dwarf: DwarfInfo, found: DwarfFunction): number | undefined {
  const first = dwarf.findLineInFunction(found, 0);
  return first.matches.length > 0 ? 0 : first.nearest.find((it) => it > 0);
}

/** The lines of a function that can be probed; throws UsageError when the debug information has no such function. */
export function listSourceLines(binary: UprobeBinary, name: string): readonly CodeLine[] {
  const attempted = `listing the lines of ${name} in ${binary.elf.name}`;
  const opened = openProgramDwarf(binary);
  if (opened.dwarf === undefined) throw new UsageError({ attempted, ...explainMissingDwarf(opened.binary) });
  const functions = opened.dwarf.findFunctions(name);
  if (functions.length > 0) return functions.flatMap((found) => opened.dwarf!.listLines(found));
  const why = `its debug information has no function called ${name}`;
  throw new UsageError({ attempted, why, remedy: 'ftui list symbols shows what there is' });
}
