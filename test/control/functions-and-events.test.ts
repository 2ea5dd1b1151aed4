/** Names of the command line against what the kernel has: functions, moved entry points, events, kprobe targets. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError, UsageError } from '../../src/base/errors.ts';
import { readEventList, selectEvents } from '../../src/control/event-list.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { parseFunctionList, selectFunctions } from '../../src/control/function-list.ts';
import { resolveKprobes } from '../../src/control/kprobe-request.ts';
import { readKernelFunctions } from '../../src/control/kprobe-target.ts';
import { describeMove, movedFunctions, resolveMovedFunctions } from '../../src/control/moved-functions.ts';
import {
  chooseFunctions,
  planEvents,
  planProbes,
  readFunctionList,
  refuseEverything,
  requireOption,
  requireTracer,
} from '../../src/control/session-plans.ts';
import { errorFrom, root, setUp, versions } from './tracefs-setup.ts';

const list = parseFunctionList('vfs_open\nvfs_read\nvfs_write\nvfs_read\nbtrfs_open [btrfs]\next4_open [ext4]\n[odd\n');

describe('selectFunctions', () => {
  it.each([
    [['vfs_open'], ['vfs_open'], [1]],
    [['vfs_read'], ['vfs_read', 'vfs_read'], [2, 4]],
    [['*_open'], ['vfs_open', 'btrfs_open', 'ext4_open'], [1, 5, 6]],
    [
      ['vfs_write', 'vfs_open'],
      ['vfs_open', 'vfs_write'],
      [1, 3],
    ],
    [['[btrfs]:*'], ['btrfs_open'], [5]],
    [['btrfs:btrfs_open'], ['btrfs_open'], [5]],
    [['[*]:*_open'], ['btrfs_open', 'ext4_open'], [5, 6]],
    [
      ['vfs_*', 'vfs_open'],
      ['vfs_open', 'vfs_read', 'vfs_write', 'vfs_read'],
      [1, 2, 3, 4],
    ],
    [[], [], []],
  ])('%j', (patterns, names, indexes) => {
    expect(selectFunctions(list, patterns)).toEqual({ names, indexes });
  });

  it('names the nearest three for a name that is not there', () => {
    const error = errorFrom(UsageError, () => selectFunctions(list, ['vfs_raed']));
    expect(error).toMatchObject({
      message: 'tracing vfs_raed: no such function in available_filter_functions',
      remedy: expect.stringMatching(/^nearest: vfs_read/),
      exitStatus: 2,
    });
  });

  it('says that a glob matches nothing, also behind one that does', () => {
    expect(errorFrom(UsageError, () => selectFunctions(list, ['vfs_*', 'nope_*'])).message).toBe(
      'tracing nope_*: no function that can be traced matches',
    );
    expect(() => selectFunctions(list, ['vfs_*', 'btrfs:vfs_*'])).toThrow(/tracing btrfs:vfs_\*/);
    expect(() => selectFunctions(list, [''])).toThrow(UsageError);
  });

  it.each(['5.10', '6.1', '6.12', '7.2'] as const)('%s has each line as the function it numbers', (version) => {
    const { tracefs } = setUp(version);
    const functions = readFunctionList(tracefs.top, 'x');
    const { names, indexes } = selectFunctions(functions, ['vfs_*']);
    expect(names.length).toBeGreaterThan(1);
    tracefs.top.write(
      'set_ftrace_filter',
      indexes.map((index) => `${index}\n`),
    );
    expect(tracefs.top.read('set_ftrace_filter').trim().split('\n')).toEqual(names);
  });
});

describe('moved entry points', () => {
  const has =
    (...names: string[]) =>
    (name: string) =>
      names.includes(name);

  it('adds the successor where the old function is still there, substitutes it where it is not', () => {
    expect(resolveMovedFunctions(['do_sys_open'], has('do_sys_open', 'do_sys_openat2')).names).toEqual([
      'do_sys_open',
      'do_sys_openat2',
    ]);
    expect(resolveMovedFunctions(['_do_fork'], has('kernel_clone')).names).toEqual(['kernel_clone']);
  });

  it('changes nothing on a kernel without the successor, and nothing else anywhere', () => {
    expect(resolveMovedFunctions(['do_sys_open'], has('do_sys_open'))).toEqual({ names: ['do_sys_open'], moved: [] });
    expect(resolveMovedFunctions(['vfs_open', 'do_sys_*'], has('do_sys_openat2')).moved).toEqual([]);
  });

  it('names each function once', () => {
    expect(resolveMovedFunctions(['do_sys_open', 'sys_open'], has('do_sys_openat2')).names).toEqual(['do_sys_openat2']);
  });

  it('says what it did', () => {
    expect(describeMove(movedFunctions[0]!)).toBe(
      'do_sys_open: since Linux 5.6 openat(2) no longer passes through it; tracing do_sys_openat2',
    );
  });

  it('leads nowhere in circles', () => {
    const names = new Set(movedFunctions.map(({ name }) => name));
    expect(names.size).toBe(movedFunctions.length);
    expect(movedFunctions.filter(({ successor }) => names.has(successor))).toEqual([]);
  });

  it.each(['5.10', '6.1', '6.12', '7.2'] as const)('on %s do_sys_open leads to do_sys_openat2', (version) => {
    const functions = readFunctionList(setUp(version).tracefs.top, 'x');
    const { names, moved } = chooseFunctions(functions, ['do_sys_open']);
    expect(names).toContain('do_sys_openat2');
    expect(moved.map(({ name }) => name)).toEqual(['do_sys_open']);
  });
});

describe('chooseFunctions', () => {
  it('keeps globs whole for the kernel, and module patterns as names', () => {
    expect(chooseFunctions(list, ['vfs_*', '[btrfs]:*', 'vfs_read']).names).toEqual([
      'vfs_*',
      'btrfs_open',
      'vfs_read',
    ]);
  });
});

describe('what a kernel lacks', () => {
  it('a tracer: which option brings it, and where to see it', () => {
    const { tracefs } = setUp('6.18');
    const error = errorFrom(UnsupportedError, () => requireTracer(tracefs.top, 'function_graph', 'graph x'));
    expect(`${error.message} (${error.remedy})`).toBe(
      'graph x: this kernel was built without CONFIG_FUNCTION_GRAPH_TRACER: it has no tracer function_graph (where there are kprobes, `ftui kprobe FUNC` shows its calls and FUNC%return their ends; `ftui demo` shows the bundled recording of a kernel that has it)',
    );
    requireTracer(setUp('6.12').tracefs.top, 'function_graph', 'graph x');
  });

  it('a list of functions', () => {
    const { tracefs } = setUp('6.12', { withoutFiles: ['available_filter_functions'] });
    expect(() => readFunctionList(tracefs.top, 'graph x')).toThrow(/the kernel has no available_filter_functions/);
  });

  it('does not claim that a file is missing which it may not open', () => {
    const error = errorFrom(Error, () => readFunctionList(setUp('6.18').tracefs.top, 'function x'));
    expect(error.message).not.toContain('has no available_filter_functions');
    expect(error.message).toContain('EPERM');
  });

  it('an option', () => {
    const { top } = setUp('6.12').tracefs;
    expect(() => requireOption(top, 'funcgraph-args', '--args', 'Linux 6.15')).toThrow(
      'using --args: this kernel has no option funcgraph-args',
    );
    requireOption(setUp('7.2').tracefs.top, 'funcgraph-args', '--args', 'x');
  });
});

describe('refuseEverything', () => {
  it('needs a name or --force', () => {
    expect(() => refuseEverything('graph', [], false)).toThrow(/tracing all functions with 'graph'/);
    refuseEverything('graph', [], true);
    refuseEverything('graph', ['x'], false);
  });
});

describe('the buffer by default', () => {
  const common = {
    instance: 'ftui-7',
    ownsInstance: true,
    clock: 'mono',
    bufferSizeKb: undefined,
    cpus: undefined,
    pids: [],
    excludedPids: [],
  };

  it('stays within a quarter of a gigabyte in all', () => {
    const sizeOn = (cpus: number) => planEvents(common, cpus, { events: [], stack: false }).bufferSizeKb;
    expect([1, 2, 32, 64, 1024, 0].map(sizeOn)).toEqual([8192, 8192, 8192, 4096, 512, 8192]);
  });

  it('is what was asked for when it was, and the kernel’s own for probes', () => {
    expect(planEvents({ ...common, bufferSizeKb: 100 }, 2, { events: [], stack: false }).bufferSizeKb).toBe(100);
    expect(planProbes(common, { probes: [], filter: undefined, stack: false }).bufferSizeKb).toBeUndefined();
  });
});

describe('events', () => {
  const available = ['sched:sched_switch', 'sched:sched_wakeup', 'irq:softirq_entry', 'syscalls:sys_enter_openat'];
  const names = (...patterns: string[]) =>
    selectEvents(available, patterns).map(({ system, event }) => `${system}:${event}`);

  it('are chosen by system, name or globs, each once', () => {
    expect(names('sched:sched_switch')).toEqual(['sched:sched_switch']);
    expect(names('sched:')).toEqual(['sched:sched_switch', 'sched:sched_wakeup']);
    expect(names('sched:*', 'sched_switch')).toEqual(['sched:sched_switch', 'sched:sched_wakeup']);
    expect(names('softirq_entry')).toEqual(['irq:softirq_entry']);
    expect(names('*:sys_enter_*')).toEqual(['syscalls:sys_enter_openat']);
    expect(names('s*:*a*')).toEqual(['sched:sched_wakeup', 'syscalls:sys_enter_openat']);
  });

  it('that are not there are refused with the nearest', () => {
    expect(errorFrom(UsageError, () => names('sched:sched_swich'))).toMatchObject({
      message: 'tracing sched:sched_swich: this kernel has no such event',
      remedy: expect.stringMatching(/^nearest: sched:sched_switch\b/),
    });
    expect(errorFrom(UsageError, () => names('shed:sched_switch')).remedy).toContain('sched_switch');
    expect(errorFrom(UsageError, () => names('zzz:*')).remedy).toBe(
      'events are named SYSTEM:EVENT, as in available_events',
    );
    expect(() => names('')).toThrow(UsageError);
    expect(() => names('../sched:sched_switch')).toThrow('this kernel has no such event');
  });

  it.each(versions)('%s lists sched_switch', (version) => {
    expect(readEventList(setUp(version).tracefs.top)).toContain('sched:sched_switch');
  });
});

describe('kprobes by name', () => {
  function resolve(spec: string, args: string[] = [], version: (typeof versions)[number] = '6.12') {
    const { kernel, tracefs } = setUp(version);
    const support = parseFetchArgSupport(kernel.readText(`${root}/README`));
    return resolveKprobes(readKernelFunctions(tracefs), 'ftui_7', new Set(), support, { spec, args });
  }
  const linesOf = ({ probes }: ReturnType<typeof resolve>) => probes.map(({ definition }) => definition.line);

  it('show four arguments, or the return value, when nothing is asked for', () => {
    expect(linesOf(resolve('vfs_open'))).toEqual([
      'p:ftui_7/vfs_open vfs_open arg1=$arg1:x64 arg2=$arg2:x64 arg3=$arg3:x64 arg4=$arg4:x64',
    ]);
    expect(linesOf(resolve('vfs_open%return'))).toEqual(['r:ftui_7/vfs_open__return vfs_open ret=$retval:s64']);
  });

  it('are made for the successor too', () => {
    const resolved = resolve('do_sys_open', ['%di']);
    expect(linesOf(resolved)).toEqual([
      'p:ftui_7/do_sys_open do_sys_open arg1=%di',
      'p:ftui_7/do_sys_openat2 do_sys_openat2 arg1=%di',
    ]);
    expect(resolved.probes.map(({ label }) => label)).toEqual(['do_sys_open', 'do_sys_openat2']);
    expect(resolved.notes).toHaveLength(1);
  });

  it('are refused where they could never fire', () => {
    expect(errorFrom(UsageError, () => resolve('vfs_opne'))).toMatchObject({
      message: 'probing vfs_opne: the kernel has no such function (it may be inlined or not loaded)',
      remedy: expect.stringContaining('vfs_open'),
    });
  });

  it('are refused where the kernel forbids them', () => {
    const { kernel, tracefs } = setUp('6.12', {
      files: {
        '/sys/kernel/debug/kprobes/blacklist': '0xffffffff81000000-0xffffffff81000010\tsecret_entry\n',
        '/proc/kallsyms': 'ffffffff81000000 T secret_entry\nffffffff81000010 T other\n',
      },
    });
    const support = parseFetchArgSupport(kernel.readText(`${root}/README`));
    const request = { spec: 'secret_entry', args: [] };
    expect(() => resolveKprobes(readKernelFunctions(tracefs), 'g', new Set(), support, request)).toThrow(
      'probing secret_entry: the kernel forbids probes in this function (it is on the kprobes blacklist)',
    );
  });
});
