/** Filter chips in plans: what is written for the kernel, and what is left. */
import { describe, expect, it } from 'vitest';
import { asCpuId, asPid } from '../../src/base/units.ts';
import { planChips } from '../../src/control/kernel-chips.ts';
import { emptyPlan, type TracePlan } from '../../src/control/trace-plan.ts';
import { parseChips } from '../../src/format/filter/filter-chips.ts';
import { readAskedFilter } from '../../src/format/filter/filter-language.ts';

const scope = {
  cpus: [0, 1, 2, 3].map(asCpuId),
  hasReturnValue: ({ event }: { readonly event: string }) => event.startsWith('sys_exit'),
};
const events: TracePlan = {
  ...emptyPlan,
  events: [
    { system: 'sched', event: 'sched_switch', filter: 'prev_prio < 100 || next_prio < 100' },
    { system: 'irq', event: 'irq_handler_entry' },
  ],
};
const exits: TracePlan = { ...emptyPlan, events: [{ system: 'syscalls', event: 'sys_exit_read' }] };
const probe = { file: 'kprobe_events', group: 'ftui', event: 'open', line: 'p:ftui/open vfs_open' } as const;
const probes: TracePlan = { ...emptyPlan, probes: [probe] };
const graph: TracePlan = { ...emptyPlan, tracer: 'function_graph' };

function planned(line: string, plan: TracePlan) {
  const { inKernel, rest, ...made } = planChips(parseChips(line), plan, scope);
  const texts = (chips: typeof rest) => chips.map(({ text }) => text).join(' ');
  return { plan: made.plan, inKernel: texts(inKernel), rest: texts(rest) };
}

describe('chips in the filters of events', () => {
  it.each([
    ['pid:12', 'common_pid == 12'],
    ['pid:12,13', '(common_pid == 12 || common_pid == 13)'],
    ['!pid:12,13', '(common_pid != 12 && common_pid != 13)'],
    ['task:bash', 'COMM == "bash"'],
    ['task:"Web Content"', 'COMM == "Web Content"'],
    ['!task:kworker*', '!(COMM ~ "kworker*")'],
    ['ret:<0', 'ret < 0'],
    ['!ret:-2', '!(ret == -2)'],
    ['pid:1 ret:>=0', 'common_pid == 1 && ret >= 0'],
  ])('%s is %s', (line, filter) => {
    const { plan, inKernel, rest } = planned(line, exits);
    expect([plan.events[0]!.filter, inKernel, rest]).toEqual([filter, line, '']);
    // The kernel's language has no colon, and nothing in it could be taken for chips.
    expect(readAskedFilter(filter).kind).toBe('kernel');
  });

  it('stand beside what was asked for in the kernel’s own language', () => {
    const { plan } = planned('pid:3', events);
    expect(plan.events.map(({ filter }) => filter)).toEqual([
      '(prev_prio < 100 || next_prio < 100) && common_pid == 3',
      'common_pid == 3',
    ]);
    expect(planned('pid:3', { ...probes, probeFilter: 'a == 1' }).plan.probeFilter).toBe('(a == 1) && common_pid == 3');
  });

  it('choose among the events', () => {
    expect(planned('event:sched_*', events)).toMatchObject({ plan: { events: [{ event: 'sched_switch' }] }, rest: '' });
    expect(planned('event:x', probes)).toMatchObject({ inKernel: '', rest: 'event:x' });
    expect(() => planned('event:x', events)).toThrow('none of the events is left');
    const both = { ...emptyPlan, events: [...events.events, ...exits.events] };
    expect(planned('event:sys_exit_* ret:0', both).rest).toBe('');
    expect(planned('ret:0', both).rest).toBe('ret:0');
  });

  it('leave the rest to the reader', () => {
    const line = 'dur:>1ms fn:vfs_* text:x time:+1- ret:0 task:a?c task:a"\\"b';
    expect(planned(line, events)).toEqual({ plan: events, inKernel: '', rest: line });
    expect(planned('ret:0', probes)).toEqual({ plan: probes, inKernel: '', rest: 'ret:0' });
  });
});

describe('chips of CPUs and tasks', () => {
  it('take CPUs away from those that are traced', () => {
    expect(planned('cpu:1-9 !cpu:3', graph).plan.cpus).toEqual([1, 2]);
    expect(planned('cpu:1-2', { ...events, cpus: [asCpuId(2), asCpuId(3)] }).plan.cpus).toEqual([2]);
    expect(() => planned('cpu:7', events)).toThrow('no CPU of this machine is left');
  });

  it('are a tracer’s own list of tasks, without children', () => {
    expect(planned('pid:5,6 pid:6,7', graph).plan).toMatchObject({ pids: [6], withoutChildren: true });
    expect(() => planned('pid:5 pid:6', graph)).toThrow('no task is left');
  });

  it.each([
    ['!pid:5', graph],
    ['pid:0', graph],
    ['pid:5', { ...graph, pids: [asPid(4)] }],
    ['task:bash', graph],
  ])('%s is left to the reader where the tracer has no such list', (line, plan) => {
    expect(planned(line, plan)).toEqual({ plan, inKernel: '', rest: line });
  });
});
