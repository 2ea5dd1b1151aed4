/**
 * The records of the function_graph tracer: ftrace/funcgraph_entry, funcgraph_exit and fgraph_retaddr_entry
 * (kernel/trace/trace_entries.h). Their fields differ over kernels, so every offset and size is the format's.
 */
import { FtuiError } from '../base/errors.ts';
import type { EventId } from '../base/units.ts';
import { type CommonHeader, commonHeaderOf, readCommonType } from '../format/common-header.ts';
import type { EventField, EventFormat } from '../format/event-format.ts';
import type { KernelAbi } from '../format/kernel-abi.ts';

export interface GraphEntry {
  readonly kind: 'entry';
  readonly func: bigint;
  readonly depth: number;
  readonly args: readonly bigint[] | undefined;
  readonly retaddr: bigint | undefined;
}

export interface GraphExit {
  readonly kind: 'exit';
  readonly func: bigint;
  readonly depth: number;
  /** Calls that the kernel could not follow, its return stack being full. */
  readonly overrun: number;
  /** ns between entry and return; undefined where the kernel records no times. */
  readonly duration: number | undefined;
  readonly calltime: bigint | undefined;
  readonly rettime: bigint | undefined;
  readonly retval: bigint | undefined;
}

export type GraphRecord = GraphEntry | GraphExit;

interface GraphFormats {
  /** ftrace/funcgraph_entry */
  readonly entry: EventFormat;
  /** ftrace/funcgraph_exit */
  readonly exit: EventFormat;
  /** ftrace/fgraph_retaddr_entry, where the kernel has it. */
  readonly retaddrEntry?: EventFormat | undefined;
}

/** Turns records into entries and exits; made once for a kernel's formats. */
export class GraphRecordReader {
  /** Ids of the records that read() understands. */
  readonly eventIds: ReadonlySet<EventId>;
  readonly #header: CommonHeader;
  readonly #readers = new Map<EventId, (view: DataView) => GraphRecord | undefined>();

  /** Throws FtuiError when a format lacks func or depth. */
  constructor(formats: GraphFormats, abi: KernelAbi) {
    this.#header = commonHeaderOf(formats.entry, abi);
    this.#readers.set(formats.entry.id, compileEntry(formats.entry, abi));
    this.#readers.set(formats.exit.id, compileExit(formats.exit, abi));
    if (formats.retaddrEntry) this.#readers.set(formats.retaddrEntry.id, compileEntry(formats.retaddrEntry, abi));
    this.eventIds = new Set(this.#readers.keys());
  }

  /** The entry or exit in `record` (from its common header on); undefined when it is another event or cut short. */
  read(record: Uint8Array): GraphRecord | undefined {
    const reader = this.#readers.get(readCommonType(this.#header, record));
    return reader?.(new DataView(record.buffer, record.byteOffset, record.byteLength));
  }
}

type WordReader = (view: DataView) => bigint;

function compileEntry(format: EventFormat, abi: KernelAbi): (view: DataView) => GraphEntry | undefined {
  const func = requiredWord(format, 'func', abi);
  const depth = requiredWord(format, 'depth', abi);
  const retaddr = optionalWord(format, 'retaddr', abi);
  const args = format.fields.find(({ name, location }) => name === 'args' && location === 'rest');
  const fixedBytes = fixedBytesOf(format);
  return (view) =>
    view.byteLength < fixedBytes
      ? undefined
      : {
          kind: 'entry',
          func: func(view),
          depth: Number(BigInt.asIntN(32, depth(view))),
          args: args && wordsFrom(view, args.offset, abi),
          retaddr: retaddr?.(view),
        };
}

function compileExit(format: EventFormat, abi: KernelAbi): (view: DataView) => GraphExit | undefined {
  const func = requiredWord(format, 'func', abi);
  const depth = requiredWord(format, 'depth', abi);
  const overrun = optionalWord(format, 'overrun', abi);
  const calltime = optionalWord(format, 'calltime', abi);
  const rettime = optionalWord(format, 'rettime', abi);
  const retval = optionalWord(format, 'retval', abi);
  const fixedBytes = fixedBytesOf(format);
  return (view) => {
    if (view.byteLength < fixedBytes) return undefined;
    const from = calltime?.(view);
    const until = rettime?.(view);
    return {
      kind: 'exit',
      func: func(view),
      depth: Number(BigInt.asIntN(32, depth(view))),
      overrun: Number(overrun?.(view) ?? 0n),
      duration: from === undefined || until === undefined ? undefined : Number(until - from),
      calltime: from,
      rettime: until,
      retval: retval?.(view),
    };
  };
}

function wordsFrom(
  view: DataView,
  offset: number,
  { littleEndian, longSize }: KernelAbi,
): readonly bigint[] | undefined {
  const words: bigint[] = [];
  for (let at = offset; at + longSize <= view.byteLength; at += longSize) {
    words.push(longSize === 8 ? view.getBigUint64(at, littleEndian) : BigInt(view.getUint32(at, littleEndian)));
  }
  return words.length === 0 ? undefined : words;
}

function requiredWord(format: EventFormat, name: string, abi: KernelAbi): WordReader {
  const reader = optionalWord(format, name, abi);
  if (reader) return reader;
  throw new FtuiError({
    attempted: `reading the format of ${format.system}:${format.name}`,
    why: `it has no field ${name} of 4 or 8 bytes`,
  });
}

function optionalWord(format: EventFormat, name: string, { littleEndian }: KernelAbi): WordReader | undefined {
  const field = format.fields.find((candidate) => candidate.name === name);
  if (field === undefined) return undefined;
  const { offset, size } = field;
  if (size === 8) return (view) => view.getBigUint64(offset, littleEndian);
  if (size === 4) return (view) => BigInt(view.getUint32(offset, littleEndian));
  return undefined;
}

function fixedBytesOf({ fields }: EventFormat): number {
  return Math.max(...fields.map(({ offset, size }: EventField) => offset + size));
}
