/** A recording on the simulated kernel: what is in the file, and that everything is put back whatever happens. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { asPid } from '../../src/base/units.ts';
import { planGraph } from '../../src/control/session-plans.ts';
import type { CommandEnd } from '../../src/control/traced-command.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { type RecordConsumer, type RecordRequest, RecordSession } from '../../src/session/record-session.ts';
import { startInlineRecorder } from '../../src/session/record-threads.ts';
import { common, type RecordedSession, recordedSession } from './recorded-session.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-record-'));
let session: RecordedSession | undefined;
let files = 0;

afterEach(() => {
  session?.dispose();
  session = undefined;
});

function setUp(changes: Partial<RecordRequest> = {}) {
  const made = recordedSession(30);
  session = made;
  const { tracefs, kernel, journals, stop } = made;
  files += 1;
  const file = path.join(folder, `${files}.dat`);
  const notices: string[] = [];
  const calls: string[] = [];
  const consumer: RecordConsumer = {
    started: () => calls.push('started'),
    progress: () => {},
    stopped: () => calls.push('stopped'),
    notice: (text) => notices.push(text),
  };
  const request: RecordRequest = {
    title: 'record',
    tracefs,
    makePlans: () => [
      {
        name: '',
        plan: planGraph(common, 2, { functions: ['do_sys_openat2'], notrace: [], depth: undefined, options: {} }),
      },
    ],
    startRecorder: async () => startInlineRecorder(kernel),
    watchedPids: [],
    durationMs: 150,
    maxRate: Number.POSITIVE_INFINITY,
    roundMs: 5,
    target: { path: file, force: false, format: { version: 7, compression: 'none' }, maxBytes: undefined },
    formats: new Set(['sched']),
    allowKallsyms: false,
    producer: 'ftui test',
    savedNames: undefined,
    date: false,
    offset: undefined,
    otherOptions: [],
    journalFolder: { path: journals, searched: [journals] },
    force: false,
    stop: stop.signal,
    ...changes,
  };
  const settings = () =>
    ['current_tracer', 'tracing_on', 'trace_clock', 'buffer_size_kb', 'set_graph_function', 'saved_cmdlines_size'].map(
      (name) => tracefs.top.readIfThere(name),
    );
  return { ...made, file, notices, calls, settings, run: () => new RecordSession(request, consumer).run() };
}

describe('RecordSession', () => {
  it('makes a file with every event, and puts everything back', async () => {
    const { run, file, settings, journals, calls } = setUp();
    const before = settings();
    const result = await run();
    expect(result).toMatchObject({ reason: 'duration', failure: undefined, lost: [], unsaved: 0 });
    expect(result.records).toBeGreaterThan(100);
    expect(settings()).toEqual(before);
    expect(fs.readdirSync(journals)).toEqual([]);
    expect(calls).toEqual(['started', 'stopped']);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(fs.existsSync(`${file}.part`)).toBe(false);
    const source = openRecording(file);
    const events = [...source.events()];
    expect(events).toHaveLength(result.records);
    expect(new Set(events.map((item) => (item.kind === 'event' ? item.name : item.kind)))).toEqual(
      new Set(['funcgraph_entry', 'funcgraph_exit']),
    );
    expect(source.problems).toEqual([]);
    source.close();
  });

  it('refuses a file that exists before it touches anything', async () => {
    const { run, file, tracefs, journals } = setUp();
    fs.writeFileSync(file, 'precious');
    let writes = 0;
    const { kernel } = tracefs;
    const write = kernel.write.bind(kernel);
    kernel.write = (...args) => {
      writes += 1;
      write(...args);
    };
    await expect(run()).rejects.toThrow(UsageError);
    expect(fs.readFileSync(file, 'utf8')).toBe('precious');
    expect(writes).toBe(0);
    expect(fs.readdirSync(journals)).toEqual([]);
  });

  it('leaves no parts behind when it cannot begin', async () => {
    const { run, file, settings } = setUp({
      makePlans: () => {
        throw new UsageError({ attempted: 'planning', why: 'no' });
      },
    });
    const before = settings();
    await expect(run()).rejects.toThrow('planning: no');
    expect(fs.existsSync(`${file}.part`)).toBe(false);
    expect(settings()).toEqual(before);
  });

  it('puts everything back when the kernel refuses a setting', async () => {
    const { run, file, settings, journals } = setUp({
      makePlans: () => [
        {
          name: '',
          plan: planGraph({ ...common, clock: 'no-such-clock' }, 2, {
            functions: ['do_sys_openat2'],
            notrace: [],
            depth: undefined,
            options: {},
          }),
        },
      ],
    });
    const before = settings();
    await expect(run()).rejects.toThrow('trace_clock');
    expect(settings()).toEqual(before);
    expect(fs.readdirSync(journals)).toEqual([]);
    expect(fs.existsSync(`${file}.part`)).toBe(false);
  });

  it('ends when it is stopped, and the file is whole', async () => {
    const { run, stop, file } = setUp({ durationMs: undefined });
    setTimeout(() => stop.abort('interrupted'), 100);
    expect(await run()).toMatchObject({ reason: 'interrupted', file: { path: file } });
    const source = openRecording(file);
    expect([...source.events()].length).toBeGreaterThan(0);
    source.close();
  });

  it('lets the command go only when all is set up, and ends with it', async () => {
    const order: string[] = [];
    const ended = Promise.withResolvers<CommandEnd>();
    const { run, tracefs } = setUp({
      durationMs: undefined,
      startCommand: () => ({
        pid: asPid(4711),
        release: () => {
          order.push(`released with tracer ${tracefs.top.read('current_tracer').trim()}`);
          setTimeout(() => ended.resolve({ code: 3, signal: null }), 50);
        },
        abandon: () => {},
        signal: () => {},
        ended: ended.promise,
      }),
    });
    expect(await run()).toMatchObject({ reason: 'command', command: { code: 3, signal: null } });
    expect(order).toEqual(['released with tracer function_graph']);
  });

  it.each([
    [false, [], [expect.stringMatching(/hides addresses \(kernel.kptr_restrict is 1\)/)]],
    [true, ['0', '1'], [expect.stringMatching(/hides addresses/)]],
  ])('where addresses are hidden and --kallsyms is %s writes %j', async (allowKallsyms, expected, said) => {
    const { run, kernel, notices } = setUp({ allowKallsyms });
    const written: string[] = [];
    const { readText, readBytes, write } = {
      readText: kernel.readText.bind(kernel),
      readBytes: kernel.readBytes.bind(kernel),
      write: kernel.write.bind(kernel),
    };
    const restrict = '/proc/sys/kernel/kptr_restrict';
    kernel.readText = (file) => (file === restrict ? `${written.at(-1) ?? '1'}\n` : readText(file));
    kernel.readBytes = (file) =>
      file === '/proc/kallsyms' ? Buffer.from('0000000000000000 T a\n0000000000000000 T b\n') : readBytes(file);
    kernel.write = (file, words, mode) => {
      if (file === restrict) written.push(...words);
      else write(file, words, mode);
    };
    await run();
    expect(written).toEqual(expected);
    expect(notices).toEqual(said);
  });

  it('goes to a failed recording when the disk takes no more, and keeps what is there', async () => {
    const made = setUp();
    const { kernel } = made;
    const failing = startInlineRecorder(kernel);
    const { WriteError } = await import('../../src/session/record-output.ts');
    const result = new RecordSession(
      {
        ...requestOf(made.file),
        tracefs: made.tracefs,
        journalFolder: { path: made.journals, searched: [made.journals] },
        stop: made.stop.signal,
        startRecorder: async () =>
          Object.assign(failing, { failure: new WriteError({ attempted: 'writing f', why: 'ENOSPC' }) }),
      },
      { started: () => {}, progress: () => {}, stopped: () => {}, notice: () => {} },
    ).run();
    expect(await result).toMatchObject({ reason: 'write-failed', failure: { why: 'ENOSPC' } });
    expect(made.tracefs.top.read('current_tracer')).toBe('nop\n');
    expect(fs.existsSync(made.file)).toBe(true);
  });
});

function requestOf(file: string): Omit<RecordRequest, 'tracefs' | 'journalFolder' | 'stop' | 'startRecorder'> {
  return {
    title: 'record',
    makePlans: () => [
      {
        name: '',
        plan: planGraph(common, 2, { functions: ['do_sys_openat2'], notrace: [], depth: undefined, options: {} }),
      },
    ],
    watchedPids: [],
    maxRate: Number.POSITIVE_INFINITY,
    roundMs: 5,
    target: { path: file, force: false, format: { version: 7, compression: 'none' }, maxBytes: undefined },
    formats: new Set(),
    allowKallsyms: false,
    producer: 'ftui test',
    savedNames: undefined,
    date: false,
    offset: undefined,
    otherOptions: [],
    force: false,
  };
}
