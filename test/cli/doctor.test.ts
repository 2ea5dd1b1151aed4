/** What doctor finds on the simulated kernel that `demo` runs on. */
import { afterAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/cli/commands/doctor.ts';
import { simulatedEnvironment } from '../../src/cli/simulated-environment.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import type { SimulatedKernelOptions } from '../../src/simulated/simulation-options.ts';
import { findSchemaProblems } from '../journeys/json-schema.ts';
import { readFixture } from '../simulated/fixtures.ts';

const environment = simulatedEnvironment();
afterAll(() => environment.dispose());

/** The diagnosis of a kernel that lacks something. */
function diagnoseWith(options: SimulatedKernelOptions) {
  const kernel = new SimulatedKernel(readFixture('6.12'), options);
  const isRoot = (options.uid ?? 0) === 0;
  return diagnose({ ...environment, kernel, isRoot, mount: () => 'it failed' }, undefined);
}

describe('diagnose', () => {
  it('finds a kernel that does everything', () => {
    const diagnosis = diagnose(environment, undefined);
    expect(findSchemaProblems(JSON.parse(JSON.stringify(diagnosis)), 'doctor')).toEqual([]);
    expect(diagnosis).toMatchObject({
      kernel: 'simulated kernel 6.12 (fixture of a real one)',
      tracefs: '/sys/kernel/tracing',
      problem: null,
      commands: { graph: true, uprobe: true, event: true },
      exitStatus: 0,
    });
    expect(diagnosis.features.every(({ answer, remedy }) => answer === 'yes' || remedy !== undefined)).toBe(true);
  });

  it.each([
    [{ withoutTracers: ['function_graph'] }, { graph: false, uprobe: true, event: true }],
    [{ withoutFiles: ['uprobe_events'] }, { graph: true, uprobe: false, event: true }],
  ])('tells what does not work with %j: status 3', (options, commands) => {
    expect(diagnoseWith(options)).toMatchObject({ problem: null, commands, exitStatus: 3 });
  });

  it.each([
    [{ uid: 1000 }, /may not be read/],
    [{ readOnly: true }, /is mounted read-only/],
    [{ mount: 'none' as const }, /none is mounted, and it failed/],
  ])('tells why nothing works with %j: status 4', (options, problem) => {
    expect(diagnoseWith(options)).toMatchObject({
      problem: expect.stringMatching(problem),
      tracefs: null,
      commands: { graph: false, uprobe: false, event: false },
      exitStatus: 4,
    });
  });
});
