/**
 * Runs damaged inputs by the hundred thousand on several threads, each within 2 s and 300 MB; what the scripts of this folder
 * that take --seconds, --count, --seed, --threads, --kind and --show have in common.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { longest, type Outcome } from './fuzz-case.ts';
import { openCases } from './open-cases.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    count: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    threads: { type: 'string', default: String(Math.min(availableParallelism(), 4)) },
    kind: { type: 'string' },
    show: { type: 'string' },
  },
});
/** So that garbage does not look like what a case needs. */
const resourceLimits = { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 };
/** A case that takes this long is ended. */
const endless = 20_000;
const first = Number(values.seed);
const end = first + Number(values.count);
const threads = Number(values.threads);
/** Of all threads together; each has its own heap and its own copies of the whole recordings. */
const mostBytes = threads * (300 << 20);

interface Found {
  readonly seed: number;
  readonly detail: string;
  count: number;
}

const found = new Map<string, Found>();
const totals = { cases: 0, refused: 0, marked: 0, slowest: 0, rss: 0 };

function note(finding: string, seed: number, detail: string): void {
  const known = found.get(finding);
  if (known !== undefined) known.count += 1;
  else {
    found.set(finding, { seed, detail, count: 1 });
    console.log(`${finding}\n  seed ${seed}: ${detail}`);
  }
}

/** One thread over every `threads`-th case; begun anew behind a case that does not end. */
class Runner {
  readonly #state = new Float64Array(new SharedArrayBuffer(8 * 8));
  readonly done: Promise<void>;
  #finish = () => {};
  #worker: Worker;
  readonly #kind: string;

  constructor(from: number, kind: string) {
    this.#kind = kind;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#worker = this.#start(from);
  }

  /** Looks at the case it is at. */
  watch(): void {
    const [seed = 0, since = 0] = this.#state;
    const rss = process.memoryUsage.rss();
    totals.rss = Math.max(totals.rss, rss);
    if (rss > mostBytes && since !== 0) this.#state[6] = 1;
    if (since === 0 || Date.now() - since < endless) return;
    note('hang', seed, `ended after ${endless} ms`);
    this.#state[1] = 0;
    const old = this.#worker;
    this.#worker = this.#start(seed + threads);
    void old.terminate();
  }

  async stop(): Promise<void> {
    const [, , cases = 0, refused = 0, marked = 0, slowest = 0] = this.#state;
    await this.#worker.terminate();
    totals.cases += cases;
    totals.refused += refused;
    totals.marked += marked;
    totals.slowest = Math.max(totals.slowest, slowest);
  }

  #start(from: number): Worker {
    const workerData = { shared: this.#state.buffer, kind: this.#kind, from, to: end, step: threads };
    const worker = new Worker(new URL('recordings-worker.ts', import.meta.url), { workerData, resourceLimits });
    worker.on('message', (outcome: Outcome & { seed: number }) => {
      const detail = `${outcome.name}: ${outcome.steps.join('; ')}\n  ${outcome.stack ?? JSON.stringify(outcome)}`;
      note(outcome.finding!, outcome.seed, detail);
    });
    worker.on('exit', () => {
      if (worker === this.#worker) this.#finish();
    });
    return worker;
  }
}

async function run(kind: string, noun: string): Promise<void> {
  const begin = Date.now();
  const runners = Array.from({ length: threads }, (_, thread) => new Runner(first + thread, kind));
  const timer = setInterval(() => {
    for (const runner of runners) runner.watch();
  }, 20);
  const timeout = new Promise((resolve) => {
    setTimeout(resolve, Number(values.seconds) * 1000).unref();
  });
  await Promise.race([Promise.all(runners.map(({ done }) => done)), timeout]);
  clearInterval(timer);
  await Promise.all(runners.map((runner) => runner.stop()));
  const { cases, refused, marked, slowest, rss } = totals;
  console.log(`\n${cases} ${noun} in ${((Date.now() - begin) / 1000).toFixed(1)} s from seed ${first} on`);
  console.log(`${refused} refused, ${marked} read with their damage said, ${cases - refused - marked} as if whole`);
  console.log(`slowest ${slowest.toFixed(0)} ms (limit ${longest}), at most ${Math.round(rss / 2 ** 20)} MB`);
  console.log(found.size === 0 ? 'nothing found' : `${found.size} kinds of findings:`);
  for (const [finding, { seed, count }] of found) console.log(`${count} x ${finding} (seed ${seed})`);
  process.exitCode = found.size === 0 ? 0 : 1;
}

/** Runs the cases that the command line asks for; `noun` is what is damaged: `damaged recordings`. */
export async function runFuzz(usualKind: string, noun: string): Promise<void> {
  const { kind = usualKind, show } = values;
  if (show === undefined) await run(kind, noun);
  else console.log(openCases(kind).run(Number(show)));
}
