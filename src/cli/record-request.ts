/** From the options of `ftui record`, in their order, to what is asked for; nothing here looks at the kernel. */

import { parseCpuList } from '../base/cpu-list.ts';
import { UsageError } from '../base/errors.ts';
import { parsePids } from '../base/pid-list.ts';
import { parseDuration, parseSizeKb } from '../base/quantities.ts';
import { asCpuId, type CpuId, type Pid } from '../base/units.ts';
import { readCompression } from './record-file-options.ts';
import { refuseOption } from './record-refusals.ts';
import type { GivenOption, RecordWords } from './record-words.ts';

/** One -e with its -f and -R. */
export interface EventRequest {
  readonly pattern: string;
  /** After -v: not to be recorded. */
  readonly except: boolean;
  readonly filters: readonly string[];
  readonly triggers: readonly string[];
}

/** A function pattern, and the module that it is of. */
export interface FunctionRequest {
  readonly pattern: string;
  readonly module: string | undefined;
}

/** What goes to one buffer: the main one, or that of a -B. */
export interface BufferRequest {
  /** undefined is the main one. */
  readonly name: string | undefined;
  tracer: string | undefined;
  readonly functions: FunctionRequest[];
  readonly notrace: FunctionRequest[];
  readonly graphFunctions: string[];
  readonly events: EventRequest[];
  readonly options: string[];
  readonly tasks: Pid[];
  depth: number | undefined;
  clock: string | undefined;
  bufferSizeKb: number | undefined;
  /** undefined leaves the mask as it is, 'all' sets it to all. */
  cpus: readonly CpuId[] | 'all' | undefined;
  stack: boolean;
}

export interface RecordingRequest {
  readonly buffers: readonly BufferRequest[];
  readonly kprobes: readonly string[];
  readonly uprobes: readonly string[];
  /** Processes with their threads and children. */
  readonly pids: readonly Pid[];
  /** Options by name; the last one given of each. */
  readonly values: ReadonlyMap<string, string>;
  readonly durationMs: number | undefined;
  readonly maxRate: number;
  readonly maxBytes: number | undefined;
  /** -m: KiB for each CPU. */
  readonly maxKbPerCpu: number | undefined;
  readonly roundMs: number | undefined;
  readonly savedNames: number | undefined;
  readonly format: { readonly version: 6 | 7; readonly compression: 'none' | 'zlib' | 'zstd' };
  readonly command: readonly string[] | undefined;
}

/** Throws UsageError for what cannot be meant. */
export function readRecordingRequest({ options, command }: RecordWords): RecordingRequest {
  const reader = new RequestReader();
  for (const option of options) reader.take(option);
  reader.finish();
  const { values, buffers, kprobes, uprobes, pids } = reader;
  const request: RecordingRequest = {
    buffers,
    kprobes,
    uprobes,
    pids,
    values,
    command,
    durationMs: mapValue(values.get('duration'), parseDuration),
    maxRate: mapValue(values.get('max-rate'), (text) => readWhole('--max-rate', text)) ?? Number.POSITIVE_INFINITY,
    maxBytes: mapValue(values.get('max-size'), (text) => parseSizeKb(text) * 1024),
    maxKbPerCpu: mapValue(values.get('m'), (text) => readWhole('-m', text)),
    roundMs: mapValue(values.get('interval'), (text) => Math.max(1, Number(readMicroseconds(text)) / 1000)),
    savedNames: mapValue(values.get('cmdlines-size'), (text) => readWhole('--cmdlines-size', text)),
    format: {
      version: readVersion(values.get('file-version') ?? '7'),
      compression: readCompression(values.get('compression') ?? 'none'),
    },
  };
  checkTogether(request);
  return request;
}

function checkTogether({ values, buffers, pids, command, format, maxBytes, maxKbPerCpu }: RecordingRequest): void {
  const tasks = buffers.flatMap((buffer) => buffer.tasks);
  const hasTasks = tasks.length + pids.length > 0 || values.has('only-command');
  const refuse = (attempted: string, why: string, remedy?: string): never => {
    throw new UsageError({ attempted, why, remedy });
  };
  if (values.has('children') && !hasTasks)
    refuse('using -c', 'there are no tasks whose children to trace', 'add -F or -P');
  for (const flag of ['only-command', 'user']) {
    if (values.has(flag) && command === undefined)
      refuse(`using --${flag}`, 'there is no command', 'add one at the end');
  }
  if (values.has('date') && values.has('ts-offset')) refuse('using --date with --ts-offset', 'both shift the stamps');
  if (format.version === 6 && format.compression !== 'none') {
    refuse('compressing version 6', 'only version 7 can be compressed', 'leave out --file-version');
  }
  if (maxBytes !== undefined && maxKbPerCpu !== undefined) refuse('using -m with --max-size', 'both limit the size');
}

class RequestReader {
  readonly values = new Map<string, string>();
  readonly buffers: BufferRequest[] = [emptyBuffer(undefined)];
  readonly kprobes: string[] = [];
  readonly uprobes: string[] = [];
  readonly pids: Pid[] = [];
  #except = false;
  #module: string | undefined;
  /** Whether the module has been used by a pattern. */
  #moduleUsed = false;

  take({ name, value }: GivenOption): void {
    refuseOption(name);
    const handle = this.#handlers[name];
    if (handle === undefined) this.values.set(name, value);
    else handle(value);
  }

  /** A module without any pattern stands for all of its functions. */
  finish(): void {
    if (this.#module !== undefined && !this.#moduleUsed) this.#buffer.functions.push(this.#readFunction('*'));
  }

  #readFunction(value: string): FunctionRequest {
    this.#moduleUsed = true;
    return readFunction(value, this.#module);
  }

  get #buffer(): BufferRequest {
    return this.buffers.at(-1)!;
  }

  readonly #handlers: Readonly<Record<string, (value: string) => void>> = {
    tracer: (value) => this.#setTracer(value.trim()),
    event: (pattern) => this.#buffer.events.push({ pattern, except: this.#except, filters: [], triggers: [] }),
    filter: (value) => this.#changeEvent('-f', ({ filters }) => ({ filters: [...filters, value] })),
    trigger: (value) => this.#changeEvent('-R', ({ triggers }) => ({ triggers: [...triggers, value] })),
    except: () => {
      this.#except = true;
    },
    function: (value) => this.#buffer.functions.push(this.#readFunction(value)),
    notrace: (value) => this.#buffer.notrace.push(this.#readFunction(value)),
    'graph-function': (value) => this.#buffer.graphFunctions.push(value),
    'max-graph-depth': (value) => this.#setDepth(value),
    depth: (value) => this.#setDepth(value),
    module: (value) => {
      this.#module = value;
      this.#moduleUsed = false;
    },
    stack: () => {
      this.#buffer.stack = true;
    },
    option: (value) => this.#buffer.options.push(value),
    'func-stack': () => this.#buffer.options.push('func_stack_trace'),
    args: () => this.#buffer.options.push(this.#buffer.tracer === 'function' ? 'func-args' : 'funcgraph-args'),
    retval: () => this.#buffer.options.push('funcgraph-retval'),
    buffer: (value) => this.#openBuffer(value),
    'buffer-size': (value) => {
      this.#buffer.bufferSizeKb = parseSizeKb(value);
    },
    clock: (value) => this.#setClock(value),
    task: (value) => this.#buffer.tasks.push(...parsePids([value])),
    pid: (value) => this.pids.push(...parsePids([value])),
    cpumask: (value) => {
      this.#buffer.cpus = value === '-1' ? 'all' : parseMask(value);
    },
    cpu: (value) => {
      this.#buffer.cpus = parseCpuList(value);
    },
    kprobe: (value) => this.kprobes.push(value),
    uprobe: (value) => this.uprobes.push(value),
  };

  #setTracer(value: string): void {
    if (this.#buffer.tracer !== undefined) {
      throw new UsageError({ attempted: `using -p ${value}`, why: `the buffer has a tracer: ${this.#buffer.tracer}` });
    }
    this.#buffer.tracer = value;
  }

  #setDepth(value: string): void {
    this.#buffer.depth = Number(value) === 0 ? 0 : readWhole('--max-graph-depth', value);
  }

  #setClock(value: string): void {
    if (value === 'tsc2nsec') refuseOption('tsc2nsec');
    this.#buffer.clock = value;
  }

  #openBuffer(name: string): void {
    if (this.buffers.some((buffer) => buffer.name === name)) {
      throw new UsageError({ attempted: `using -B ${name}`, why: 'it was given before', remedy: 'name it once' });
    }
    this.#except = false;
    this.buffers.push(emptyBuffer(name));
  }

  #changeEvent(flag: string, change: (event: EventRequest) => Partial<EventRequest>): void {
    const { events } = this.#buffer;
    const last = events.pop();
    if (last === undefined) throw new UsageError({ attempted: `using ${flag}`, why: 'it must follow an -e' });
    events.push({ ...last, ...change(last) });
  }
}

function emptyBuffer(name: string | undefined): BufferRequest {
  return {
    name,
    tracer: undefined,
    functions: [],
    notrace: [],
    graphFunctions: [],
    events: [],
    options: [],
    tasks: [],
    depth: undefined,
    clock: undefined,
    bufferSizeKb: undefined,
    cpus: undefined,
    stack: false,
  };
}

/** `FUNCTION:mod:MODULE`; the kernel's function commands (`schedule:traceoff`) are no filter. */
function readFunction(value: string, module: string | undefined): FunctionRequest {
  const [, pattern, its] = /^(.*?):mod:(.+)$/.exec(value) ?? [];
  if (its !== undefined) return { pattern: pattern === '' ? '*' : pattern!, module: its };
  if (!value.includes(':')) return { pattern: value, module };
  throw new UsageError({
    attempted: `using -l ${value}`,
    why: 'ftui sets no function commands, for they cannot be taken back surely',
    remedy: 'a trigger of an event does the same: -e EVENT -R traceoff',
  });
}

function parseMask(text: string): CpuId[] {
  const digits = text.replaceAll(',', '').replace(/^0x/i, '');
  if (!/^[0-9a-f]+$/i.test(digits) || /^0+$/.test(digits)) {
    throw new UsageError({ attempted: `reading the CPU mask '${text}'`, why: 'it is none', remedy: 'e.g. f, or -1' });
  }
  const mask = BigInt(`0x${digits}`);
  return Array.from({ length: digits.length * 4 }, (_, cpu) => cpu)
    .filter((cpu) => (mask >> BigInt(cpu)) & 1n)
    .map(asCpuId);
}

function readVersion(text: string): 6 | 7 {
  if (text === '6') return 6;
  if (text === '7') return 7;
  throw new UsageError({ attempted: `writing version ${text}`, why: 'there is none', remedy: '6 or 7' });
}

function readWhole(flag: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new UsageError({ attempted: `reading ${flag}`, why: 'it takes a whole number above 0' });
}

function readMicroseconds(text: string): string {
  if (/^\d{1,9}$/.test(text)) return text;
  throw new UsageError({ attempted: 'reading -s', why: 'it takes a number of microseconds' });
}

function mapValue<T>(value: string | undefined, read: (text: string) => T): T | undefined {
  return value === undefined ? undefined : read(value);
}
