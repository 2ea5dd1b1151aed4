/** What `ftui list` lists, kind by kind: one row for each function, event, static probe, symbol, probe, tracer or option. */

import { UnsupportedError, UsageError } from '../base/errors.ts';
import { compileGlob } from '../base/glob.ts';
import { nearestNames } from '../base/nearest.ts';
import { readEventList, selectEvents } from '../control/event-list.ts';
import { parseFunctionList, selectFunctions } from '../control/function-list.ts';
import { listEntries } from '../control/trace-state.ts';
import { parseEventFormat } from '../format/event-format.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

export interface ListRow {
  readonly text: string;
  /** Lines below it, always. */
  readonly lines?: readonly string[] | undefined;
  /** Lines below these, with -v. */
  readonly details: readonly string[];
  /** The same as an object, for --json. */
  readonly json: Readonly<Record<string, unknown>>;
}

interface ListOptions {
  readonly glob: string | undefined;
  readonly verbose: boolean;
}

interface ListRequest extends ListOptions {
  readonly tracefs: Tracefs;
}

/** Throws UsageError for a pattern that matches nothing, with the nearest names. */
export async function listFunctions({ tracefs, glob, verbose }: ListRequest): Promise<ListRow[]> {
  const text = tracefs.top.readIfThere('available_filter_functions');
  if (text === undefined || text === '') {
    const why = 'this kernel lists no functions (available_filter_functions is not there or empty)';
    throw new UnsupportedError({ attempted: 'listing functions', why, remedy: 'ftui doctor shows what it can do' });
  }
  const list = parseFunctionList(text);
  const { indexes } = selectFunctions(list, [glob ?? '*']);
  const chosen = indexes.map((index) => ({ name: list.names[index - 1]!, module: list.modules[index - 1] }));
  const prototypes = verbose ? await describeFunctions(tracefs, chosen) : new Map<string, string>();
  return chosen.map(({ name, module }) => {
    const prototype = prototypes.get(name);
    return {
      text: module === undefined ? name : `${name} [${module}]`,
      details: prototype === undefined ? [] : [prototype],
      json: { function: name, module: module ?? null, ...(verbose ? { prototype: prototype ?? null } : {}) },
    };
  });
}

/** Prototypes by name, of those that the kernel's or a module's BTF has. */
export async function describeFunctions(
  { kernel }: Tracefs,
  chosen: readonly { readonly name: string; readonly module: string | undefined }[],
): Promise<Map<string, string>> {
  const [{ KernelTypes }, { describePrototype }] = await Promise.all([
    import('../control/kprobe-types.ts'),
    import('../symbols/c-types/type-text.ts'),
  ]);
  const types = new KernelTypes(kernel);
  const wanted = new Set(chosen.map(({ name }) => name));
  const found = new Map<string, string>();
  const modules = [...new Set(chosen.map(({ module }) => module))];
  for (const module of [undefined, ...modules.filter((it) => it !== undefined)]) {
    const its = types.ofModule(module);
    for (const prototype of its?.functions() ?? []) {
      if (wanted.has(prototype.name)) found.set(prototype.name, describePrototype(its!, prototype));
    }
  }
  return found;
}

export function listEvents({ tracefs: { top }, glob, verbose }: ListRequest): ListRow[] {
  const names = readEventList(top);
  const chosen =
    glob === undefined ? names : selectEvents(names, [glob]).map(({ system, event }) => `${system}:${event}`);
  return chosen.sort().map((name) => {
    const [system, event] = name.split(':') as [string, string];
    const format = verbose ? top.readIfThere(`events/${system}/${event}/format`) : undefined;
    const fields = format === undefined ? [] : parseEventFormat(system, format).fields;
    return {
      text: name,
      details: fields.map((field) => `${field.type} ${field.name}`),
      json: {
        system,
        event,
        ...(verbose ? { fields: fields.map((field) => ({ name: field.name, type: field.type })) } : {}),
      },
    };
  });
}

export async function listStaticProbes(binary: string, { glob }: ListOptions): Promise<ListRow[]> {
  const { readUsdtProbes, selectUsdtProbes } = await import('../control/usdt-request.ts');
  const { path, probes } = readUsdtProbes(binary);
  return (glob === undefined ? probes : selectUsdtProbes(probes, glob, path)).map(({ provider, name, sites }) => ({
    text: `${provider}:${name}`,
    details: sites.map(({ fileOffset, semaphoreOffset, operandText }) => {
      const semaphore = semaphoreOffset === undefined ? '' : ` semaphore 0x${semaphoreOffset.toString(16)}`;
      return `0x${fileOffset.toString(16)}${semaphore} ${operandText}`.trimEnd();
    }),
    json: {
      provider,
      name,
      path,
      sites: sites.map(({ fileOffset, semaphoreOffset, operandText, operands }) => ({
        offset: fileOffset,
        semaphore: semaphoreOffset ?? null,
        operands: operandText,
        arguments: operands.length,
      })),
    },
  }));
}

/** The lines of a function that have code, as `uprobe` takes them. */
export async function listProgramLines(binary: string, name: string): Promise<ListRow[]> {
  const [{ findBinary, readUprobeBinary }, { listSourceLines }] = await Promise.all([
    import('../symbols/files.ts'),
    import('../control/uprobe-lines.ts'),
  ]);
  const { path } = findBinary(binary);
  return listSourceLines(readUprobeBinary(path), name).map(({ file, line, address }) => ({
    text: `${file}:${line}`,
    details: [`0x${address.toString(16)}`],
    json: { file, line, address },
  }));
}

export async function listProgramSymbols(binary: string, { glob, verbose }: ListOptions): Promise<ListRow[]> {
  const [{ findBinary, readUprobeBinary }, { listSymbols }, { readableName }] = await Promise.all([
    import('../symbols/files.ts'),
    import('../symbols/uprobe-binary.ts'),
    import('../symbols/mangled-name.ts'),
  ]);
  const { path } = findBinary(binary);
  const symbols = listSymbols(readUprobeBinary(path)).map((it) => ({ ...it, readable: readableName(it.name) }));
  // Names of C++ and Rust are found as they are in the source, too.
  const matches = compileGlob(glob ?? '*');
  const isChosen = ({ name, readable }: (typeof symbols)[number]): boolean =>
    matches(name) || (readable !== undefined && matches(readable));
  const found = symbols.filter(isChosen);
  const chosen = found.length > 0 ? found : select(symbols, ({ name }) => name, glob, `symbols of ${path}`);
  return chosen.map(({ name, readable, version, address, size, isIfunc }) => ({
    text: readable === undefined ? name : `${name}  ${readable}`,
    details: [`0x${address.toString(16)} ${size} bytes${version ? ` ${version}` : ''}${isIfunc ? ' IFUNC' : ''}`],
    json: {
      symbol: name,
      readable: readable ?? null,
      ...(verbose ? { address, size, version: version ?? null, ifunc: isIfunc } : {}),
    },
  }));
}

/** Dynamic probes that are defined, whoever did it. */
export function listProbes({ tracefs: { top }, glob }: ListRequest): ListRow[] {
  const files = top.exists('dynamic_events') ? ['dynamic_events'] : ['kprobe_events', 'uprobe_events'];
  const lines = files.flatMap((file) => listEntries(top.readIfThere(file)));
  const nameOf = (line: string) => /^\w+:(\S+)/.exec(line)?.[1] ?? line;
  return select(lines, nameOf, glob, 'probes').map((line) => ({
    text: line,
    details: [],
    json: { probe: nameOf(line), definition: line },
  }));
}

export function listTracers({ tracefs: { top }, glob }: ListRequest): ListRow[] {
  const names = top.read('available_tracers').trim().split(/\s+/).sort();
  return select(names, (name) => name, glob, 'tracers').map((name) => plainRow('tracer', name));
}

/** The options of the top level, as they are set there. */
export function listOptions({ tracefs: { top }, glob, verbose }: ListRequest): ListRow[] {
  const names = top.list('options').sort();
  return select(names, (name) => name, glob, 'options').map((name) => {
    const isOn = verbose ? top.readIfThere(`options/${name}`)?.trim() === '1' : undefined;
    return {
      text: name,
      details: isOn === undefined ? [] : [isOn ? 'on' : 'off'],
      json: { option: name, ...(verbose ? { on: isOn } : {}) },
    };
  });
}

/** Questions and the commands that answer them. */
export async function listRecipes({ glob }: ListOptions): Promise<ListRow[]> {
  const [{ recipes }, { quoteWord }] = await Promise.all([
    import('../control/recipes.ts'),
    import('../control/shell-lines.ts'),
  ]);
  return select(recipes, ({ name }) => name, glob, 'recipes').map(({ name, answers, command, writes, needs }) => {
    const line = `ftui ${command.map(quoteWord).join(' ')}`;
    const details = [...writes, ...(needs === undefined ? [] : [`needs ${needs}`])];
    return {
      text: `${name}: ${answers}`,
      lines: [line],
      details: details.map((detail) => `  ${detail}`),
      json: { recipe: name, answers, command: ['ftui', ...command], shell: line, writes, needs: needs ?? null },
    };
  });
}

function plainRow(kind: string, name: string): ListRow {
  return { text: name, details: [], json: { [kind]: name } };
}

function select<T>(all: readonly T[], nameOf: (row: T) => string, glob: string | undefined, kind: string): T[] {
  const matches = compileGlob(glob ?? '*');
  const found = all.filter((row) => matches(nameOf(row)));
  if (found.length > 0 || glob === undefined) return found;
  const near = nearestNames(glob, new Set(all.map(nameOf)));
  throw new UsageError({
    attempted: `listing ${kind}`,
    why: `none matches '${glob}'`,
    remedy: near.length === 0 ? undefined : `nearest: ${near.join(', ')}`,
  });
}
