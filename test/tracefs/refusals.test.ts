import { describe, expect, it } from 'vitest';
import { diagnoseRefusal } from '../../src/tracefs/refusals.ts';

const tracing = '/sys/kernel/tracing';

describe('diagnoseRefusal', () => {
  it.each([
    ['events/sched/sched_switch/filter', 'EPERM', 'does not understand the expression'],
    ['events/sched/sched_switch/filter', 'ENOENT', 'does not understand the expression'],
    ['instances/a/events/sched/sched_switch/trigger', 'EINVAL', 'does not understand the expression'],
    ['events/sched/sched_switch/filter', 'EACCES', 'this user may not do that'],
    ['events/sched/sched_switch/filter', 'EROFS', 'mounted read-only'],
    ['set_graph_function', 'EINVAL', 'cannot be traced'],
    ['instances/a/set_ftrace_filter', 'EINVAL', 'cannot be traced'],
    ['set_ftrace_pid', 'EPERM', 'this user may not do that'],
    ['current_tracer', 'EBUSY', 'someone reads the trace'],
    ['trace_pipe', 'EBUSY', 'one reader at a time'],
    ['kprobe_events', 'EADDRNOTAVAIL', 'several functions have this name'],
    ['kprobe_events', 'EILSEQ', 'no instruction begins'],
    ['instances/ftui-7', 'EEXIST', 'an instance of this name'],
    ['kprobe_events', 'ENOENT', 'no such file'],
    ['nosuch', 'ENOENT', 'no such file'],
  ])('%s with %s: %s', (file, code, why) => {
    expect(diagnoseRefusal({ operation: 'write', file: `${tracing}/${file}`, code })?.why).toContain(why);
  });

  it('says nothing where it knows nothing', () => {
    expect(diagnoseRefusal({ operation: 'write', file: `${tracing}/tracing_on`, code: 'EIO' })).toBeUndefined();
  });
});
