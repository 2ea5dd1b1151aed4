/** What a recording says while it runs and at its end; on standard error, but for --json. */

import fs from 'node:fs';
import path from 'node:path';
import { visibleText } from '../base/text.ts';
import { suggestBufferKb } from '../control/recording-buffer.ts';
import type { RecordPlan } from '../session/record-buffers.ts';
import type { RecordProgress } from '../session/record-output.ts';
import type { RecordConsumer, RecordResult } from '../session/record-session.ts';
import { directoryOf } from '../session/session-start.ts';
import { explainSilence } from '../session/silence.ts';
import { formatSilence } from '../session/state-texts.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { printNotice } from './output.ts';
import { formatBytes, formatProgress, formatRecordSummary, jsonRecordSummary } from './record-summary.ts';
import type { RecordingJob } from './run-recording.ts';

type PrintedJob = Pick<RecordingJob, 'path' | 'quiet' | 'verbose' | 'json' | 'title' | 'command' | 'probes'>;

export class RecordPrinter implements RecordConsumer {
  readonly notices: string[] = [];
  readonly #job: PrintedJob;
  readonly #tracefs: Tracefs;
  /** Whether the terminal is ours: a traced command may write to it too. */
  readonly #hasLiveLine: boolean;
  #plans: readonly RecordPlan[] = [];
  #liveLine = '';
  #lostBefore = 0;
  #last: { readonly bytes: number; readonly wallMs: number } = { bytes: 0, wallMs: 0 };

  constructor(job: PrintedJob, tracefs: Tracefs) {
    this.#job = job;
    this.#tracefs = tracefs;
    this.#hasLiveLine = process.stderr.isTTY === true && !job.quiet && job.command === undefined;
  }

  /** The plans, for the explanation why nothing came. */
  remember(plans: readonly RecordPlan[]): readonly RecordPlan[] {
    this.#plans = plans;
    return plans;
  }

  started(): void {
    const { command, verbose, path: file, title, quiet } = this.#job;
    if (quiet) return;
    if (command === undefined) this.#print(`recording to ${file} (Ctrl-C ends)`);
    else if (verbose) this.#print(`tracing: ${title}`);
  }

  progress(progress: RecordProgress, wallMs: number): void {
    const { bytes, lost } = progress;
    const rate = ((bytes - this.#last.bytes) * 1000) / Math.max(wallMs - this.#last.wallMs, 1);
    this.#last = { bytes, wallMs };
    if (this.#hasLiveLine) {
      this.#showLive(formatProgress(this.#job.path, progress, wallMs, { rate, freeBytes: this.#readFreeBytes() }));
    } else if (lost > 0 && this.#lostBefore === 0) {
      this.notice(`events are being lost: ${lost} so far, at ${formatBytes(rate)}/s`);
    }
    this.#lostBefore = lost;
  }

  #readFreeBytes(): number | undefined {
    try {
      const { bavail, bsize } = fs.statfsSync(path.dirname(this.#job.path));
      return bavail * bsize;
    } catch {
      return undefined;
    }
  }

  stopped(records: number): void {
    const [main] = this.#plans;
    if (records > 0 || main === undefined) return;
    const { plan } = main;
    const directory = directoryOf(this.#tracefs, plan);
    const context = { tracefs: this.#tracefs, directory, plan, catalogue: undefined, origin: () => 0n };
    this.notice(formatSilence(explainSilence(context, this.#job.probes)));
  }

  notice(text: string): void {
    this.notices.push(text);
    if (!this.#job.quiet) this.#print(visibleText(text));
  }

  /** Failures are said even with --quiet. */
  summarise(result: RecordResult): void {
    const { failure, file, folder, unsaved } = result;
    this.#clearLive();
    const target = this.#job.path;
    if (failure !== undefined) {
      const left = unsaved > 0 ? `; ${unsaved} later events are not` : '';
      const kept =
        file === undefined
          ? `what was recorded is in ${folder}: \`ftui restore ${target}\` finishes it once there is room`
          : `what was recorded until then is in ${target}`;
      printNotice(visibleText(`${failure.attempted}: ${failure.why} (${kept}${left})`));
    }
    for (const problem of file?.problems ?? []) this.notice(problem);
    this.#suggestBuffer(result);
    if (this.#job.json) process.stdout.write(`${jsonRecordSummary(result, this.notices)}\n`);
    else if (!this.#job.quiet) printNotice(visibleText(formatRecordSummary(result, target)));
  }

  #suggestBuffer({ lost, progress, wallMs }: RecordResult): void {
    const used = this.#plans[0]?.plan.bufferSizeKb;
    if (lost.length === 0 || used === undefined) return;
    const rate = (progress.bytes * 1000) / Math.max(wallMs, 1);
    const size = `${Math.ceil(suggestBufferKb(rate, used) / 1024)}M`;
    this.notice(`events were lost at ${formatBytes(rate)}/s: --buffer-size ${size} would hold a second of that`);
  }

  close(): void {
    this.#clearLive();
  }

  #print(text: string): void {
    this.#clearLive();
    printNotice(text);
  }

  #showLive(text: string): void {
    const width = process.stderr.columns || 80;
    this.#liveLine = visibleText(text).slice(0, width - 1);
    process.stderr.write(`\r${this.#liveLine}\x1b[K`);
  }

  #clearLive(): void {
    if (this.#liveLine !== '') process.stderr.write('\r\x1b[K');
    this.#liveLine = '';
  }
}
