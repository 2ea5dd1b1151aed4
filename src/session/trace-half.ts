/** One half of an interactive session: the graph's or the events' session, begun and ended as what is wanted changes. */

import type { EventCatalogue } from '../capture/event-catalogue.ts';
import type { TimeOrigin } from '../capture/raw-capture.ts';
import type { JournalFolder } from '../control/journal.ts';
import type { ProbeEvent } from '../control/probe-event.ts';
import type { TracePlan } from '../control/trace-plan.ts';
import { parseEventFormat } from '../format/event-format.ts';
import type { SourceItem } from '../recording/event-source.ts';
import type { StreamItem } from '../ring-buffer/stream-item.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { BufferWatch } from './buffer-watch.ts';
import { LiveEvents, type SymbolLookup } from './live-events.ts';
import {
  type EndReason,
  LiveSession,
  type SessionConsumer,
  type SessionContext,
  type SessionResult,
} from './live-session.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { HalfName, WantedEvent } from './wanted-traces.ts';

/** What a half tells, and what it needs to know. */
interface HalfHost {
  readonly tracefs: Tracefs;
  readonly journalFolder: JournalFolder;
  readonly force: boolean;
  readonly maxRate: number;
  readonly budgetMs: number;
  readonly origin: TimeOrigin;
  readonly symbols: SymbolLookup;
  items(half: HalfName, items: readonly SourceItem[]): void;
  /** How many events of each kind, `SYSTEM:NAME`, were left out. */
  skipped(counts: ReadonlyMap<string, number>): void;
  page(half: HalfName, cpu: number, page: Uint8Array, records: number): void;
  notice(text: string): void;
  /** Armed and silent for a while. */
  quiet(half: HalfName, sentence: string): void;
  arming(half: HalfName, share: number): void;
  /** It ended by itself: `error` when it failed. */
  ended(half: HalfName, reason: EndReason | undefined, error: unknown): void;
}

interface HalfStart {
  readonly title: string;
  readonly plan: TracePlan;
  readonly probes: readonly ProbeEvent[];
}

/** A session that runs. */
interface Run {
  readonly session: LiveSession;
  readonly stop: AbortController;
  /** Resolves when all is put back; never rejects. */
  readonly over: Promise<SessionResult | undefined>;
}

export class TraceHalf implements SessionConsumer {
  readonly name: HalfName;
  readonly buffers = new BufferWatch();
  readonly #host: HalfHost;
  #start: HalfStart | undefined;
  #run: Run | undefined;
  #isStarted = false;
  #onStarted: () => void = () => {};
  #context: SessionContext | undefined;
  #events: LiveEvents | undefined;
  #silence: SilenceWatch | undefined;
  /** Events that this run has brought. */
  #count = 0;
  #isEnding = false;

  constructor(name: HalfName, host: HalfHost) {
    this.name = name;
    this.#host = host;
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  /** The plan it runs; undefined when it does not. */
  get plan(): TracePlan | undefined {
    return this.#run === undefined ? undefined : this.#start?.plan;
  }

  /** Resolves when events flow; throws what kept them from it, with everything put back. */
  async start(start: HalfStart): Promise<void> {
    const { tracefs, journalFolder, force, maxRate, budgetMs, origin } = this.#host;
    const { title, plan } = start;
    const stop = new AbortController();
    const onPage = (cpu: number, page: Uint8Array, records: number) => this.#host.page(this.name, cpu, page, records);
    const reading = { budgetMs, origin, onPage };
    const shared = {
      tracefs,
      journalFolder,
      force,
      maxRate,
      reading,
      watchedPids: [],
      textPipe: false,
      isRecovered: true,
    };
    const session = new LiveSession({ ...shared, title, makePlan: () => plan, stop: stop.signal }, this);
    this.#start = start;
    this.#isStarted = false;
    this.#isEnding = false;
    this.#count = 0;
    const started = new Promise<void>((resolve) => {
      this.#onStarted = resolve;
    });
    let failure: unknown;
    const over = session.run().catch((error: unknown) => {
      failure = error;
      return undefined;
    });
    this.#run = { session, stop, over };
    void over.then((result) => this.#end(result, failure));
    await Promise.race([started, over]);
    if (!this.#isStarted && failure !== undefined) throw failure;
  }

  /** Ends it and puts everything back. */
  async stop(): Promise<void> {
    this.abort();
    await this.#run?.over;
  }

  /** Begins to end it; also while it is being armed. */
  abort(): void {
    this.#isEnding = true;
    this.#run?.stop.abort('interrupted' satisfies EndReason);
  }

  /** Puts everything back at once; for a process that exits. */
  restoreNow(): void {
    this.abort();
    this.#run?.session.restoreNow();
  }

  /**
   * Whether events can come and go while it runs: in an own instance, where nothing has to be put back, and whose lists
   * of tasks are in force for events.
   */
  get takesEvents(): boolean {
    const { plan } = this;
    return this.#isStarted && plan?.ownsInstance === true && plan.events.length + plan.probes.length > 0;
  }

  /** Switches events on, off, or to another filter; throws the kernel's refusal, the ones before it being in force. */
  changeEvents(wanted: readonly WantedEvent[]): void {
    const keyOf = ({ system, event }: WantedEvent) => `${system}/${event}`;
    const inForce = new Map<string, WantedEvent>(this.#start!.plan.events.map((event) => [keyOf(event), event]));
    const after = new Map(wanted.map((event) => [keyOf(event), event]));
    try {
      for (const key of [...inForce.keys()].filter((key) => !after.has(key))) {
        this.#context!.directory.write(`events/${key}/enable`, '0');
        inForce.delete(key);
      }
      for (const [key, event] of after) {
        this.#changeEvent(key, inForce.get(key), event);
        inForce.set(key, event);
      }
    } finally {
      this.#start = { ...this.#start!, plan: { ...this.#start!.plan, events: [...inForce.values()] } };
    }
  }

  #changeEvent(key: string, before: WantedEvent | undefined, { system, event, filter }: WantedEvent): void {
    const { directory, tracefs } = this.#context!;
    if (before !== undefined && before.filter === filter) return;
    if (filter !== before?.filter || directory.readIfThere(`events/${key}/filter`)?.trim() !== 'none') {
      directory.write(`events/${key}/filter`, filter ?? '0');
    }
    if (before !== undefined) return;
    const format = parseEventFormat(system, tracefs.top.read(`events/${system}/${event}/format`));
    (this.#context!.catalogue!.formats as Map<number, typeof format>).set(format.id, format);
    directory.write(`events/${key}/enable`, '1');
  }

  /** The formats of what it records. */
  get catalogue(): EventCatalogue | undefined {
    return this.#context?.catalogue;
  }

  #end(result: SessionResult | undefined, failure: unknown): void {
    const wasStarted = this.#isStarted;
    this.#run = undefined;
    this.#isStarted = false;
    this.buffers.forget();
    if (!this.#isEnding && wasStarted) this.#host.ended(this.name, result?.reason, failure);
    else if (wasStarted && failure !== undefined) this.#host.ended(this.name, undefined, failure);
  }

  armed(done: number, all: number): Promise<void> {
    this.#host.arming(this.name, done / all);
    return new Promise((resolve) => setImmediate(resolve));
  }

  begin(context: SessionContext): void {
    this.#context = context;
    this.#events = new LiveEvents(context, context.catalogue!, this.#host.symbols);
    const quiet = (sentence: string) => this.#host.quiet(this.name, sentence);
    const listener = { causes: (causes: readonly string[]) => causes.forEach(quiet), notice: quiet };
    this.#silence = new SilenceWatch(context, this.#start!.probes, listener);
    this.buffers.begin(context.directory);
  }

  started(): void {
    this.#isStarted = true;
    this.#onStarted();
  }

  items(items: readonly StreamItem[]): boolean {
    const events = this.#events!;
    this.#count += items.length;
    this.#host.items(
      this.name,
      items.map((item) => events.eventOf(item)),
    );
    return true;
  }

  skipped(counts: ReadonlyMap<number, number>): void {
    const { formats } = this.#context!.catalogue!;
    const nameOf = (id: number) => {
      const format = formats.get(id);
      return format === undefined ? `event ${id}` : `${format.system}:${format.name}`;
    };
    this.#host.skipped(new Map([...counts].map(([id, count]) => [nameOf(id), count])));
  }

  lines(): boolean {
    return true;
  }

  async drained(): Promise<void> {}

  async idle(quietMs: number): Promise<void> {
    if (this.#count === 0 && !this.#isEnding) await this.#silence!.idle(quietMs);
  }

  stopped(): void {
    this.buffers.end();
  }

  notice(text: string): void {
    this.#host.notice(text);
  }
}
