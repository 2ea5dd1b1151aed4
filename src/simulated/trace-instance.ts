/** One trace instance, the top level included: its folder built from the captured files, and the tracer it runs. */

import type { SimulatedErrorLog } from './error-log.ts';
import type { EventCatalog } from './event-catalog.ts';
import { SimulatedEvents } from './event-files.ts';
import { makeFile, refuse, type SimulatedFile, SimulatedFolder } from './file-nodes.ts';
import type { FixtureFile } from './fixture-tree.ts';
import { type FunctionList, makeFunctionFilterFile } from './function-filter.ts';
import { makePidFilterFile } from './pid-filter.ts';
import type { PlaybackSource } from './playback.ts';
import { SimulatedBuffer } from './ring-buffer-files.ts';
import {
  makeChoiceFile,
  makeCpuMaskFile,
  makeFixedFile,
  makeKeptFile,
  makeNumberFile,
  parseKernelNumber,
} from './setting-files.ts';
import { putTraceOptions } from './trace-options.ts';

/** What all instances of a kernel share. */
export interface SharedParts {
  readonly catalog: EventCatalog;
  readonly functions: FunctionList;
  readonly playback: PlaybackSource;
  readonly uptimeMs: () => number;
  readonly cpuCount: number;
  readonly lacksTracer: (name: string) => boolean;
  readonly triggerHelp: string;
  readonly systemFilterHelp: string;
  readonly maxPid: number | undefined;
}

export class TraceInstance {
  readonly folder = new SimulatedFolder();
  readonly buffer: SimulatedBuffer;
  readonly events: SimulatedEvents;
  readonly #shared: SharedParts;
  readonly #captured: ReadonlyMap<string, FixtureFile>;
  #tracer: string;
  #isOn: boolean;

  /** `captured` holds the instance's files by relative path; its dynamic-event files are put by others. */
  constructor(captured: ReadonlyMap<string, FixtureFile>, errorLog: SimulatedErrorLog, shared: SharedParts) {
    this.#captured = captured;
    this.#shared = shared;
    this.#tracer = this.#textOf('current_tracer').trim();
    this.#isOn = this.#textOf('tracing_on').trim() !== '0';
    for (const [path, file] of captured) this.folder.put(path, this.#makeSettingFile(path, file));
    this.#putOptions();
    this.buffer = new SimulatedBuffer({
      folder: this.folder,
      cpuCount: shared.cpuCount,
      initialSize: this.#textOf('buffer_size_kb'),
      currentTracer: () => this.#tracer,
      uptimeMs: shared.uptimeMs,
      playback: shared.playback,
      traceLegend: this.#textOf('trace').split('\n').slice(3).join('\n'),
    });
    this.events = new SimulatedEvents({
      folder: this.folder,
      catalog: shared.catalog,
      errorLog,
      triggerHelp: shared.triggerHelp,
      systemFilterHelp: shared.systemFilterHelp,
      changed: () => {
        this.buffer.expand();
        this.#tellLive();
      },
    });
    if (captured.has('error_log')) this.folder.put('error_log', errorLog.makeFile());
    this.#putRefused();
  }

  /** Whether a reader or a trigger of others keeps it from being removed. */
  get isBusy(): boolean {
    return this.buffer.readerCount > 0 || this.events.hasTriggersOfOthers;
  }

  #textOf(path: string): string {
    return this.#captured.get(path)?.text ?? '';
  }

  #tellLive(): void {
    const isLive = this.#isOn && (this.#tracer !== 'nop' || this.events.hasEnabled);
    this.#shared.playback.setLive(this.buffer, isLive);
  }

  /** Files that the real kernel lists but refuses to open. */
  #putRefused(): void {
    const refused = {
      read: () => refuse('EPERM'),
      openWriter: () => refuse('EPERM'),
      openStream: () => refuse('EPERM'),
    };
    for (const [path, file] of this.#captured) {
      if (file.refused) this.folder.put(path, makeFile({ mode: file.mode, isSetting: false, ...refused }));
    }
  }

  #putOptions(): void {
    const captured = new Map<string, string>();
    for (const [path, file] of this.#captured) {
      const name = path.startsWith('options/') ? path.slice('options/'.length) : undefined;
      const isLost =
        /^(funcgraph-|sleep-time|graph-time)/.test(name ?? '') && this.#shared.lacksTracer('function_graph');
      if (isLost) this.folder.remove(path);
      else if (name !== undefined) captured.set(name, file.text ?? '0\n');
    }
    const file = putTraceOptions(this.folder, this.#textOf('trace_options'), captured, () => this.#tracer);
    this.folder.put('trace_options', file);
  }

  #makeSettingFile(path: string, file: FixtureFile): SimulatedFile {
    const text = file.text ?? '';
    const maxPid = this.#shared.maxPid;
    if (/(^|\/)snapshot$/.test(path))
      return makeFile({ mode: file.mode, isSetting: false, read: () => text, write() {} });
    switch (path) {
      case 'tracing_on':
        return this.#makeOnFile();
      case 'current_tracer':
        return this.#makeTracerFile();
      case 'available_tracers':
        return makeFixedFile(`${this.#tracers().join(' ')}\n`);
      case 'available_events':
        return makeFile({ mode: 0o440, read: () => this.#eventNames() });
      case 'trace_clock':
        return makeChoiceFile(text, () => this.buffer.erase());
      case 'tracing_cpumask':
        return makeCpuMaskFile(text, this.#shared.cpuCount);
      case 'max_graph_depth':
      case 'tracing_thresh':
        return makeNumberFile(text, { most: 0x7fffffff });
      case 'buffer_percent':
        return makeNumberFile(text, { most: 100 });
      case 'buffer_subbuf_size_kb':
        return makeNumberFile(text, { least: 1 });
      case 'set_graph_function':
        return this.#makeFilter('#### all functions enabled ####', false);
      case 'set_graph_notrace':
        return this.#makeFilter('#### no functions disabled ####', false);
      case 'set_ftrace_filter':
        return this.#makeFilter('#### all functions enabled ####', true);
      case 'set_ftrace_notrace':
        return this.#makeFilter('#### no functions disabled ####', true);
      case 'set_ftrace_pid':
      case 'set_ftrace_notrace_pid':
        return makePidFilterFile('no pid\n', maxPid);
      case 'set_event_pid':
      case 'set_event_notrace_pid':
        return makePidFilterFile('', maxPid);
      case 'saved_cmdlines_size':
        return makeNumberFile(text, { least: 1 });
      case 'timestamp_mode':
        return makeFixedFile(text);
      default:
        return file.mode & 0o200 && file.text !== undefined ? makeKeptFile(text) : makePassiveFile(file);
    }
  }

  #makeFilter(emptyText: string, isFtraceFilter: boolean): SimulatedFile {
    return makeFunctionFilterFile(this.#shared.functions, { emptyText, isFtraceFilter });
  }

  #eventNames(): string {
    return this.#shared.catalog.definitions.map(({ system, name }) => `${system}:${name}\n`).join('');
  }

  #tracers(): string[] {
    const names = this.#textOf('available_tracers').trim().split(/\s+/);
    return names.filter((name) => !this.#shared.lacksTracer(name));
  }

  #makeOnFile(): SimulatedFile {
    return makeFile({
      read: () => `${this.#isOn ? 1 : 0}\n`,
      write: (text) => {
        this.#isOn = parseKernelNumber(text) !== 0;
        this.#tellLive();
      },
    });
  }

  #makeTracerFile(): SimulatedFile {
    return makeFile({
      read: () => `${this.#tracer}\n`,
      write: (text) => {
        const wanted = text.trimEnd();
        if (!this.#tracers().includes(wanted)) refuse('EINVAL');
        if (wanted === this.#tracer) return;
        if (this.buffer.readerCount > 0) refuse('EBUSY');
        this.buffer.expand();
        if (wanted !== 'nop') this.buffer.erase();
        this.#tracer = wanted;
        this.#tellLive();
      },
    });
  }
}

/** A file as it was captured; what could not be captured takes what is written and reads as empty. */
function makePassiveFile(file: FixtureFile): SimulatedFile {
  if (file.text !== undefined) return makeFixedFile(file.text, file.mode);
  return file.mode & 0o200 ? makeFile({ mode: file.mode, write() {} }) : makeFile({ mode: file.mode });
}
