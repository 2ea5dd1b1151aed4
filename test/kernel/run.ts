/**
 * `npm run test:kernel -- [--kernels 6.1,6.12] [--only GLOB]... [--jobs N] [--no-live]`: boots each kernel under QEMU
 * (vm), runs the scenarios in it (guest.ts), then those marked live on the running kernel. Ends with a line
 * `N passed, N failed`. With CI=true a kernel or a need that is not there counts as failed, else as skipped. A scenario
 * that fails is tried once more; what passes then is listed, and more than three of those fail the run.
 * FTUI_ALL_SCREENS=1: the screens on every kernel. FTUI_KILLS=N: how many sessions are killed at random moments (3 to 20
 * if left out), FTUI_SEED=N: at which moments.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parseResultLine, type ScenarioResult, type Verdict } from './results.ts';
import { isKernel } from './scenario.ts';

const checkout = join(import.meta.dirname, '../..');
const tracing = '/sys/kernel/tracing';
const labKernels = ['5.10', '6.1', '6.12', '7'];
const suiteOf: Record<string, string> = {
  '5.10': 'bullseye',
  '6.1': 'bookworm',
  '6.12': 'trixie',
  '7': 'trixie-backports',
};
const isCi = process.env.CI === 'true';
const counts: Record<Verdict, number> = { passed: 0, failed: 0, skipped: 0 };
/** Scenarios that passed at the second try. */
const unsteady: string[] = [];
const mostUnsteady = 3;

const { values } = parseArgs({
  options: {
    kernels: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    jobs: { type: 'string' },
    'no-live': { type: 'boolean', default: false },
    timeout: { type: 'string', default: '1800' },
  },
});

if (existsSync(join(checkout, 'src/cli/main.ts'))) {
  const built = spawnSync(process.execPath, [join(checkout, 'build.ts')], { cwd: checkout, stdio: ['ignore', 2, 2] });
  if (built.status !== 0) report('build', { name: 'build.ts', verdict: 'failed', seconds: 0 });
}
const wanted = values.kernels?.split(',').filter((kernel) => kernel !== '') ?? labKernels;
const releases = wanted.length === 0 ? [] : fetchKernels(wanted);
const found = wanted.flatMap((kernel) => {
  const kernelRelease = releases.find((candidate) => isKernel(candidate, kernel));
  if (kernelRelease === undefined) reportAbsent(kernel, 'boot', 'this kernel could not be fetched (see above)');
  return kernelRelease === undefined ? [] : [{ kernel, kernelRelease }];
});
await runAtOnce(Number(values.jobs ?? Math.min(2, availableParallelism())), found, ({ kernel, kernelRelease }) =>
  runInVm(kernel, kernelRelease),
);
if (!values['no-live']) await runLive();
if (unsteady.length > 0) console.log(`\nPassed at the second try only: ${unsteady.join(', ')}`);
if (unsteady.length > mostUnsteady)
  report('all', { name: '(steadiness)', verdict: 'failed', seconds: 0, details: `more than ${mostUnsteady} of those` });
console.log(
  `\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;

/** Releases that are there now; a suite that could not be had is named on stderr by fetch-kernels. */
function fetchKernels(kernels: readonly string[]): string[] {
  const suites = new Set(
    kernels.map((kernel) => suiteOf[labKernels.find((known) => isKernel(kernel, known)) ?? ''] ?? ''),
  );
  // A kernel that is no known suite's (a full release, say) may be in the cache: fetch what is known, look afterwards.
  const known = [...suites].filter((suite) => suite !== '');
  const fetch = join(import.meta.dirname, 'fetch-kernels');
  const { stdout } = spawnSync(fetch, known, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return stdout.split('\n').filter((line) => line !== '');
}

async function runAtOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, worker));
}

/**
 * A guest whose kernel crashed in 9p, which only the lab uses (5.10's client frees a fid twice now and then), is started
 * once more, from the scenario it was in on; any other crash may be the work of what is tested.
 */
async function runInVm(kernel: string, kernelRelease: string, after?: string): Promise<void> {
  const vm = ['-k', kernelRelease, '-n', kernel, '-t', values.timeout, '-d', checkout, '--'];
  const settings = ['FTUI_KILLS', 'FTUI_SEED', 'FTUI_ALL_SCREENS'].flatMap((name) =>
    process.env[name] === undefined ? [] : [`${name}=${process.env[name]}`],
  );
  const options = ['--kernel', kernel, ...(after === undefined ? [] : ['--after', after])];
  const program = [process.execPath, join(import.meta.dirname, 'guest.ts'), ...options, ...values.only];
  const child = spawn(join(import.meta.dirname, 'vm'), [...vm, 'env', ...settings, ...program], childOptions());
  let consoleText = '';
  child.stderr!.on('data', (text: Buffer) => {
    process.stderr.write(text);
    consoleText = (consoleText + text).slice(-16_384);
  });
  const { last, unfinished } = await readResults(kernel, child);
  if (unfinished === undefined) return;
  if (/^\[.*\[9p(?:net)?\]$/m.test(consoleText) && after === undefined && last !== undefined) {
    console.log(`NOTE ${kernel} the guest crashed in its 9p file system after ${last}: once more from there`);
    return runInVm(kernel, kernelRelease, last);
  }
  report(kernel, { name: '(run)', verdict: 'failed', seconds: 0, details: unfinished });
}

/** The running kernel: root and a tracefs that can be mounted are needed; what was mounted is unmounted again. */
async function runLive(): Promise<void> {
  const kernel = `live ${release().split('.').slice(0, 2).join('.')}`;
  if (process.getuid?.() !== 0) return reportSkipped(kernel, 'not root');
  if (!/\btracefs\b/.test(readFileSync('/proc/filesystems', 'utf8'))) return reportSkipped(kernel, 'it has no tracefs');
  const isMounted = () => / \/sys\/kernel\/tracing tracefs /.test(readFileSync('/proc/mounts', 'utf8'));
  const mounts = !isMounted();
  if (mounts) {
    const mounted = spawnSync('mount', ['-t', 'tracefs', 'nodev', tracing], { encoding: 'utf8' });
    if (!isMounted()) return reportSkipped(kernel, `tracefs cannot be mounted: ${mounted.stderr?.trim()}`);
  }
  const guest = [join(import.meta.dirname, 'guest.ts'), '--live', ...values.only];
  const { unfinished } = await readResults(kernel, spawn(process.execPath, guest, childOptions('inherit')));
  if (unfinished !== undefined) report(kernel, { name: '(run)', verdict: 'failed', seconds: 0, details: unfinished });
  if (mounts) spawnSync('umount', [tracing], { stdio: 'ignore' });
}

function childOptions(stderr: 'pipe' | 'inherit' = 'pipe'): SpawnOptions {
  return { cwd: checkout, stdio: ['ignore', 'pipe', stderr] };
}

/** Prints each result as it comes. `last`: the last one's name; `unfinished`: what is to say of a run that did not end. */
async function readResults(
  kernel: string,
  child: ChildProcess,
): Promise<{ last?: string | undefined; unfinished?: string }> {
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  let isComplete = false;
  let last: string | undefined;
  for await (const line of createInterface({ input: child.stdout! })) {
    const result = parseResultLine(line);
    if (result === undefined) console.log(`${kernel}: ${line}`);
    else if ('end' in result) isComplete = true;
    else {
      report(kernel, result);
      last = result.name;
    }
  }
  const status = await closed;
  if (isComplete && status === 0) return {};
  const lastWords = `the last one done: ${last ?? 'none'}`;
  return { last, unfinished: `ended with status ${status} before all scenarios were done; ${lastWords}` };
}

function report(kernel: string, { name, verdict, seconds, details }: ScenarioResult): void {
  if (verdict === 'skipped' && isCi && !kernel.startsWith('live')) {
    report(kernel, { name, verdict: 'failed', seconds, details: `${details}; in CI that is a failure` });
    return;
  }
  counts[verdict] += 1;
  const word = { passed: 'PASS', failed: 'FAIL', skipped: 'SKIP' }[verdict];
  const isUnsteady = verdict === 'passed' && details !== undefined;
  if (isUnsteady) unsteady.push(`${kernel} ${name}`);
  console.log(
    `${word} ${kernel} ${name} (${seconds.toFixed(1)} s)${isUnsteady ? ', at the second try; the first:' : ''}`,
  );
  if (details !== undefined) console.log(details.replace(/^/gm, '    '));
}

function reportAbsent(kernel: string, name: string, details: string): void {
  report(kernel, { name, verdict: 'skipped', seconds: 0, details });
}

function reportSkipped(kernel: string, why: string): void {
  console.error(`!!! NOT TESTED on the running kernel: ${why}`);
  reportAbsent(kernel, '(all)', why);
}
