/** Who imports what: src/README.md's tables hold for every import of src/ and ui/. */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

interface ImportRules {
  /** What each folder may import; 'all' is every folder but those after it. */
  readonly folders: ReadonlyMap<string, ReadonlySet<string>>;
  /** Places (folder, or file of a folder) by module name. */
  readonly modules: ReadonlyMap<string, readonly string[]>;
}

/** Source text by path, e.g. `src/base/text.ts`. */
type SourceFiles = ReadonlyMap<string, string>;

/** Reads both tables of src/README.md. */
function parseImportRules(readme: string): ImportRules {
  const rows = readme
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const namesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!.replace(/\/$/, ''));
  const folderRows = rows.filter((cells) => cells.length === 5);
  const every = folderRows.map((cells) => namesIn(cells[1]!)[0]!).filter((name) => name !== 'ui');
  const folders = new Map<string, ReadonlySet<string>>();
  for (const [, folder = '', , allowed = ''] of folderRows) {
    const named = namesIn(allowed);
    const set = allowed.startsWith('all but')
      ? every.filter((name) => !named.includes(name))
      : allowed.startsWith('all')
        ? every
        : named;
    folders.set(namesIn(folder)[0]!, new Set(set));
  }
  const modules = new Map<string, readonly string[]>();
  for (const [, names = '', places = ''] of rows.filter((cells) => cells.length === 4)) {
    for (const name of namesIn(names)) modules.set(name, namesIn(places));
  }
  return { folders, modules };
}

interface FoundImport {
  readonly file: string;
  readonly target: string;
  readonly isDynamic: boolean;
}

function listImports(files: SourceFiles): FoundImport[] {
  const patterns = [
    { isDynamic: false, pattern: /^(?:import|export)\s(?:[^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm },
    { isDynamic: true, pattern: /\bimport\(\s*['"]([^'"]+)['"]/g },
    { isDynamic: false, pattern: /\brequire\(\s*['"]([^'"]+)['"]/g },
  ];
  return [...files].flatMap(([file, text]) =>
    patterns.flatMap(({ isDynamic, pattern }) =>
      [...text.matchAll(pattern)].map(([, target]) => ({ file, target: target!, isDynamic })),
    ),
  );
}

/** `src/base/text.ts` is of folder `base`, `src/index.ts` is `index.ts`, `ui/a.tsx` is `ui`. */
function folderOf(path: string): string {
  const [top, ...rest] = path.split('/');
  return top === 'src' ? rest[0]! : top!;
}

interface FolderEdge extends FoundImport {
  readonly from: string;
  readonly to: string;
}

/** The import as an edge between folders; undefined within one folder, of a package, and of data. */
function edgeOf(found: FoundImport): FolderEdge | undefined {
  if (!found.target.startsWith('.') || found.target.endsWith('.json')) return undefined;
  const path = posix.join(posix.dirname(found.file), found.target);
  const edge = { ...found, from: folderOf(found.file), to: folderOf(path) };
  return edge.from === edge.to ? undefined : edge;
}

/** Every import that the rules do not allow, as a sentence each. */
function checkImports(rules: ImportRules, files: SourceFiles): string[] {
  const imports = listImports(files);
  const edges = imports.flatMap((found) => edgeOf(found) ?? []);
  return [
    ...imports.flatMap((found) => checkModule(rules, found)),
    ...edges.flatMap((edge) => checkEdge(rules, edge)),
    ...findCircles(edges),
  ];
}

function checkModule({ modules }: ImportRules, { file, target }: FoundImport): string[] {
  if (target.startsWith('.')) return [];
  const places = modules.get(target) ?? modules.get(target.split('/')[0]!);
  if (places === undefined) return isBuiltin(target) ? [] : [`${file} imports the package ${target}`];
  const inside = file.replace(/^src\//, '');
  const allowed = places.some((place) => inside === place || inside.startsWith(`${place}/`));
  return allowed ? [] : [`${file} imports ${target}, which belongs to ${places.join(', ')}`];
}

function checkEdge({ folders }: ImportRules, { file, from, to, target, isDynamic }: FolderEdge): string[] {
  const allowed = folders.get(from);
  if (allowed === undefined) return [`${file}: the folder ${from} is not in the table`];
  if (from === 'cli' && to === 'ui' && isDynamic) return [];
  return allowed.has(to) ? [] : [`${file} imports ${target}: ${from} may not import ${to}`];
}

function findCircles(edges: readonly FolderEdge[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of edges) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  const reaches = (from: string, wanted: string, seen: Set<string>): boolean =>
    [...(targets.get(from) ?? [])].some(
      (next) => next === wanted || (!seen.has(next) && reaches(next, wanted, seen.add(next))),
    );
  // The user interface is loaded by cli/ and imports index.ts, which never imports cli/: no circle of modules.
  return [...targets.keys()]
    .filter((folder) => reaches(folder, folder, new Set()))
    .map((folder) => `${folder} imports itself through other folders`);
}

function readSources(): SourceFiles {
  const files = new Map<string, string>();
  for (const top of ['src', 'ui']) {
    for (const name of readdirSync(join(root, top), { recursive: true, encoding: 'utf8' })) {
      if (/\.tsx?$/.test(name)) files.set(`${top}/${name}`, readFileSync(join(root, top, name), 'utf8'));
    }
  }
  return files;
}

const rules = parseImportRules(readFileSync(join(root, 'src/README.md'), 'utf8'));

describe('the imports of src/ and ui/', () => {
  const files = readSources();

  it('follow the tables of src/README.md', () => {
    expect(checkImports(rules, files)).toEqual([]);
  });

  it('are all of folders in the table', () => {
    const folders = new Set([...files.keys()].map(folderOf));
    expect([...folders].filter((folder) => !rules.folders.has(folder))).toEqual([]);
  });

  it('are seen at all', () => {
    const imports = listImports(files);
    expect(imports.length).toBeGreaterThan(300);
    expect(imports).toContainEqual({
      file: 'src/cli/open-ui.ts',
      target: '../../ui/open-session.tsx',
      isDynamic: true,
    });
    expect(imports).toContainEqual({ file: 'ui/app/chrome.tsx', target: 'ink', isDynamic: false });
  });
});

describe('/sys and /proc', () => {
  it('are opened through node:fs in one file only', () => {
    const users = [...readSources()].filter(([, text]) => /from '(?:node:fs|fs-extra)/.test(text));
    const opening = users.filter(([, text]) =>
      /(?:open|read|write|readdir|stat)\w*\(\s*[`']\/(?:sys|proc)\b/.test(text),
    );
    expect(opening.map(([file]) => file)).toEqual([]);
  });
});

describe('the check itself', () => {
  const check = (file: string, text: string) => checkImports(rules, new Map([[file, text]]));

  it.each([
    ['src/base/a.ts', "import { x } from '../format/b.ts';", 'base may not import format'],
    ['src/base/a.ts', "import type { x } from '../tracefs/b.ts';", 'base may not import tracefs'],
    ['src/format/a.ts', "export { x } from '../control/b.ts';", 'format may not import control'],
    ['src/session/a.ts', "import { x } from '../cli/b.ts';", 'session may not import cli'],
    ['src/control/a.ts', "import {\n  x,\n  y,\n} from '../session/b.ts';", 'control may not import session'],
    ['src/index.ts', "export * from './cli/b.ts';", 'index.ts may not import cli'],
    ['src/cli/commands/a.ts', "import { x } from '../../../ui/b.tsx';", 'cli may not import ui'],
    ['ui/a.tsx', "import { x } from '../src/session/b.ts';", 'ui may not import session'],
    ['src/capture/a.ts', "const { x } = await import('../control/b.ts');", 'capture may not import control'],
    ['src/simulated/a.ts', "import '../control/b.ts';", 'simulated may not import control'],
    ['src/utils/a.ts', "import { x } from '../base/b.ts';", 'the folder utils is not in the table'],
    ['src/cli/a.ts', "import { Box } from 'ink';", 'ink, which belongs to ui'],
    ['src/cli/a.tsx', "import { jsx } from 'react/jsx-runtime';", 'react/jsx-runtime, which belongs to ui'],
    ['src/control/a.ts', "import yargs from 'yargs';", 'yargs, which belongs to cli'],
    ['src/format/a.ts', "import fs from 'node:fs';", 'node:fs, which belongs to'],
    ['src/control/a.ts', "import fs from 'fs-extra';", 'fs-extra, which belongs to'],
    ['src/symbols/a.ts', "import { readFile } from 'node:fs/promises';", 'node:fs/promises, which belongs to'],
    ['src/control/a.ts', "import { spawn } from 'node:child_process';", 'node:child_process, which belongs to'],
    ['src/base/a.ts', "import _ from 'lodash';", 'imports the package lodash'],
  ])('reports a bad import in %s: %s', (file, text, report) => {
    expect(check(file, text)).toEqual([expect.stringContaining(report)]);
  });

  it.each([
    ['src/base/a.ts', "import { x } from './b.ts';"],
    ['src/cli/commands/a.ts', "const { x } = await import('../../../ui/b.tsx');"],
    ['src/cli/a.ts', "import data from '../../package.json' with { type: 'json' };"],
    ['src/control/traced-command.ts', "import { spawn } from 'node:child_process';"],
    ['src/recording/files.ts', "import fs from 'node:fs';"],
    ['src/base/a.ts', "import { inspect } from 'node:util';"],
    ['ui/a.tsx', "import { x } from '../src/index.ts';\nimport { Box } from 'ink';"],
  ])('lets %s pass: %s', (file, text) => {
    expect(check(file, text)).toEqual([]);
  });

  it('reports a circle between folders that the table would allow', () => {
    const loose: ImportRules = {
      folders: new Map([
        ['a', new Set(['b'])],
        ['b', new Set(['c'])],
        ['c', new Set(['a'])],
      ]),
      modules: new Map(),
    };
    const files = new Map([
      ['src/a/x.ts', "import '../b/x.ts';"],
      ['src/b/x.ts', "import '../c/x.ts';"],
      ['src/c/x.ts', "import type { T } from '../a/x.ts';"],
    ]);
    expect(checkImports(loose, files)).toEqual(
      ['a', 'b', 'c'].map((name) => `${name} imports itself through other folders`),
    );
    files.delete('src/c/x.ts');
    expect(checkImports(loose, files)).toEqual([]);
  });
});
