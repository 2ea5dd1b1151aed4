import { describe, expect, it } from 'vitest';
import { TracefsError } from '../../src/base/errors.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { listCpus } from '../../src/tracefs/trace-directory.ts';
import { checkInstanceName, Tracefs } from '../../src/tracefs/tracefs.ts';
import { readFixture } from '../simulated/fixtures.ts';

const root = '/sys/kernel/tracing';
const fixture = readFixture('6.12');

function setUp() {
  const kernel = new SimulatedKernel(fixture);
  return { kernel, tracefs: new Tracefs(kernel, root) };
}

function errorOf(work: () => unknown): TracefsError {
  try {
    work();
  } catch (error) {
    if (error instanceof TracefsError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('paths', () => {
  it.each(['../x', 'a/../b', '/etc/passwd', '', '.', './x', 'a//b', 'a/', 'events/..', '..'])(
    'none escapes: %j',
    (file) => {
      const { top } = setUp().tracefs;
      const { writes } = setUp().kernel;
      const message = /it is no file of tracefs/;
      expect(() => top.read(file)).toThrow(message);
      expect(() => top.write(file, 'x')).toThrow(message);
      expect(() => top.mkdir(file)).toThrow(message);
      expect(() => top.rmdir(file)).toThrow(message);
      expect(() => top.list(file)).toThrow(message);
      expect(() => top.openStream(file)).toThrow(message);
      expect(writes).toEqual([]);
    },
  );

  it.each(['..', '.', 'a/b', '', 'a b', 'a\nb', 'x'.repeat(201), 'ä'])('no instance is called %j', (name) => {
    expect(() => setUp().tracefs.instance(name)).toThrow(/it is no name for a folder of instances/);
    expect(() => checkInstanceName(name)).toThrow();
  });

  it('takes the names that the kernel takes', () => {
    for (const name of ['ftui-12', 'a.b', 'a:b@c_d', '..a']) checkInstanceName(name);
  });
});

describe('refusals', () => {
  it('carry operation, file, value and errno', () => {
    const { top } = setUp().tracefs;
    expect(errorOf(() => top.write('current_tracer', 'nosuch'))).toMatchObject({
      operation: 'write',
      file: `${root}/current_tracer`,
      value: 'nosuch',
      code: 'EINVAL',
      message: `write 'nosuch' to ${root}/current_tracer: EINVAL: the tracer cannot be used here`,
      remedy: 'see available_tracers',
    });
    expect(errorOf(() => top.write('kprobe_events', '-:a/b\n', 'append'))).toMatchObject({
      operation: 'append',
      code: 'ENOENT',
    });
    expect(errorOf(() => top.read('nosuch'))).toMatchObject({ operation: 'read', code: 'ENOENT', value: undefined });
    expect(errorOf(() => top.rmdir('instances/none'))).toMatchObject({ operation: 'rmdir', code: 'ENOENT' });
    expect(errorOf(() => top.list('nosuch'))).toMatchObject({ operation: 'list', code: 'ENOENT' });
    expect(errorOf(() => top.openStream('nosuch'))).toMatchObject({ operation: 'open', code: 'ENOENT' });
  });

  it('say truncate for an emptied file', () => {
    const { kernel, tracefs } = setUp();
    kernel.failWrite((path) => path.endsWith('/set_event'), 'EIO');
    expect(errorOf(() => tracefs.top.write('set_event', []))).toMatchObject({
      operation: 'truncate',
      value: undefined,
    });
  });

  it('let an error that is none of the kernel through', () => {
    const { kernel, tracefs } = setUp();
    kernel.readText = () => {
      throw new RangeError('a mistake of ours');
    };
    expect(() => tracefs.top.read('tracing_on')).toThrow(RangeError);
  });

  it("bring the kernel's own words with the caret under the mistake", () => {
    const { top } = setUp().tracefs;
    const error = errorOf(() => top.write('events/sched/sched_switch/filter', 'prev_pid == abc'));
    const [head, command, caret] = error.kernelMessage!.split('\n');
    expect(head).toMatch(/error: Invalid value \(did you forget quotes\)\?$/);
    expect(command).toContain('prev_pid == abc');
    expect(caret!.indexOf('^')).toBeGreaterThanOrEqual(command!.indexOf('abc'));
  });

  it('do not repeat what the log said about an earlier write', () => {
    const { kernel, tracefs } = setUp();
    const filter = 'events/sched/sched_switch/filter';
    errorOf(() => tracefs.top.write(filter, 'nosuch == 1'));
    kernel.failWrite((path) => path.endsWith('/filter'), 'EINVAL');
    const stale = errorOf(() => tracefs.top.write(filter, '((('));
    expect(stale.kernelMessage).toBeUndefined();
    expect(stale.message).toBe(
      `write '(((' to ${root}/${filter}: EINVAL: the kernel does not understand the expression`,
    );
  });

  it("of an instance's filter are explained from the instance's own log", () => {
    const { tracefs } = setUp();
    tracefs.top.mkdir('instances/a');
    const file = 'events/sched/sched_switch/filter';
    for (const work of [
      () => tracefs.top.write(`instances/a/${file}`, 'nosuch == 1'),
      () => tracefs.instance('a').write(file, 'nosuch == 1'),
    ]) {
      expect(errorOf(work).kernelMessage).toMatch(/Field not found/);
    }
    expect(tracefs.top.read('error_log')).toBe('');
  });

  it('of other files never look at the log', () => {
    const { kernel, tracefs } = setUp();
    errorOf(() => tracefs.top.write('events/sched/sched_switch/filter', 'nosuch == 1'));
    kernel.failRead((path) => path.endsWith('error_log'), 'EIO');
    expect(errorOf(() => tracefs.top.write('current_tracer', 'x')).kernelMessage).toBeUndefined();
  });

  it('stay explained by their errno where error_log cannot be read', () => {
    const kernel = new SimulatedKernel(fixture, { withoutFiles: ['error_log'] });
    const { top } = new Tracefs(kernel, root);
    expect(errorOf(() => top.write('events/sched/sched_switch/filter', 'x == 1')).kernelMessage).toBeUndefined();
  });
});

describe('writes', () => {
  it('are one word each, in the mode asked for', () => {
    const { kernel, tracefs } = setUp();
    tracefs.top.write('set_event_pid', ['1\n', '2\n']);
    tracefs.top.write('set_event_pid', '3\n', 'append');
    expect(kernel.writes).toEqual([
      { path: `${root}/set_event_pid`, value: '1\n', mode: 'truncate' },
      { path: `${root}/set_event_pid`, value: '2\n', mode: 'truncate' },
      { path: `${root}/set_event_pid`, value: '3\n', mode: 'append' },
    ]);
    expect(tracefs.top.read('set_event_pid')).toBe('1\n2\n3\n');
  });
});

describe('the whole', () => {
  it('lists CPUs by number and instances by name', () => {
    const { tracefs } = setUp();
    expect(listCpus(tracefs.top)).toEqual([0, 1]);
    for (const name of ['b', 'a']) tracefs.top.mkdir(`instances/${name}`);
    expect(tracefs.instanceNames()).toEqual(['a', 'b']);
    expect(tracefs.directories().map(({ instance }) => instance)).toEqual([undefined, 'a', 'b']);
  });

  it('has no instances where there is no such folder', () => {
    expect(new Tracefs(new SimulatedKernel(fixture, { uid: 1000 }), root).instanceNames()).toEqual([]);
  });
});
