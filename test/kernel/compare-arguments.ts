/**
 * Arguments of kernel functions as ftui compiles them by BTF against what the kernel itself makes of the same call:
 * `compare-arguments.ts [--count 200] [--seed 1] [--seconds 5] [--name FUNC]...`, as root, on a kernel with kprobes.
 * Each function gets two probes: all its arguments as ftui writes them (registers and offsets), and by the kernel's
 * own names where it knows them, else by $argN. Under a small load the two must say the same at each call. Prints
 * what was accepted, what fired, what agreed.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { findKprobeScope } from '../../src/control/kprobe-names.ts';
import { type KernelFunctions, readKernelFunctions } from '../../src/control/kprobe-target.ts';
import { KernelTypes } from '../../src/control/kprobe-types.ts';
import { listScopeVariables } from '../../src/symbols/btf/kernel-fetch-arg.ts';
import { compileFetchArg, type ProbeScope } from '../../src/symbols/c-types/fetch-arg.ts';
import { RunningKernel } from '../../src/tracefs/running-kernel.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { SeededRandom } from './random.ts';

const tracing = '/sys/kernel/tracing';
const instance = `${tracing}/instances/compare`;
const group = 'compare';

export interface ComparisonOptions {
  /** Functions chosen at random from BTF, beside the named ones. */
  readonly count: number;
  readonly seed: number;
  readonly names: readonly string[];
  /** How long the load runs. */
  readonly seconds: number;
}

export interface Comparison {
  readonly chosen: number;
  /** Functions with at least one argument, all of which the kernel took as we write them. */
  readonly accepted: number;
  /** Definitions that the kernel refused, with what it said. */
  readonly refused: readonly string[];
  /** Functions whose calls could be compared, because both probes are there and were hit. */
  readonly fired: number;
  readonly calls: number;
  readonly values: number;
  /** Hits of one of the two alone. */
  readonly unpaired: number;
  /** Calls at which the two differ. */
  readonly differences: readonly string[];
  /** By what the kernel's own probe was written: names or $argN. */
  readonly by: 'name' | 'number';
}

interface Pair {
  readonly name: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Sets the probes up, runs the load, takes everything away. */
export async function compareArguments(options: ComparisonOptions): Promise<Comparison> {
  const tracefs = new Tracefs(new RunningKernel(), tracing);
  const { types: offered, namedArguments } = parseFetchArgSupport(tracefs.top.read('README'));
  const functions = readKernelFunctions(tracefs);
  const types = new KernelTypes(tracefs.kernel);
  const scopes = chooseScopes(types, functions, offered, options);
  const refused: string[] = [];
  const pairs: Pair[] = [];
  try {
    for (const [index, scope] of scopes.entries()) {
      const all = listScopeVariables(scope).flatMap(({ fetchArg }) => fetchArg ?? []);
      if (!define(`p:${group}/all_${index} ${scope.functionName} ${all.join(' ')}`, refused)) continue;
      const pair = makePair(scope, index, namedArguments);
      if (pair !== undefined && define(pair.theirs, []) && define(pair.ours, refused)) pairs.push(pair);
    }
    const lines = await recordLoad(options.seconds);
    const accepted = scopes.length - new Set(refused.map((line) => line.split(' ')[1])).size;
    const by = namedArguments ? 'name' : 'number';
    return { chosen: scopes.length, accepted, refused, by, ...compareCalls(pairs, lines) };
  } finally {
    cleanUp();
  }
}

function chooseScopes(
  types: KernelTypes,
  functions: KernelFunctions,
  offered: ReadonlySet<string>,
  { count, seed, names }: ComparisonOptions,
): ProbeScope[] {
  const scopeOf = (symbol: string): ProbeScope[] => {
    if (functions.isShared(symbol) || functions.isBlacklisted(symbol) || !functions.isTraceable(symbol)) return [];
    const spec = { module: undefined, symbol, address: undefined, offset: 0, isReturn: false };
    const scope = findKprobeScope(types, functions, spec, offered);
    return 'why' in scope || scope.variables.length === 0 ? [] : [scope];
  };
  const candidates = [...functions.names()].filter(
    (name) => /^\w+$/.test(name) && functions.moduleOf(name) === undefined,
  );
  const random = new SeededRandom(seed);
  const chosen = names.flatMap(scopeOf);
  while (chosen.length < count + names.length && candidates.length > 0) {
    const [name] = candidates.splice(Math.floor(random.below(candidates.length)), 1);
    chosen.push(...scopeOf(name!));
  }
  return chosen;
}

/** Numbers and addresses only, whose text in the trace is sure; undefined where there is none. */
function makePair(scope: ProbeScope, index: number, byName: boolean): Pair | undefined {
  const ours: string[] = [];
  const theirs: string[] = [];
  for (const [position, { name, place }] of scope.variables.entries()) {
    // The kernel's $argN counts registers; only while each argument takes one do they mean the same.
    if (place.kind !== 'registers' || place.texts.length !== 1 || position >= 6) break;
    const plain = compileQuietly(name, scope);
    const compiled =
      plain !== undefined && /^[sux]\d+$/.test(plain.type) ? plain : compileQuietly(`${name}:x64`, scope);
    if (compiled === undefined || !compiled.value.startsWith('%')) continue;
    ours.push(`v${position}=${compiled.value}:${compiled.type}`);
    theirs.push(`v${position}=${byName ? name : `$arg${position + 1}`}:${compiled.type}`);
  }
  if (ours.length === 0) return undefined;
  const at = (event: string, words: readonly string[]) =>
    `p:${group}/${event}_${index} ${scope.functionName} ${words.join(' ')}`;
  return { name: scope.functionName, ours: at('ours', ours), theirs: at('theirs', theirs) };
}

function compileQuietly(word: string, scope: ProbeScope) {
  try {
    return compileFetchArg(word, scope);
  } catch {
    return undefined;
  }
}

/** Whether the kernel took the line; else it is added to `refused`. */
function define(line: string, refused: string[]): boolean {
  try {
    appendFileSync(`${tracing}/kprobe_events`, `${line}\n`);
    return true;
  } catch (error) {
    const said = readFileSync(`${tracing}/error_log`, 'utf8').trimEnd().split('\n').slice(-3).join(' | ');
    refused.push(`${line}: ${(error as NodeJS.ErrnoException).code}: ${said}`);
    return false;
  }
}

/** Lines of the trace while a few everyday programs run; only `ours` and `theirs` are enabled. */
async function recordLoad(seconds: number): Promise<string[]> {
  mkdirSync(instance);
  writeFileSync(`${instance}/buffer_size_kb`, '16384');
  writeFileSync(`${instance}/set_event_notrace_pid`, String(process.pid));
  for (const event of listEvents()) {
    if (!event.startsWith('all_')) writeFileSync(`${instance}/events/${group}/${event}/enable`, '1');
  }
  const work =
    'ls -l /proc/self /dev; cat /proc/self/maps /proc/meminfo; dd if=/dev/zero of=$T bs=4k count=5; mv $T $T.2; rm $T.2; sleep 0.01; id';
  const load = spawn(
    'sh',
    ['-c', `T=$(mktemp); end=$(($(date +%s) + ${seconds})); while [ $(date +%s) -lt $end ]; do ${work}; done`],
    {
      stdio: 'ignore',
    },
  );
  await new Promise((resolve) => load.on('close', resolve));
  writeFileSync(`${instance}/tracing_on`, '0');
  writeFileSync(`${instance}/events/${group}/enable`, '0');
  return readFileSync(`${instance}/trace`, 'utf8').split('\n');
}

function listEvents(): string[] {
  const lines = readFileSync(`${tracing}/kprobe_events`, 'utf8').split('\n');
  return lines.flatMap((line) => new RegExp(`^p\\d*:${group}/(\\S+)`).exec(line)?.[1] ?? []);
}

/**
 * The two probes of a function follow each other on a CPU, in either order. One without the other is a hit that the
 * kernel dropped, as it does when an interrupt comes in the middle of another record: counted, and no difference.
 */
function compareCalls(pairs: readonly Pair[], lines: readonly string[]) {
  const names = new Map(pairs.map(({ name, ours }) => [/_(\d+) /.exec(ours)![1]!, name]));
  const waiting = new Map<string, { readonly probe: string; readonly text: string }>();
  const fired = new Set<string>();
  const differences: string[] = [];
  let [calls, values, unpaired] = [0, 0, 0];
  for (const line of lines) {
    const [, task, cpu, probe, index, text] = linePattern.exec(line) ?? [];
    if (text === undefined) continue;
    const key = `${task} ${cpu} ${index}`;
    const other = waiting.get(key);
    if (other === undefined || other.probe === probe) {
      if (other !== undefined) unpaired += 1;
      waiting.set(key, { probe: probe!, text });
      continue;
    }
    waiting.delete(key);
    const name = names.get(index!)!;
    fired.add(name);
    calls += 1;
    values += text.split(' ').length;
    if (other.text !== text) differences.push(`${name}: ${probe} ${text} against ${other.probe} ${other.text}`);
  }
  return { fired: fired.size, calls, values, unpaired: unpaired + waiting.size, differences };
}

/** `cat-181 [000] ...2. 5.897527: ours_3: (vfs_read+0x0/0x1) v0=0x1 v1=2`. */
const linePattern = /^\s*(.*-\d+)\s+\[(\d+)\].*?: (ours|theirs)_(\d+): \([^)]*\) ?(.*)$/;

function cleanUp(): void {
  const quietly = (action: () => void) => {
    try {
      action();
    } catch {} // it may not be there
  };
  quietly(() => writeFileSync(`${instance}/events/${group}/enable`, '0'));
  quietly(() => rmdirSync(instance));
  for (const event of listEvents()) quietly(() => appendFileSync(`${tracing}/kprobe_events`, `-:${group}/${event}\n`));
}

if (basename(process.argv[1] ?? '') === 'compare-arguments.ts') {
  const { values } = parseArgs({
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      seconds: { type: 'string', default: '5' },
      name: { type: 'string', multiple: true, default: [] },
    },
  });
  const { count, seed, seconds, name: names } = values;
  const result = await compareArguments({ count: Number(count), seed: Number(seed), seconds: Number(seconds), names });
  for (const line of result.refused) console.log(`refused ${line}`);
  for (const line of result.differences.slice(0, 20)) console.log(`differs ${line}`);
  console.log(
    `${result.chosen} functions: ${result.accepted} accepted; compared by ${result.by}: ${result.fired} fired, ` +
      `${result.calls} calls with ${result.values} values, ${result.differences.length} differ, ${result.unpaired} hits of one alone`,
  );
  process.exitCode = result.refused.length + result.differences.length > 0 ? 1 : 0;
}
