/**
 * Runs scenarios on the kernel it finds itself on, as root: `guest.ts [--kernel 6.12 | --live] [--after NAME] [GLOB...]`.
 * run.ts starts it in each VM, and with --live on the host. By hand, `test/kernel/vm -k 6.12 -- node test/kernel/guest.ts`.
 */
import { writeSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { compileGlob } from '../../src/base/glob.ts';
import { cleanTracefs } from './clean-slate.ts';
import { formatResultLine, type ScenarioResult } from './results.ts';
import { isKernel, Lab, type Scenario, scenarios } from './scenario.ts';
import { expectSame, type TracefsSnapshot } from './tracefs-snapshot.ts';

const { values, positionals } = parseArgs({
  options: { kernel: { type: 'string' }, live: { type: 'boolean', default: false }, after: { type: 'string' } },
  allowPositionals: true,
});

const folder = join(import.meta.dirname, 'scenarios');
for (const file of (await readdir(folder)).sort()) {
  if (file.endsWith('.ts')) await import(join(folder, file));
}
/** The settings after the last scenario, which are those before the next; undefined when it has to be looked up. */
let settings: TracefsSnapshot | undefined;
const patterns = positionals.map(compileGlob);
const first = values.after === undefined ? 0 : scenarios.findIndex(({ name }) => name === values.after) + 1;
for (const scenario of scenarios.slice(first)) {
  if (!isWanted(scenario)) continue;
  const result = await runScenario(scenario);
  writeSync(1, formatResultLine(result.verdict === 'failed' ? await tryAgain(scenario, result) : result));
}
writeSync(1, formatResultLine({ end: true, kernel: release() }));
process.exit(0); // a handle that a scenario left open must not keep the VM alive

function isWanted({ name, kernels, live }: Scenario): boolean {
  if (patterns.length > 0 && !patterns.some((matches) => matches(name))) return false;
  if (values.live) return live !== undefined && live !== false;
  return live !== 'only' && (kernels === undefined || kernels.some((prefix) => isKernel(release(), prefix)));
}

async function runScenario(scenario: Scenario): Promise<ScenarioResult> {
  const started = performance.now();
  const lab = new Lab(values.kernel);
  const result = (verdict: ScenarioResult['verdict'], details?: string): ScenarioResult => {
    const seconds = (performance.now() - started) / 1000;
    return { name: scenario.name, verdict, seconds, ...(details !== undefined && { details }) };
  };
  try {
    const missing = lab.findMissing(scenario.needs ?? []);
    if (missing !== undefined) return result('skipped', `${missing} is not there`);
    const before = scenario.leavesChanges ? undefined : (settings ?? lab.snapshotTracefs());
    settings = undefined;
    await within(scenario.timeout ?? 180, async () => {
      try {
        await scenario.play(lab);
      } finally {
        await lab.close();
      }
    });
    if (before !== undefined) {
      const after = lab.snapshotTracefs();
      expectSame(before, after);
      settings = after;
    }
    return result('passed');
  } catch (error) {
    await lab.close();
    if (!values.live) cleanTracefs(lab.tracefs);
    return result('failed', inspect(error));
  }
}

/** An emulated machine stalls now and then; what passes the second time is told apart, and run.ts allows few of them. */
async function tryAgain(scenario: Scenario, first: ScenarioResult): Promise<ScenarioResult> {
  const second = await runScenario(scenario);
  return second.verdict === 'passed'
    ? { ...second, ...(first.details !== undefined && { details: first.details }) }
    : first;
}

async function within(seconds: number, play: () => Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`the scenario was not done after ${seconds} s`)), seconds * 1000);
  try {
    await Promise.race([play(), promise]);
  } finally {
    clearTimeout(timer);
  }
}
