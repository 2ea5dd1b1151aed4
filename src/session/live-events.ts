/** The items of a live session as events: the same that a recording gives, so that everything behind shows both alike. */

import { ByteWriter } from '../base/byte-writer.ts';
import { GraphRecordReader } from '../call-graph/graph-record.ts';
import type { EventCatalogue } from '../capture/event-catalogue.ts';
import { TaskNames } from '../capture/task-names.ts';
import { readCommonType } from '../format/common-header.ts';
import type { EventFormat } from '../format/event-format.ts';
import { compileEventText, type EventTextContext, type WriteEventText } from '../format/event-text.ts';
import type { SourceItem } from '../recording/event-source.ts';
import { RecordEvent, type RecordTables } from '../recording/record-event.ts';
import type { StreamItem } from '../ring-buffer/stream-item.ts';
import type { SessionContext } from './live-session.ts';

export type SymbolLookup = Pick<EventTextContext, 'nameOfHalves' | 'addressOf'>;

const noSymbols: SymbolLookup = { nameOfHalves: () => undefined, addressOf: () => undefined };

export class LiveEvents {
  readonly #catalogue: EventCatalogue;
  readonly #instance: string;
  readonly #tables: RecordTables;
  readonly #texts = new Map<EventFormat, WriteEventText>();
  readonly #writer = new ByteWriter(4096);
  readonly #symbols: SymbolLookup;
  readonly #names: TaskNames;

  constructor(context: SessionContext, catalogue: EventCatalogue, symbols: SymbolLookup = noSymbols) {
    const graph = openGraph(catalogue);
    this.#names = new TaskNames(context.tracefs);
    this.#catalogue = catalogue;
    this.#symbols = symbols;
    this.#instance = context.directory.instance ?? '';
    this.#tables = {
      abi: catalogue.abi,
      header: catalogue.header,
      nameOf: (pid) => this.#names.nameOf(pid, performance.now()),
      threadGroupOf: () => undefined,
      textOf: (format, record) => this.#textOf(format, record),
      graphRecordOf: (record) => graph?.read(record),
    };
  }

  /** An item of the stream; a record that no format of the session explains is said, not dropped. */
  eventOf(item: StreamItem): SourceItem {
    if (item.kind !== 'record') return item;
    const { cpu, time, bytes } = item;
    const format = this.#catalogue.formats.get(readCommonType(this.#catalogue.header, bytes));
    if (format !== undefined)
      return new RecordEvent(this.#tables, format, bytes, { time, cpu, instance: this.#instance });
    return { kind: 'damaged', cpu, time, reason: `a record of ${bytes.length} bytes of an unknown event` };
  }

  #textOf(format: EventFormat, bytes: Uint8Array): string {
    let write = this.#texts.get(format);
    if (write === undefined) {
      write = this.#compileText(format);
      this.#texts.set(format, write);
    }
    this.#writer.clear();
    write(this.#writer, bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length);
    return this.#writer.toText();
  }

  #compileText(format: EventFormat): WriteEventText {
    return compileEventText(format, {
      abi: this.#catalogue.abi,
      style: 'kernel',
      nameOfHalves: (high, low) => this.#symbols.nameOfHalves(high, low),
      addressOf: (name) => this.#symbols.addressOf(name),
      printkFormat: () => undefined,
    }).write;
  }
}

/** undefined when the session records no function graph. */
function openGraph({ formats, abi }: EventCatalogue): GraphRecordReader | undefined {
  const find = (name: string) =>
    [...formats.values()].find((format) => format.system === 'ftrace' && format.name === name);
  const entry = find('funcgraph_entry');
  const exit = find('funcgraph_exit');
  if (entry === undefined || exit === undefined) return undefined;
  return new GraphRecordReader({ entry, exit, retaddrEntry: find('fgraph_retaddr_entry') }, abi);
}
