/**
 * `npm run bench -- [PART]...`: prints, as Markdown, times measured side by side in one run, and what was skipped and why.
 * Parts: start-up, decoding, reports, large-files, interactive, recorders; all if none is named. Nothing is asserted: the
 * numbers depend on the machine, the ratios less so. docs/benchmarks.md keeps one run.
 */
import { existsSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { basename, join } from 'node:path';
import { prepareDecoding } from './decoding.ts';
import { prepareFirstEvent } from './first-event.ts';
import { measureInteractive } from './interactive.ts';
import { measureLargeFiles } from './large-file.ts';
import { measureSideBySide } from './measurement.ts';
import { measureRecorders } from './recorder.ts';
import { compareReports, findLargeRecordings } from './report.ts';
import { startUpContenders, unit } from './start-up.ts';

const ftui = join(import.meta.dirname, '../bin/ftui');
const startUpRounds = 21;
const firstEventRounds = 9;
const decodingRounds = 7;
const reportRounds = 5;

const kernel = release().split('.').slice(0, 2).join('.');
console.log(`${availableParallelism()} cores, Linux ${kernel}, Node ${process.version}\n`);
const parts: Readonly<Record<string, () => void | Promise<void>>> = {
  'start-up': printStartUp,
  decoding: printDecoding,
  reports: printReports,
  'large-files': printLargeFiles,
  interactive: printInteractive,
  recorders: printRecorders,
};
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0) throw new Error(`no part of the bench: ${unknown}; there are ${Object.keys(parts).join(', ')}`);
for (const [name, print] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await print();

async function printStartUp(): Promise<void> {
  if (!existsSync(join(import.meta.dirname, '../dist/ftui.js'))) {
    console.log('skipped: start-up and first event: there is no dist/ (npm run build)');
    return;
  }
  const base = startUpContenders(ftui);
  printTimes(`Start to end (medians of ${startUpRounds} rounds)`, await measureSideBySide(base, startUpRounds));
  const { contenders, skipped, stop } = await prepareFirstEvent(ftui);
  try {
    const all = { [unit]: base[unit]!, ...contenders };
    const title = `Start to the first printed event (medians of ${firstEventRounds} rounds)`;
    if (Object.keys(contenders).length > 0) printTimes(title, await measureSideBySide(all, firstEventRounds));
    for (const reason of skipped) console.log(`skipped: ${reason}\n`);
  } finally {
    stop();
  }
}

function printTimes(title: string, times: ReadonlyMap<string, number>): void {
  const base = times.get(unit)!;
  const rows = [...times].map(([name, time]) => [`\`${name}\``, time.toFixed(1), (time / base).toFixed(2)]);
  printTable([title, 'ms', `times \`${unit}\``], rows);
}

async function printDecoding(): Promise<void> {
  const { walk, byBytes, records, size } = prepareDecoding();
  const times = await measureSideBySide({ walk, byBytes }, decodingRounds);
  const [walkMs, bytesMs] = [times.get('walk')!, times.get('byBytes')!];
  const speed = (ms: number) => `${(size / 1e3 / ms).toFixed(0)} MB/s`;
  const rate = `${(records / 1e3 / walkMs).toFixed(1)} million records/s`;
  printTable(
    [`Walking ${(size / 1e6).toFixed(0)} MB of function_graph sub-buffers`, 'speed', 'times the plain loop’s time'],
    [
      ['walk over records', `${speed(walkMs)}, ${rate}`, (walkMs / bytesMs).toFixed(2)],
      ['plain loop over bytes', speed(bytesMs), '1.00'],
    ],
  );
}

const noRecordings = 'FTUI_BENCH_RECORDINGS names no folder with large-*.dat (bench/make-recordings)';

async function printReports(): Promise<void> {
  const recordings = findLargeRecordings();
  if (recordings.length === 0) console.log(`skipped: reports: ${noRecordings}\n`);
  for (const recording of recordings) {
    const rows = await compareReports(ftui, recording, reportRounds);
    const own = rows[0]!.ms;
    printTable(
      [
        `\`report\` of ${basename(recording)} (medians of ${reportRounds} rounds)`,
        'ms',
        'times ftui’s time',
        'largest RSS',
      ],
      rows.map(({ program, ms, memory }) => [program, ms.toFixed(0), (ms / own).toFixed(2), `${memory.toFixed(0)} MB`]),
    );
  }
}

async function printLargeFiles(): Promise<void> {
  const graph = findLargeRecordings().find((path) => path.includes('graph'));
  if (graph === undefined) return console.log(`skipped: large files: ${noRecordings}\n`);
  const rows = await measureLargeFiles(ftui, graph, reportRounds);
  printTable(
    [`Large files (medians of ${reportRounds} rounds)`, '400 MB', '4 GB', '4 GB / 400 MB'],
    rows.map(({ what, times: [small, large] }) => [
      what,
      `${small!.toFixed(0)} ms`,
      `${large!.toFixed(0)} ms`,
      (large! / small!).toFixed(2),
    ]),
  );
}

async function printInteractive(): Promise<void> {
  const recording = findLargeRecordings().find((path) => path.includes('graph'));
  const { rows, skipped } = await measureInteractive(ftui, recording);
  const cells = rows.map(({ what, figure, target }) => [what, figure, target]);
  if (rows.length > 0) printTable(['Interactive session, 160x50', 'measured', 'wanted'], cells);
  for (const reason of skipped) console.log(`skipped: ${reason}\n`);
}

function printRecorders(): void {
  const { rows, skipped } = measureRecorders();
  printTable(
    ['`record -e raw_syscalls` of two `dd bs=1`', 'program', 'CPU s', 'MB', 'CPU s a GB', 'events', 'lost'],
    rows.map(({ where, program, cpuSeconds, bytes, events, lost }) => [
      where,
      program,
      cpuSeconds.toFixed(2),
      (bytes / 1e6).toFixed(0),
      (cpuSeconds / (bytes / 1e9)).toFixed(1),
      String(events),
      String(lost),
    ]),
  );
  for (const reason of skipped) console.log(`skipped: ${reason}\n`);
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  console.log(`${lines.join('\n')}\n`);
}
