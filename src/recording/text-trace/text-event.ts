/** An event of a text trace. What is made of its text is made when somebody asks. */
import type { CpuId, Pid } from '../../base/units.ts';
import type { GraphRecord } from '../../call-graph/graph-record.ts';
import type { RecordedEvent } from '../event-source.ts';
import { decodeByteText } from './byte-text.ts';
import type { EventBody } from './event-body.ts';
import type { TextSymbols } from './symbol-table.ts';

/** Whose event it is and when, made once for the events of one line. */
export interface EventPlace {
  readonly time: number;
  readonly cpu: CpuId;
  readonly pid: Pid;
  readonly comm: string;
  readonly tgid: Pid | undefined;
  readonly flags: number | undefined;
  readonly preemptCount: number | undefined;
  readonly instance: string;
}

/** Characters of text that later lines may add to an event. */
const textLimit = 1 << 20;

export class TextEvent implements RecordedEvent {
  readonly kind = 'event';
  readonly format = undefined;
  readonly fields = undefined;
  time: number;
  readonly cpu: CpuId;
  readonly pid: Pid;
  readonly comm: string;
  readonly tgid: Pid | undefined;
  readonly flags: number | undefined;
  readonly preemptCount: number | undefined;
  readonly instance: string;
  readonly system: string | undefined;
  readonly name: string;
  readonly graph: GraphRecord | undefined;
  readonly #symbols: TextSymbols;
  readonly #body: EventBody;
  #more: string[] | undefined;
  #moreLength = 0;
  #frames: string[] | undefined;

  constructor(place: EventPlace, body: EventBody, graph: GraphRecord | undefined, symbols: TextSymbols) {
    this.time = place.time;
    this.cpu = place.cpu;
    this.pid = place.pid;
    this.comm = place.comm;
    this.tgid = place.tgid;
    this.flags = place.flags;
    this.preemptCount = place.preemptCount;
    this.instance = place.instance;
    this.system = body.system;
    this.name = body.name;
    this.graph = graph;
    this.#body = body;
    this.#symbols = symbols;
  }

  get text(): string {
    const { text } = this.#body;
    return decodeByteText(this.#more === undefined ? text : [text, ...this.#more].join('\n'));
  }

  get call(): RecordedEvent['call'] {
    const { func, parent } = this.#body;
    if (func === undefined) return undefined;
    const symbols = this.#symbols;
    return { func: symbols.addressOf(func), parent: parent === undefined ? undefined : symbols.addressOf(parent) };
  }

  get stack(): RecordedEvent['stack'] {
    const { stack } = this.#body;
    return stack && { kind: stack, frames: (this.#frames ?? []).map(decodeByteText) };
  }

  /** Whether lines that are no events may go on with this one's text: texts hold line breaks, calls do not. */
  get mayGoOn(): boolean {
    return this.graph === undefined && this.#body.func === undefined && this.#body.stack === undefined;
  }

  /** Another line of this event's text; false when it has too many already. */
  addLine(line: string): boolean {
    if (this.#moreLength > textLimit) return false;
    this.#moreLength += line.length + 1;
    this.#more ??= [];
    this.#more.push(line);
    return true;
  }

  /** A frame of the stack, the outer ones later; false when this is no stack. */
  addFrame(line: string, frame: string): boolean {
    if (this.#body.stack === undefined) return false;
    this.#frames ??= [];
    this.#frames.push(frame);
    return this.addLine(line);
  }
}
