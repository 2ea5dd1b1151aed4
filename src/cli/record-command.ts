/** Runs `ftui record`: from its words to a recording. */

import { UsageError } from '../base/errors.ts';
import type { Pid } from '../base/units.ts';
import { checkPids } from '../session/common-plan.ts';
import { listCpus } from '../tracefs/trace-directory.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { splitProbeWords } from './arguments.ts';
import { type Environment, openEnvironmentTracefs } from './environment.ts';
import { readWantedProbe } from './probe-options.ts';
import { recordShapes } from './record-options.ts';
import { resolveRecording } from './record-plans.ts';
import { type RecordingRequest, readRecordingRequest } from './record-request.ts';
import { parseRecordWords } from './record-words.ts';
import { resolveProbes } from './resolve-probes.ts';
import { runRecording } from './run-recording.ts';

/** Records in `environment` what the words say; returns the exit status. */
export async function runRecord(environment: Environment, words: readonly string[]): Promise<number> {
  const request = readRecordingRequest(parseRecordWords(words, recordShapes));
  const { values, buffers, pids, format } = request;
  const tracefs = openEnvironmentTracefs(environment, values.get('tracefs'));
  const watched = [...new Set([...buffers.flatMap(({ tasks }) => tasks), ...pids])];
  checkPids(tracefs, watched);
  const force = values.has('force');
  const wanted = [
    ...request.kprobes.map((text) => readWantedProbe('kprobe', splitProbeWords(text))),
    ...request.uprobes.map((text) => readWantedProbe('uprobe', splitProbeWords(text))),
  ];
  const { probes, notices: ofProbes } = await resolveProbes(tracefs, wanted, { force, pids });
  const { notices, makePlans } = resolveRecording(tracefs, request, probes);
  return runRecording(environment, tracefs, {
    title: ['record', ...words].join(' '),
    path: values.get('output') ?? 'trace.dat',
    recording: { maxBytes: chooseMaxBytes(tracefs, request), format, kallsyms: values.has('kallsyms') },
    watchedPids: chooseWatched(request, watched),
    formats: chooseFormats(tracefs, request),
    durationMs: request.durationMs,
    maxRate: request.maxRate,
    roundMs: request.roundMs,
    savedNames: request.savedNames,
    date: chooseDate(makePlans(undefined)[0]!.plan.clock, request),
    offset: values.get('ts-offset'),
    force,
    dryRun: values.has('dry-run'),
    quiet: values.has('quiet'),
    verbose: values.has('verbose'),
    json: values.has('json'),
    user: values.get('user'),
    command: request.command,
    notices: [...ofProbes, ...notices],
    probes,
    makePlans,
  });
}

/** -m speaks of one CPU, the file has one limit for all. */
function chooseMaxBytes({ top }: Tracefs, { maxBytes, maxKbPerCpu, buffers }: RecordingRequest): number | undefined {
  return maxKbPerCpu === undefined ? maxBytes : maxKbPerCpu * 1024 * listCpus(top).length * buffers.length;
}

/** Recording ends with the tasks only where every buffer is about tasks, and no command runs. */
function chooseWatched({ buffers, pids, command }: RecordingRequest, watched: readonly Pid[]): readonly Pid[] {
  const allTasks = pids.length > 0 || buffers.every(({ tasks }) => tasks.length > 0);
  return command === undefined && allTasks ? watched : [];
}

/** Triggers may enable events of other systems; so may whoever traces already where the recording goes. */
function chooseFormats({ top }: Tracefs, { values, buffers }: RecordingRequest): ReadonlySet<string> | undefined {
  if (values.has('all-formats')) return undefined;
  const triggers = buffers.flatMap(({ events }) => events.flatMap((event) => event.triggers));
  const enabled = triggers.flatMap((trigger) => /^enable_event:([^:]+):/.exec(trigger)?.[1] ?? []);
  const others = (top.readIfThere('set_event') ?? '')
    .split('\n')
    .flatMap((line) => line.match(/^[^:]+(?=:)/)?.[0] ?? []);
  return new Set([...enabled, ...others]);
}

function chooseDate(clock: string, { values }: RecordingRequest): boolean {
  if (!values.has('date')) return false;
  if (clock === 'mono') return true;
  throw new UsageError({
    attempted: `using --date with the clock ${clock}`,
    why: 'only the clock mono can be compared with wall-clock time',
    remedy: 'add -C mono',
  });
}
