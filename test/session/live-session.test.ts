/** A whole session on the simulated kernel: what it delivers, and that it leaves every setting as it was. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusyError, TracefsError } from '../../src/base/errors.ts';
import { asPid } from '../../src/base/units.ts';
import { recoverKilledSessions } from '../../src/control/recovery.ts';
import { planEvents, planProbes } from '../../src/control/session-plans.ts';
import type { SessionRequest } from '../../src/session/live-session.ts';
import { statText } from '../control/tracefs-setup.ts';
import { common, type RecordedSession, recordedSession, root } from './recorded-session.ts';

let session: RecordedSession;
beforeEach(() => {
  session = recordedSession();
});
afterEach(() => session.dispose());

/** Uses another one than beforeEach has made. */
function replace(...parts: Parameters<typeof recordedSession>): RecordedSession {
  session.dispose();
  session = recordedSession(...parts);
  return session;
}

const noCommand: Partial<SessionRequest> = { startCommand: undefined };
const events: Partial<SessionRequest> = {
  title: 'event sched_switch',
  startCommand: undefined,
  makePlan: () => planEvents(common, 2, { events: [{ system: 'sched', event: 'sched_switch' }], stack: false }),
};

describe('the main job', () => {
  it('delivers the 34 trees of the recording, and puts every setting back', async () => {
    const before = session.kernel.snapshot();
    const result = await session.run();
    session.consumer.graph!.finish();
    expect(session.consumer.trees).toHaveLength(34);
    expect(session.consumer.trees.every(({ incomplete }) => !incomplete)).toBe(true);
    expect(result).toMatchObject({ reason: 'command', lost: 0, command: { code: 0, signal: null } });
    expect(result.records).toBe(session.consumer.items_.length);
    expect(session.kernel.snapshot()).toEqual(before);
    expect(session.journalFiles()).toEqual([]);
    expect(session.consumer.notices).toEqual([]);
  });

  it('gives items in order of time', async () => {
    await session.run();
    const times = session.consumer.items_.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('begins first, stops last, and lets the command go only when tracing is on', async () => {
    const log: string[] = [];
    session.consumer.onBegin = () => {
      log.push(`begin: on ${session.tracefs.top.read('tracing_on').trim()}, command ${session.command!.released}`);
    };
    session.consumer.onStopped = () => {
      log.push(
        `stopped: on ${session.tracefs.top.read('tracing_on').trim()}, tracer ${session.tracefs.top.read('current_tracer').trim()}`,
      );
    };
    await session.run();
    expect(log).toEqual(['begin: on 1, command false', 'stopped: on 0, tracer function_graph']);
    expect(session.consumer.calls[0]).toBe('begin');
    expect(session.consumer.calls.at(-1)).toBe('stopped');
    const traced = session.kernel.writes.find(({ path }) => path.endsWith('/set_ftrace_pid'));
    expect(traced?.value).toBe('4711\n');
  });

  it('has its journal on disk before the first write', async () => {
    const { kernel } = session;
    let files: string[] | undefined;
    const write = kernel.write.bind(kernel);
    kernel.write = (...parts) => {
      files ??= session.journalFiles();
      write(...parts);
    };
    await session.run();
    expect(files).toEqual(['top-level.json']);
  });

  it('keeps no listener on the process', async () => {
    const before = process.listenerCount('exit');
    await session.run();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('its end', () => {
  it.each([
    ['before it begins', (made: RecordedSession) => made.stop.abort('interrupted')],
    [
      'while it sets up',
      (made: RecordedSession) => {
        made.consumer.onBegin = () => made.stop.abort('interrupted');
      },
    ],
    [
      'at the first items',
      (made: RecordedSession) => {
        made.consumer.onItems = () => {
          made.stop.abort('interrupted');
          return true;
        };
      },
    ],
    [
      'after 100 ms',
      (made: RecordedSession) => {
        setTimeout(() => made.stop.abort('interrupted'), 100);
      },
    ],
    [
      'while it is stopped already',
      (made: RecordedSession) => {
        made.consumer.onStopped = () => made.stop.abort('interrupted');
        setTimeout(() => made.stop.abort('interrupted'), 50);
      },
    ],
  ])('by Ctrl-C %s', async (_, arrange) => {
    const made = replace(2_000);
    const before = made.kernel.snapshot();
    arrange(made);
    const begun = performance.now();
    const result = await made.run();
    expect(result.reason).toBe('interrupted');
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(made.kernel.snapshot()).toEqual(before);
    expect(made.journalFiles()).toEqual([]);
  });

  it('by duration, to some milliseconds', async () => {
    const made = replace(5_000);
    const before = made.kernel.snapshot();
    const result = await made.run({ durationMs: 150 });
    expect(result.reason).toBe('duration');
    expect(result.wallMs).toBeGreaterThanOrEqual(149);
    expect(result.wallMs).toBeLessThan(1_000);
    expect(made.kernel.snapshot()).toEqual(before);
  });

  it('when the consumer wants no more', async () => {
    const made = replace(2_000);
    let calls = 0;
    made.consumer.onItems = () => {
      calls += 1;
      return false;
    };
    expect(await made.run()).toMatchObject({ reason: 'max-events' });
    expect(calls).toBe(1);
  });

  it('when the output has gone', async () => {
    const made = replace(2_000);
    setTimeout(() => made.stop.abort('output-closed'), 60);
    expect(await made.run(noCommand)).toMatchObject({ reason: 'output-closed', command: undefined });
  });

  it('when all watched processes have', async () => {
    const made = replace(10_000, { files: { '/proc/77/stat': statText(77, '5'), '/proc/78/stat': statText(78, '5') } });
    let looks = 0;
    made.consumer.onIdle = () => {
      looks += 1;
      made.kernel.setFile(looks === 1 ? '/proc/77/stat' : '/proc/78/stat', undefined);
    };
    expect(await made.run({ ...noCommand, watchedPids: [asPid(77), asPid(78)] })).toMatchObject({
      reason: 'pids-gone',
    });
    expect(looks).toBe(2);
  });

  it('when more comes than a live view can take', async () => {
    const made = replace(10_000);
    let entries = 0;
    made.consumer.onIdle = () => {
      entries += 5_000;
      made.kernel.setStats(0, { entries });
    };
    const result = await made.run({ ...noCommand, maxRate: 1_000 });
    expect(result.reason).toBe('overload');
    expect(made.consumer.notices).toEqual([
      expect.stringMatching(
        /^tracing stopped: \d+ events a second came in \(narrow the filter, or raise --max-rate\)$/,
      ),
    ]);
  });

  it('when probes are hit more often than that, also where a filter keeps the hits out of the buffer', async () => {
    const made = replace(10_000);
    const definition = { file: 'kprobe_events' as const, group: 'ftui_7', event: 'a', line: 'p:ftui_7/a vfs_open' };
    const probe = { definition, label: 'vfs_open', fields: [] };
    let hits = 0;
    made.consumer.onIdle = () => {
      hits += 1_000_000;
      made.kernel.setProbeHits('ftui_7/a', hits);
    };
    const makePlan = () => planProbes(common, { probes: [probe], filter: 'common_pid == 0', stack: false });
    const result = await made.run({ ...noCommand, makePlan, maxRate: 100_000 });
    expect(result.reason).toBe('overload');
    expect(made.consumer.notices).toEqual([expect.stringMatching(/^tracing stopped: \d+ hits a second came in /)]);
  });

  it('by a consumer that fails: restored, and the failure comes out', async () => {
    const before = session.kernel.snapshot();
    session.consumer.onItems = () => {
      throw new RangeError('a mistake of the view');
    };
    await expect(session.run()).rejects.toThrow('a mistake of the view');
    expect(session.kernel.snapshot()).toEqual(before);
    expect(session.journalFiles()).toEqual([]);
    expect(session.command!.abandoned).toBe(true);
  });

  it('by a command that cannot be started: nothing was written', async () => {
    session.kernel.writes.length = 0;
    const startCommand = () => {
      throw new Error('no such user');
    };
    await expect(session.run({ startCommand })).rejects.toThrow('no such user');
    expect(session.kernel.writes).toEqual([]);
  });
});

describe('losses', () => {
  it('that only the kernel counted are in the result, by CPU and by cause', async () => {
    session.consumer.onItems = () => {
      session.kernel.setStats(0, { overrun: 7 });
      session.kernel.setStats(1, { dropped: 2 });
      return true;
    };
    const { lost, lostByCpu, lossCauses } = await session.run();
    expect(lost).toBe(9);
    expect(lossCauses).toEqual({ overrun: 7, nested: 0, full: 2 });
    expect([...lostByCpu]).toEqual([
      [0, 7],
      [1, 2],
    ]);
  });
});

describe('a write that fails', () => {
  /** Writes of a whole session: those before the restore, and all of them. */
  async function countWrites(): Promise<{ planned: number; all: number }> {
    const trial = recordedSession();
    trial.kernel.writes.length = 0;
    let planned = 0;
    trial.consumer.onStopped = () => {
      planned = trial.kernel.writes.length;
    };
    await trial.run();
    trial.dispose();
    return { planned, all: trial.kernel.writes.length };
  }

  it('at any place of the plan: everything is put back, and the error names it', async () => {
    const { planned } = await countWrites();
    expect(planned).toBeGreaterThan(8);
    for (let position = 0; position < planned; position += 1) {
      const made = replace(5);
      const before = made.kernel.snapshot();
      made.kernel.writes.length = 0;
      made.kernel.failWrite((path) => path.startsWith(root), 'EIO', { after: position, times: 1 });
      const error = await made.run().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(TracefsError);
      const { path, value, mode } = made.kernel.writes.find(({ code }) => code === 'EIO')!;
      const operation = mode === 'append' ? 'append' : value === '' ? 'truncate' : 'write';
      expect(error).toMatchObject({ code: 'EIO', file: path, operation, exitStatus: 1 });
      const words = value === '' ? path : `'${value.trimEnd()}' to ${path}`;
      expect((error as Error).message).toBe(`${operation} ${words}: EIO`);
      expect(made.kernel.snapshot()).toEqual(before);
      expect(made.journalFiles()).toEqual([]);
      expect(made.command!.abandoned).toBe(true);
    }
  });

  it('at any place of the restore: the rest is put back, the user is told, and the next command finishes it', async () => {
    const { planned, all } = await countWrites();
    expect(all).toBeGreaterThan(planned + 5);
    for (let position = planned; position < all; position += 1) {
      const made = replace(5);
      const before = made.kernel.snapshot();
      made.kernel.failWrite((path) => path.startsWith(root), 'EIO', { after: position, times: 1 });
      const result = await made.run();
      expect(result.reason).toBe('command');
      const failed = made.consumer.notices.filter((text) => text.startsWith('could not restore: '));
      expect(failed).toHaveLength(1);
      expect(failed[0]).toMatch(/: EIO$/);
      expect(made.journalFiles()).toEqual(['top-level.json']);
      // This process has no /proc entry in the simulated kernel: to the journal it is dead.
      const recoveries = recoverKilledSessions(made.tracefs, [made.journals]);
      expect(recoveries.map(({ report }) => report.failed)).toEqual([[]]);
      expect(made.kernel.snapshot()).toEqual(before);
      expect(made.journalFiles()).toEqual([]);
    }
  });

  it('because tracefs is read-only', async () => {
    const made = replace(5);
    made.kernel.writes.length = 0;
    made.kernel.failOpen((path) => path === `${root}/trace`, 'EROFS');
    await expect(made.run()).rejects.toMatchObject({ code: 'EROFS', exitStatus: 4 });
    expect(made.journalFiles()).toEqual([]);
  });

  it('because the streams cannot be opened', async () => {
    const before = session.kernel.snapshot();
    session.kernel.failOpen((path) => path.endsWith('cpu1/trace_pipe_raw'), 'EBUSY');
    await expect(session.run()).rejects.toMatchObject({ code: 'EBUSY', operation: 'open' });
    expect(session.kernel.snapshot()).toEqual(before);
    expect(session.journalFiles()).toEqual([]);
  });
});

describe('an own instance', () => {
  it('comes and goes, and nothing of the top level changes', async () => {
    const before = session.kernel.snapshot();
    const result = await session.run({ ...events, durationMs: 50 });
    expect(result.reason).toBe('duration');
    expect(session.tracefs.instanceNames()).toEqual([]);
    expect(session.kernel.snapshot()).toEqual(before);
    const outside = session.kernel.writes.slice(1).filter(({ path }) => !path.includes('/instances/ftui-7'));
    expect(outside).toEqual([]);
  });

  it('that is busy for a moment is removed all the same', async () => {
    session.consumer.onStopped = () => {
      session.kernel.failWrite((path) => path.endsWith('/instances/ftui-7'), 'EBUSY', { times: 3 });
    };
    await session.run({ ...events, durationMs: 20 });
    expect(session.tracefs.instanceNames()).toEqual([]);
    expect(session.consumer.notices).toEqual([]);
    expect(session.journalFiles()).toEqual([]);
  });

  it('runs beside a user of the top level', async () => {
    session.tracefs.top.write('current_tracer', 'function');
    const before = session.kernel.snapshot();
    expect((await session.run({ ...events, durationMs: 20 })).reason).toBe('duration');
    expect(session.kernel.snapshot()).toEqual(before);
  });

  it('that cannot be made leaves nothing behind', async () => {
    const before = session.kernel.snapshot();
    session.kernel.failWrite((path) => path.endsWith('/instances/ftui-7'), 'ENOMEM', { times: 1 });
    await expect(session.run({ ...events, durationMs: 20 })).rejects.toMatchObject({
      operation: 'mkdir',
      code: 'ENOMEM',
    });
    expect(session.kernel.snapshot()).toEqual(before);
    expect(session.journalFiles()).toEqual([]);
  });
});

describe('somebody else in the top level', () => {
  it('is not disturbed: exit 5, with what was found, and no write at all', async () => {
    session.tracefs.top.write('current_tracer', 'function');
    session.kernel.writes.length = 0;
    const failure = await session.run().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BusyError);
    expect(failure).toMatchObject({
      exitStatus: 5,
      message: "starting 'graph do_sys_openat2': someone else is tracing: current_tracer is function",
      remedy: '`ftui status` shows it all; --force goes on and restores these settings afterwards',
    });
    expect(session.kernel.writes).toEqual([]);
    expect(session.journalFiles()).toEqual([]);
  });

  it('gets all settings back after --force', async () => {
    const { top } = session.tracefs;
    top.write('set_graph_function', 'vfs_open\n');
    top.write('set_ftrace_filter', 'vfs_read\n');
    top.write('trace_clock', 'global');
    top.write('current_tracer', 'function');
    const before = session.kernel.snapshot();
    await session.run({ force: true });
    expect(session.consumer.notices[0]).toMatch(
      /^going on although someone else is tracing: current_tracer is function; /,
    );
    expect(session.kernel.snapshot()).toEqual(before);
  });

  it('who left entries in the idle buffer is mentioned', async () => {
    session.kernel.setStats(0, { entries: 12 });
    await session.run();
    expect(session.consumer.notices).toEqual(['erasing 12 old entries from the idle buffer of the top level']);
  });
});

describe('the kernel’s own text', () => {
  it('comes as lines, through trace_pipe', async () => {
    const text = [
      { atMs: 0, text: 'one\ntwo\n' },
      { atMs: 20, text: 'three\n' },
    ];
    const made = replace(5, { playback: { cpus: [], text } });
    const before = made.kernel.snapshot();
    const result = await made.run({ textPipe: true });
    expect(made.consumer.texts).toEqual(['one', 'two', 'three']);
    expect(made.consumer.context!.catalogue).toBeUndefined();
    expect(result.records).toBe(3);
    expect(made.kernel.snapshot()).toEqual(before);
  });
});
