import { describe, expect, it } from 'vitest';
import { loadDemoRecording } from '../../src/simulated/demo-recording.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { fixtureFiles, readFixture } from './fixtures.ts';

const tracing = '/sys/kernel/tracing';
const fixture = readFixture('6.12');

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'fine';
}

describe('what is mounted and who asks', () => {
  it('says what it is', () => {
    expect(new SimulatedKernel(fixture).description).toBe('simulated kernel 6.12 (fixture of a real one)');
  });

  it('has tracefs where it is mounted, and mountinfo says so', () => {
    const kernel = new SimulatedKernel(fixture, { mount: 'none' });
    expect(kernel.readText('/proc/self/mountinfo')).not.toMatch(/tracefs|debugfs/);
    expect(kernel.list(tracing)).toEqual([]);
    expect(codeOf(() => kernel.write(`${tracing}/tracing_on`, ['1'], 'overwrite'))).toBe('ENOENT');
    kernel.mountAt('tracefs');
    expect(kernel.readText('/proc/self/mountinfo')).toContain(` ${tracing} rw`);
    expect(kernel.readText(`${tracing}/tracing_on`)).toBe('1\n');
    kernel.mountAt('debugfs');
    expect(kernel.readText('/proc/self/mountinfo')).not.toContain('tracefs');
    expect(kernel.readText('/sys/kernel/debug/tracing/tracing_on')).toBe('1\n');
    expect(kernel.exists(`${tracing}/tracing_on`)).toBe(false);
  });

  it('refuses every change of a read-only mount', () => {
    const kernel = new SimulatedKernel(fixture, { readOnly: true });
    const before = kernel.snapshot();
    expect(codeOf(() => kernel.write(`${tracing}/tracing_on`, ['0'], 'overwrite'))).toBe('EROFS');
    expect(codeOf(() => kernel.write(`${tracing}/trace`, [], 'truncate'))).toBe('EROFS');
    expect(codeOf(() => kernel.mkdir(`${tracing}/instances/a`))).toBe('EROFS');
    expect(kernel.snapshot()).toEqual(before);
    expect(kernel.readText('/proc/self/mountinfo')).toMatch(/tracing ro,/);
  });

  it('lets nobody but root in, and hides addresses', () => {
    const kernel = new SimulatedKernel(fixture, { uid: 1000 });
    expect(codeOf(() => kernel.readText(`${tracing}/tracing_on`))).toBe('EACCES');
    expect(codeOf(() => kernel.list(`${tracing}/events`))).toBe('EACCES');
    expect(codeOf(() => kernel.mkdir(`${tracing}/instances/a`))).toBe('EACCES');
    expect(kernel.exists(`${tracing}/tracing_on`)).toBe(false);
    expect(kernel.exists(tracing)).toBe(true);
    expect(kernel.readText('/proc/kallsyms')).toMatch(/^0{16} . \w/);
    expect(new SimulatedKernel(fixture).readText('/proc/kallsyms')).toMatch(/^(?!0{16} A)[0-9a-f]{16} . \w/m);
  });

  it('throws errors as Node reports them', () => {
    const kernel = new SimulatedKernel(fixture);
    expect(() => kernel.readText(`${tracing}/nosuch`)).toThrow(
      expect.objectContaining({ code: 'ENOENT', errno: -2, path: `${tracing}/nosuch` }),
    );
  });
});

describe('what a kernel lacks', () => {
  it('loses files, folders of events, and tracers with their options', () => {
    const kernel = new SimulatedKernel(fixture, {
      withoutFiles: ['kprobe_events', 'events/sched'],
      withoutTracers: ['function_graph'],
    });
    expect(kernel.exists(`${tracing}/kprobe_events`)).toBe(false);
    expect(kernel.exists(`${tracing}/events/sched`)).toBe(false);
    expect(kernel.readText(`${tracing}/available_tracers`)).not.toContain('function_graph');
    expect(kernel.exists(`${tracing}/options/funcgraph-tail`)).toBe(false);
    expect(codeOf(() => kernel.write(`${tracing}/current_tracer`, ['function_graph'], 'overwrite'))).toBe('EINVAL');
  });

  it('refuses the function files on a kernel that lists but does not open them', () => {
    const kernel = new SimulatedKernel(readFixture('6.18'));
    expect(kernel.exists(`${tracing}/set_ftrace_filter`)).toBe(true);
    expect(codeOf(() => kernel.readText(`${tracing}/available_filter_functions`))).toBe('EPERM');
    expect(codeOf(() => kernel.write(`${tracing}/set_ftrace_pid`, ['1'], 'overwrite'))).toBe('EPERM');
    expect(kernel.exists(`${tracing}/kprobe_events`)).toBe(false);
    kernel.write(`${tracing}/uprobe_events`, ['p:ftui_1/a /bin/bash:0x1190\n'], 'append');
    kernel.write(`${tracing}/events/ftui_1/a/enable`, ['1\n'], 'overwrite');
    kernel.mkdir(`${tracing}/instances/ftui-1`);
    expect(kernel.readText(`${tracing}/instances/ftui-1/events/ftui_1/a/format`)).toContain('__probe_ip');
  });
});

describe('words, indexes and modules', () => {
  it('takes indexes one word a write, and writes the rest again', () => {
    const kernel = new SimulatedKernel(fixture);
    const names = kernel.readText(`${tracing}/available_filter_functions`).trimEnd().split('\n');
    kernel.write(`${tracing}/set_ftrace_filter`, ['2 3\n', '5\n'], 'truncate');
    expect(kernel.readText(`${tracing}/set_ftrace_filter`)).toBe(`${names[1]}\n${names[2]}\n${names[4]}\n`);
  });

  it('chooses the functions of a module', () => {
    const kernel = new SimulatedKernel(fixture);
    const names = kernel.readText(`${tracing}/available_filter_functions`).trimEnd().split('\n');
    const [, module] = /\[(.*)\]$/.exec(names.find((name) => name.endsWith(']'))!)!;
    kernel.write(`${tracing}/set_ftrace_filter`, [`:mod:${module}\n`], 'truncate');
    const wanted = names.filter((name) => name.endsWith(`[${module}]`));
    expect(kernel.readText(`${tracing}/set_ftrace_filter`)).toBe(`${wanted.join('\n')}\n`);
  });
});

describe('faults and log', () => {
  it('fails the calls it was told to, and logs every change in order', () => {
    const kernel = new SimulatedKernel(fixture);
    kernel.failWrite((path) => path.endsWith('/tracing_on'), 'EIO', { after: 1, times: 1 });
    kernel.write(`${tracing}/tracing_on`, ['0\n'], 'overwrite');
    expect(codeOf(() => kernel.write(`${tracing}/tracing_on`, ['1\n'], 'overwrite'))).toBe('EIO');
    kernel.write(`${tracing}/tracing_on`, ['1\n'], 'overwrite');
    kernel.mkdir(`${tracing}/instances/a`);
    expect(kernel.writes).toEqual([
      { path: `${tracing}/tracing_on`, value: '0\n', mode: 'overwrite' },
      { path: `${tracing}/tracing_on`, value: '1\n', mode: 'overwrite', code: 'EIO' },
      { path: `${tracing}/tracing_on`, value: '1\n', mode: 'overwrite' },
      { path: `${tracing}/instances/a`, value: '', mode: 'mkdir' },
    ]);
    kernel.failOpen((path) => path.endsWith('trace_pipe'), 'EBUSY');
    expect(codeOf(() => kernel.openStream(`${tracing}/trace_pipe`))).toBe('EBUSY');
  });

  it('snapshots every setting, and a setting put back makes it equal again', () => {
    const kernel = new SimulatedKernel(fixture);
    kernel.write(`${tracing}/buffer_size_kb`, ['100\n'], 'overwrite');
    const before = kernel.snapshot();
    expect(before.get(`${tracing}/trace_clock`)).toContain('[');
    expect(before.has(`${tracing}/events/sched/sched_switch/filter`)).toBe(true);
    kernel.write(`${tracing}/set_event_pid`, ['1\n'], 'overwrite');
    kernel.mkdir(`${tracing}/instances/a`);
    expect(kernel.snapshot()).not.toEqual(before);
    kernel.rmdir(`${tracing}/instances/a`);
    kernel.write(`${tracing}/set_event_pid`, [], 'truncate');
    expect(kernel.snapshot()).toEqual(before);
  });

  it('shows what tests say about hits, losses and other files', () => {
    const kernel = new SimulatedKernel(fixture, {
      files: { '/proc/77/comm': 'bash\n' },
      links: { '/proc/77/exe': '/bin/bash' },
    });
    kernel.write(`${tracing}/kprobe_events`, ['p:ftui_1/a vfs_open\n'], 'append');
    kernel.setProbeHits('ftui_1/a', 12, 3);
    expect(kernel.readText(`${tracing}/kprobe_profile`)).toMatch(/^ {2}a {44}\s+12\s+3\n$/);
    kernel.setStats(1, { overrun: 7 });
    expect(kernel.readText(`${tracing}/per_cpu/cpu1/stats`)).toContain('overrun: 7\n');
    expect(kernel.readText('/proc/77/comm')).toBe('bash\n');
    expect(kernel.readLink('/proc/77/exe')).toBe('/bin/bash');
    kernel.setFile('/proc/77/comm', undefined);
    expect(kernel.exists('/proc/77/comm')).toBe(false);
  });
});

describe('playback', () => {
  const page = (fill: number) => new Uint8Array(4096).fill(fill);

  it('gives one page a read, when it is due, to whoever is live', () => {
    let now = 0;
    const cpus = [
      [
        { atMs: 0, bytes: page(1) },
        { atMs: 50, bytes: page(2) },
      ],
      [{ atMs: 200, bytes: page(3) }],
    ];
    const kernel = new SimulatedKernel(fixture, { playback: { cpus }, clock: () => now });
    const instance = `${tracing}/instances/a`;
    kernel.mkdir(instance);
    const streams = [0, 1].map((cpu) => kernel.openStream(`${instance}/per_cpu/cpu${cpu}/trace_pipe_raw`));
    const into = new Uint8Array(8192);
    expect(streams[0]!.read(into)).toBe(-1);
    kernel.write(`${instance}/events/sched/sched_switch/enable`, ['1'], 'overwrite');
    expect(streams[0]!.read(into)).toBe(4096);
    expect(into[0]).toBe(1);
    expect(streams[0]!.read(into)).toBe(-1);
    now = 60;
    expect(streams[0]!.read(into.subarray(0, 1000))).toBe(1000);
    expect(streams[0]!.read(into)).toBe(3096);
    expect(kernel.playbackDone).toBe(false);
    kernel.write(`${instance}/tracing_on`, ['0'], 'overwrite');
    now = 500;
    expect(streams[1]!.read(into)).toBe(-1);
    for (const stream of streams) stream.close();
    kernel.rmdir(instance);
  });

  it('makes the text of a counter anew for each reading from its start', () => {
    const kernel = new SimulatedKernel(fixture);
    const stats = kernel.openStream(`${tracing}/per_cpu/cpu0/stats`);
    const into = new Uint8Array(1024);
    const text = () => Buffer.from(into.subarray(0, stats.readAgain(into))).toString();
    expect(text()).toMatch(/^entries: \d+\n[\s\S]*^bytes: \d+$/m);
    expect(text()).toMatch(/^entries: /);
    stats.close();
    const pages = kernel.openStream(`${tracing}/per_cpu/cpu0/trace_pipe_raw`);
    expect(codeOf(() => pages.readAgain(into))).toBe('ESPIPE');
    pages.close();
  });

  it('plays the demo recording: real pages of ls, with its symbols', () => {
    let now = 0;
    const demo = loadDemoRecording(fixtureFiles('demo'), 1000);
    expect(demo.fixture).toBe('6.12_x86-64');
    const kernel = new SimulatedKernel(fixture, { ...demo, clock: () => now });
    expect(kernel.readText(`${tracing}/saved_cmdlines`)).toMatch(/^\d+ ls$/m);
    expect(kernel.readText('/proc/kallsyms')).toMatch(/ do_sys_openat2$/m);
    kernel.write(`${tracing}/set_graph_function`, ['do_sys_openat2\n'], 'truncate');
    kernel.write(`${tracing}/current_tracer`, ['function_graph\n'], 'overwrite');
    const streams = demo.playback.cpus.map((_, cpu) =>
      kernel.openStream(`${tracing}/per_cpu/cpu${cpu}/trace_pipe_raw`),
    );
    const into = new Uint8Array(4096);
    const drain = () =>
      streams.reduce((sum, stream) => {
        let pages = 0;
        while (stream.read(into) === 4096) pages += 1;
        return sum + pages;
      }, 0);
    const early = drain();
    now = 1001;
    const late = drain();
    expect(early).toBeGreaterThan(0);
    expect(early).toBeLessThan(late);
    expect(early + late).toBe(demo.playback.cpus.flat().length);
    expect(kernel.playbackDone).toBe(true);
  });
});
