/** A live session on the simulated kernel that plays the demo recording, with everything in the test's hands. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asPid } from '../../src/base/units.ts';
import type { CallTree } from '../../src/call-graph/call-tree.ts';
import { type CommonPlan, planGraph } from '../../src/control/session-plans.ts';
import type { CommandEnd, TracedCommand } from '../../src/control/traced-command.ts';
import type { StreamItem } from '../../src/ring-buffer/stream-item.ts';
import { GraphView } from '../../src/session/graph-view.ts';
import { LiveEvents } from '../../src/session/live-events.ts';
import {
  LiveSession,
  type SessionConsumer,
  type SessionContext,
  type SessionRequest,
} from '../../src/session/live-session.ts';
import { loadDemoRecording } from '../../src/simulated/demo-recording.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import type { SimulatedKernelOptions } from '../../src/simulated/simulation-options.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { fixtureFiles, readFixture } from '../simulated/fixtures.ts';

export const root = '/sys/kernel/tracing';
const fixture = readFixture('6.12');

export const common: CommonPlan = {
  instance: 'ftui-7',
  ownsInstance: true,
  clock: 'mono',
  bufferSizeKb: 8192,
  cpus: undefined,
  pids: [],
  excludedPids: [asPid(70)],
};

/** Remembers all it is given; what it does with it can be replaced. */
export class RecordingConsumer implements SessionConsumer {
  readonly calls: string[] = [];
  readonly items_: StreamItem[] = [];
  readonly texts: string[] = [];
  readonly notices: string[] = [];
  readonly trees: CallTree[] = [];
  graph: GraphView | undefined;
  events: LiveEvents | undefined;
  context: SessionContext | undefined;
  onItems: (items: readonly StreamItem[]) => boolean = () => true;
  onBegin: () => void = () => {};
  onIdle: () => void = () => {};
  onStopped: () => void = () => {};

  begin(context: SessionContext): void {
    this.calls.push('begin');
    this.context = context;
    const isGraph = context.plan.tracer === 'function_graph' && context.catalogue !== undefined;
    this.graph = isGraph ? new GraphView((tree) => this.trees.push(tree)) : undefined;
    this.events = context.catalogue && new LiveEvents(context, context.catalogue);
    this.onBegin();
  }

  items(items: readonly StreamItem[]): boolean {
    this.calls.push('items');
    this.items_.push(...items);
    for (const item of items) this.graph?.add(this.events!.eventOf(item));
    return this.onItems(items);
  }

  lines(lines: readonly string[]): boolean {
    this.texts.push(...lines);
    return true;
  }

  async drained(): Promise<void> {}

  started(): void {
    this.calls.push('started');
  }

  async idle(): Promise<void> {
    this.calls.push('idle');
    this.onIdle();
  }

  stopped(): void {
    this.calls.push('stopped');
    this.onStopped();
  }

  notice(text: string): void {
    this.notices.push(text);
  }
}

/** The traced command of the recording: ends when all was played, or tracing stopped. */
function playCommand(kernel: SimulatedKernel): TracedCommand & { released: boolean; abandoned: boolean } {
  const { promise, resolve } = Promise.withResolvers<CommandEnd>();
  const timer = setInterval(() => {
    if (kernel.playbackDone || kernel.playbackStopped) finish({ code: 0, signal: null });
  }, 10);
  const finish = (end: CommandEnd) => {
    clearInterval(timer);
    resolve(end);
  };
  const command = {
    pid: asPid(4711),
    released: false,
    abandoned: false,
    release: () => {
      command.released = true;
    },
    abandon: () => {
      command.abandoned = true;
      finish({ code: 125, signal: null });
    },
    signal: () => {},
    ended: promise,
  };
  return command;
}

export interface RecordedSession {
  readonly kernel: SimulatedKernel;
  readonly tracefs: Tracefs;
  readonly consumer: RecordingConsumer;
  readonly journals: string;
  readonly stop: AbortController;
  command: ReturnType<typeof playCommand> | undefined;
  run(changes?: Partial<SessionRequest>): ReturnType<LiveSession['run']>;
  /** Files in the journal folder. */
  journalFiles(): string[];
  dispose(): void;
}

/** The buffer has its full size from the start, because the first expansion cannot be taken back. */
export function recordedSession(spanMs = 30, options: SimulatedKernelOptions = {}): RecordedSession {
  const recording = loadDemoRecording(fixtureFiles('demo'), spanMs);
  const { overlay, playback } = recording;
  const kernel = new SimulatedKernel(fixture, { overlay, playback, ...options });
  const tracefs = new Tracefs(kernel, root);
  tracefs.top.write('buffer_size_kb', '1408');
  const journals = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-session-'));
  const consumer = new RecordingConsumer();
  const stop = new AbortController();
  const session: RecordedSession = {
    kernel,
    tracefs,
    consumer,
    journals,
    stop,
    command: undefined,
    run: (changes = {}) => {
      const request: SessionRequest = {
        title: 'graph do_sys_openat2',
        tracefs,
        makePlan: (command) =>
          planGraph({ ...common, pids: command === undefined ? [] : [command] }, 2, {
            functions: ['do_sys_openat2'],
            notrace: [],
            depth: undefined,
            options: {},
          }),
        startCommand: () => {
          session.command = playCommand(kernel);
          return session.command;
        },
        watchedPids: [],
        maxRate: 1e9,
        textPipe: false,
        journalFolder: { path: journals, searched: [journals] },
        force: false,
        stop: stop.signal,
        ...changes,
      };
      return new LiveSession(request, consumer).run();
    },
    journalFiles: () => fs.readdirSync(journals),
    dispose: () => {
      session.command?.abandon();
      fs.rmSync(journals, { recursive: true, force: true });
    },
  };
  return session;
}
