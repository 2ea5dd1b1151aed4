/** The whole of a simulated tracefs: the top level, its instances, and the dynamic events they share. */

import { DynamicEvents } from './dynamic-events.ts';
import { SimulatedErrorLog } from './error-log.ts';
import { EventCatalog } from './event-catalog.ts';
import { refuse, type SimulatedFolder } from './file-nodes.ts';
import type { FixtureFile, FixtureTree } from './fixture-tree.ts';
import { kernelTraits } from './kernel-traits.ts';
import type { PlaybackSource } from './playback.ts';
import type { SimulatedBuffer } from './ring-buffer-files.ts';
import type { SimulatedKernelOptions } from './simulation-options.ts';
import { type SharedParts, TraceInstance } from './trace-instance.ts';

const tracing = '/sys/kernel/tracing';
const instanceHome = `${tracing}/instances/fixture`;

export class SimulatedTracefs {
  readonly folder: SimulatedFolder;
  readonly probes: DynamicEvents;
  readonly #top: TraceInstance;
  readonly #instances = new Map<string, TraceInstance>();
  readonly #shared: SharedParts;
  readonly #instanceFiles: ReadonlyMap<string, FixtureFile>;

  /** `clock` in milliseconds; the kernel is said to be up for a minute when it starts. */
  constructor(files: FixtureTree, options: SimulatedKernelOptions, playback: PlaybackSource, clock: () => number) {
    const tree = withoutLost(files, options.withoutFiles ?? []);
    const started = clock();
    const uptimeMs = () => clock() - started + 60_000;
    this.#shared = shareParts(tree, options, playback, uptimeMs);
    this.#instanceFiles = new Map([...filesBelow(tree, instanceHome), ...staticEventFiles(tree)]);
    const errorLog = new SimulatedErrorLog(uptimeMs);
    const own = [...filesBelow(tree, tracing)].filter(([path]) => !/^(instances|events)\//.test(path));
    this.#top = new TraceInstance(new Map([...own, ...staticEventFiles(tree)]), errorLog, this.#shared);
    this.folder = this.#top.folder;
    const symbols = readSymbols(tree);
    this.probes = new DynamicEvents({
      folder: this.folder,
      catalog: this.#shared.catalog,
      errorLog,
      traits: kernelTraits(tree.get('/proc/sys/kernel/osrelease')?.text ?? '', this.#shared.cpuCount),
      readme: tree.get(`${tracing}/README`)?.text ?? '',
      hasSymbol: (symbol) => symbols.has(symbol),
      hasBinary: options.hasBinary ?? (() => true),
      isUsed: (event) => [this.#top, ...this.#instances.values()].some(({ events }) => events.uses(event)),
    });
    const instances = this.folder.folder('instances');
    instances.makeFolder = (name) => this.#makeInstance(name);
    instances.removeFolder = (name) => this.#removeInstance(name);
  }

  /** The buffer of an instance, '' being the top level. */
  bufferOf(instance: string): SimulatedBuffer {
    return (this.#instances.get(instance) ?? this.#top).buffer;
  }

  #makeInstance(name: string): void {
    const { uptimeMs } = this.#shared;
    const instance = new TraceInstance(this.#instanceFiles, new SimulatedErrorLog(uptimeMs), this.#shared);
    this.#instances.set(name, instance);
    this.folder.folder('instances').entries.set(name, instance.folder);
  }

  #removeInstance(name: string): void {
    const instance = this.#instances.get(name);
    if (instance === undefined) return;
    if (instance.isBusy) refuse('EBUSY');
    instance.events.dispose();
    this.#instances.delete(name);
    this.folder.folder('instances').entries.delete(name);
  }
}

function shareParts(
  tree: FixtureTree,
  options: SimulatedKernelOptions,
  playback: PlaybackSource,
  uptimeMs: () => number,
): SharedParts {
  const cpus = [...tree.keys()].map((path) => /\/tracing\/per_cpu\/cpu(\d+)\/stats$/.exec(path)?.[1]);
  const cpuCount = cpus.filter((cpu) => cpu !== undefined).length;
  const release = tree.get('/proc/sys/kernel/osrelease')?.text ?? '';
  const { checksPidRange } = kernelTraits(release, cpuCount);
  const functions = tree.get(`${tracing}/available_filter_functions`)?.text ?? '';
  const textLike = (pattern: RegExp) => [...tree].find(([path]) => pattern.test(path))?.[1].text ?? '';
  return {
    catalog: new EventCatalog(tree, tracing),
    functions: functions.split('\n').filter((line) => line !== ''),
    playback,
    uptimeMs,
    cpuCount,
    lacksTracer: (name) => options.withoutTracers?.includes(name) ?? false,
    triggerHelp: textLike(/\/events\/sched\/sched_switch\/trigger$/),
    systemFilterHelp: textLike(/\/events\/sched\/filter$/),
    maxPid: checksPidRange ? Number(tree.get('/proc/sys/kernel/pid_max')?.text ?? 4194304) : undefined,
  };
}

function filesBelow(tree: FixtureTree, home: string): Map<string, FixtureFile> {
  const found = [...tree].filter(([path]) => path.startsWith(`${home}/`));
  return new Map(found.map(([path, file]) => [path.slice(home.length + 1), file]));
}

/** What every instance's events folder holds unchanged: header_page, header_event and the formats of ftrace. */
function staticEventFiles(tree: FixtureTree): [string, FixtureFile][] {
  return [...filesBelow(tree, tracing)].filter(([path]) => /^events\/(header_|ftrace\/)/.test(path));
}

function withoutLost(tree: FixtureTree, lost: readonly string[]): FixtureTree {
  const homes = [tracing, instanceHome];
  const isLost = (path: string) =>
    lost.some((name) => homes.some((home) => path === `${home}/${name}` || path.startsWith(`${home}/${name}/`)));
  return new Map([...tree].filter(([path]) => !isLost(path)));
}

/** Names a kprobe can be put on: what kallsyms and available_filter_functions list. */
function readSymbols(tree: FixtureTree): Set<string> {
  const lines = (path: string) => (tree.get(path)?.text ?? '').split('\n');
  const known = lines('/proc/kallsyms').map((line) => line.split(/[ \t]/)[2] ?? '');
  return new Set([...known, ...lines(`${tracing}/available_filter_functions`).map((line) => line.split(' ')[0]!)]);
}
