/** The plans of `ftui record` on the simulated kernels. */
import { describe, expect, it } from 'vitest';
import { recordShapes } from '../../src/cli/record-options.ts';
import { resolveRecording } from '../../src/cli/record-plans.ts';
import { readRecordingRequest } from '../../src/cli/record-request.ts';
import { parseRecordWords } from '../../src/cli/record-words.ts';
import { setUp } from '../control/tracefs-setup.ts';

const own = `ftui-${process.pid}`;

function resolve(line: string, { tracefs } = setUp()) {
  const request = readRecordingRequest(parseRecordWords(line.split(' '), recordShapes));
  const { makePlans, notices } = resolveRecording(tracefs, request, []);
  return { plans: makePlans('$CMD'), notices };
}

const names = (events: readonly { system: string; event: string }[]) =>
  events.map(({ system, event }) => `${system}:${event}`);

describe('resolveRecording', () => {
  it('puts events into an own instance, which the file calls the main buffer', () => {
    const { plans } = resolve('-e sched:sched_switch ls');
    expect(plans).toHaveLength(1);
    expect(plans[0]).toMatchObject({ name: '', plan: { instance: own, ownsInstance: true, tracer: 'nop', pids: [] } });
  });

  it('checks filters against the fields of their events, unless it is forced', () => {
    const words = ['-e', 'sched:sched_switch', '-f', 'prev_prioo < 100', 'ls'];
    const plansOf = (more: readonly string[]) => {
      const request = readRecordingRequest(parseRecordWords([...more, ...words], recordShapes));
      return resolveRecording(setUp().tracefs, request, []).makePlans('$CMD');
    };
    expect(() => plansOf([])).toThrow(/has no field prev_prioo\n {2}prev_prioo < 100\n {2}\^{10}$/);
    expect(plansOf(['--force'])[0]!.plan.events[0]!.filter).toBe('prev_prioo < 100');
  });

  it('puts function_graph into the top level, with the events beside it', () => {
    const { plans } = resolve('-p function_graph -g do_sys_openat2 --max-graph-depth 3 -e sched:sched_switch ls');
    expect(plans[0]!.plan).toMatchObject({
      instance: undefined,
      ownsInstance: false,
      tracer: 'function_graph',
      graphFunctions: ['do_sys_openat2'],
      maxGraphDepth: 3,
    });
    expect(names(plans[0]!.plan.events)).toEqual(['sched:sched_switch']);
  });

  it('makes one plan for each buffer, the main one only where something goes to it', () => {
    const two = resolve('-e sched:sched_switch -B irqs -e irq -M 1').plans;
    expect(two.map(({ name, plan }) => [name, plan.instance, plan.cpus])).toEqual([
      ['', own, undefined],
      ['irqs', 'irqs', [0]],
    ]);
    expect(resolve('-B irqs -e irq').plans.map(({ name }) => name)).toEqual(['irqs']);
  });

  it('traces everything but itself, or the chosen tasks only', () => {
    expect(resolve('-e sched ls').plans[0]!.plan).toMatchObject({ pids: [] });
    expect(resolve('-e sched -F ls').plans[0]!.plan).toMatchObject({ pids: ['$CMD'], withoutChildren: true });
    expect(resolve('-e sched -F -c ls').plans[0]!.plan).toMatchObject({ pids: ['$CMD'], withoutChildren: false });
    expect(resolve('-e sched -P 1,2 -c').plans[0]!.plan).toMatchObject({ pids: [1, 2], withoutChildren: false });
    expect(resolve('-e sched --no-filter ls').plans[0]!.plan.excludedPids).toEqual([]);
  });

  it('takes a bare word for a system or an event, and leaves out what follows -v', () => {
    const [plan] = resolve('-e sched_switch -e irq -v -e softirq_*').plans;
    const chosen = names(plan!.plan.events);
    expect(chosen).toContain('sched:sched_switch');
    expect(chosen.some((name) => name.startsWith('irq:irq_handler'))).toBe(true);
    expect(chosen.filter((name) => name.includes('softirq'))).toEqual([]);
  });

  it('keeps the triggers of an event that is left out', () => {
    const { plans } = resolve('-v -e sched:sched_switch -R stacktrace -B x -e sched:sched_wakeup -f pid>1');
    expect(plans[0]!.plan.events).toEqual([
      { system: 'sched', event: 'sched_switch', triggers: ['stacktrace'], triggersOnly: true },
    ]);
    expect(plans[1]!.plan.events).toEqual([{ system: 'sched', event: 'sched_wakeup', filter: 'pid>1' }]);
  });

  it('takes -l for a glob of plain letters, else for a regular expression', () => {
    const functions = (line: string) => resolve(`-p function ${line}`).plans[0]!.plan.filterFunctions?.names;
    expect(functions('-l vfs_read')).toEqual(['vfs_read']);
    expect(functions('-l ^vfs_(read|write)$')).toEqual(['vfs_read', 'vfs_write']);
    expect(functions('-n vfs_read')).toBeUndefined();
  });

  it('sets options, on and off', () => {
    const { options } = resolve('-e sched -T -O nooverwrite -O sym-offset').plans[0]!.plan;
    expect(options).toMatchObject({ stacktrace: true, overwrite: false, 'sym-offset': true });
  });

  it('goes on without events that are not there where asked', () => {
    const { plans, notices } = resolve('-i -e nosuch -e sched:sched_switch');
    expect(names(plans[0]!.plan.events)).toEqual(['sched:sched_switch']);
    expect(notices).toEqual(['this kernel has no event nosuch: going on without it']);
  });

  it.each([
    ['ls', 'recording: neither a tracer nor an event is given'],
    ['-B x', 'recording: neither a tracer nor an event is given'],
    ['-e nosuch', 'recording nosuch: this kernel has no such event'],
    ['-p nosuch', 'recording with -p nosuch: this kernel has no such tracer'],
    ['-g do_sys_openat2 -e sched', 'using -g do_sys_openat2: it is for function_graph'],
    ['-l vfs_read -e sched', 'using -l or -n: it is for function'],
    ['-p function -l nosuchfunction', 'tracing nosuchfunction: no such function'],
    ['-p function -l [', "reading the functions '['"],
    ['-e sched -O nosuch', 'using -O nosuch: this kernel has no such trace option'],
    ['-e sched -C nosuch', 'using -C nosuch: this kernel has no such clock'],
    ['-p function --func-stack', 'using --func-stack: '],
    ['-B x -p function_graph -g do_sys_openat2', 'choosing functions of function_graph in the instance x'],
    ['--instance x -B y -e sched', 'using --instance: nothing is to be recorded before the first -B'],
    ['-e ../../etc:passwd', 'recording ../../etc:passwd: this kernel has no such event'],
    ['-e sched -O ../tracing_on', 'using -O ../tracing_on: this kernel has no such trace option'],
    ['-e sched -B ../x -e irq', "using the instance '../x': it is no name for a folder of instances/"],
    ['-e sched --instance ../x', "using the instance '../x': it is no name for a folder of instances/"],
    ['-p function_graph -e sched:sched_switch -R stacktrace', 'setting triggers in the top level'],
  ])('refuses %s', (line, message) => expect(() => resolve(line)).toThrow(message));
});
