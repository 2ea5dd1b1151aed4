/** What `doctor` says of each captured kernel. + yes, - no, ? could not tell. */
import { describe, expect, it } from 'vitest';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import type { SimulatedKernelOptions } from '../../src/simulated/simulation-options.ts';
import {
  type Feature,
  findAccessProblem,
  panicsOnWarning,
  probeFeatures,
  readLockdown,
} from '../../src/tracefs/features.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import { type FixtureVersion, readFixture } from '../simulated/fixtures.ts';

const root = '/sys/kernel/tracing';
const versions: readonly FixtureVersion[] = ['5.10', '6.1', '6.12', '6.18', '7.2'];
const signs = { yes: '+', no: '-', unknown: '?' } as const;

/** BTF is too large for a fixture: all five kernels had it. */
const types = { '/sys/kernel/btf/vmlinux': '' };

function tracefsOf(version: FixtureVersion, options: SimulatedKernelOptions = {}): Tracefs {
  const files = { ...types, ...options.files };
  return new Tracefs(new SimulatedKernel(readFixture(version), { ...options, files }), root);
}

/** One line a feature, one column a kernel: 5.10, 6.1, 6.12, 6.18 (built without much), 7.2. */
const expected = `
tracer:function           + + + + +
tracer:function_graph     + + + - +
tracer:irqsoff            - - - - -
tracer:preemptoff         - - - - -
tracer:wakeup             - - - - -
tracer:hwlat              - - - - -
tracer:osnoise            - - - - -
tracer:timerlat           - - - - -
tracer:mmiotrace          + + + - +
tracer:blk                + + + + +
graph-in-instance         ? ? ? - ?
option:event-fork         + + + + +
option:function-fork      + + + + +
option:stacktrace         + + + + +
option:userstacktrace     + + + + +
option:func_stack_trace   + + + + +
option:func-args          - - - - +
option:funcgraph-args     - - - - +
option:funcgraph-retval   - - - - -
option:funcgraph-retaddr  - - - - -
file:kprobe_events        + + + - +
file:uprobe_events        + + + + +
file:synthetic_events     - + + - +
file:dynamic_events       + + + + +
file:user_events_data     - - - - -
file:error_log            + + + + +
file:set_event_notrace_pid + + + + +
instances                 + + + + +
hist                      - + + - +
eprobe                    - + + + +
fprobe                    - - + - +
tprobe                    - - + - +
btf-args                  - - + - +
arg-n                     + + + + +
type-ustring              + + + + +
type-symstr               - + + + +
type-char                 - - + + +
type-array                + + + + +
btf                       + + + + +
kallsyms                  + + + + +
`;

describe('probeFeatures', () => {
  it('answers as expected on five kernels', () => {
    const columns = versions.map((version) => probeFeatures(tracefsOf(version)));
    const rows = columns[0]!.map(({ key }) => {
      const answers = columns.map((features) => signs[features.find((feature) => feature.key === key)!.answer]);
      return `${key.padEnd(25)} ${answers.join(' ')}`;
    });
    expect(rows).toEqual(expected.trim().split('\n'));
  });

  it('names for every no and every unknown what would make it yes', () => {
    for (const version of versions) {
      const open = probeFeatures(tracefsOf(version)).filter(({ answer }) => answer !== 'yes');
      expect(open.length).toBeGreaterThan(0);
      for (const { key, remedy } of open)
        expect(`${key}: ${remedy}`).toMatch(/: (a kernel with CONFIG_|Linux \d|root)/);
    }
  });

  it('says could not tell, not no, where it may not look', () => {
    const features = probeFeatures(tracefsOf('6.12', { uid: 1000 }));
    const answerOf = (key: string) => features.find((feature) => feature.key === key)?.answer;
    for (const key of [
      'tracer:function_graph',
      'option:event-fork',
      'file:uprobe_events',
      'instances',
      'hist',
      'type-char',
    ]) {
      expect(`${key} ${answerOf(key)}`).toBe(`${key} unknown`);
    }
    expect(answerOf('kallsyms')).toBe('no');
  });

  it('asks an instance that is there about function_graph', () => {
    const answers = (['6.1', '6.12'] as const).map((version) => {
      const tracefs = tracefsOf(version);
      tracefs.top.mkdir('instances/other');
      return probeFeatures(tracefs).find(({ key }) => key === 'graph-in-instance')?.answer;
    });
    expect(answers).toEqual(['no', 'yes']);
  });

  it('changes nothing', () => {
    const kernel = new SimulatedKernel(readFixture('6.12'));
    probeFeatures(new Tracefs(kernel, root));
    expect(kernel.writes).toEqual([]);
  });

  it('has each key once', () => {
    const keys = probeFeatures(tracefsOf('6.12')).map(({ key }: Feature) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('findAccessProblem', () => {
  it('is undefined for root', () => {
    expect(findAccessProblem(tracefsOf('6.12'))).toBeUndefined();
  });

  it('says what is in the way', () => {
    expect(findAccessProblem(tracefsOf('6.12', { uid: 1000 }))).toEqual({
      why: `${root} may not be read (EACCES)`,
      remedy: 'run ftui as root',
    });
    expect(findAccessProblem(tracefsOf('6.12', { readOnly: true }))).toEqual({
      why: `${root} is mounted read-only`,
      remedy: `mount -o remount,rw ${root}`,
    });
    const files = { '/sys/kernel/security/lockdown': 'none integrity [confidentiality]\n' };
    expect(findAccessProblem(tracefsOf('6.12', { files }))?.why).toMatch(/locked down/);
  });

  it('lets lockdown for integrity pass', () => {
    const files = { '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n' };
    const tracefs = tracefsOf('6.12', { files });
    expect(readLockdown(tracefs.kernel)).toBe('integrity');
    expect(findAccessProblem(tracefs)).toBeUndefined();
  });
});

describe('panicsOnWarning', () => {
  it('reads kernel.panic_on_warn', () => {
    const at = (text: string) => tracefsOf('6.12', { files: { '/proc/sys/kernel/panic_on_warn': text } }).kernel;
    expect([panicsOnWarning(at('1\n')), panicsOnWarning(at('0\n'))]).toEqual([true, false]);
  });
});
