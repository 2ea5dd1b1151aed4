/** Options that all live commands share, and their values. */

import type { Argv } from 'yargs';
import { parseCpuList } from '../base/cpu-list.ts';
import { UsageError } from '../base/errors.ts';
import { parsePids } from '../base/pid-list.ts';
import { parseDuration, parseSizeKb } from '../base/quantities.ts';
import type { CpuId, Pid } from '../base/units.ts';
import { addRecordingOptions, type RecordingOptions, readRecordingOptions } from './record-file-options.ts';

/** The values of the shared options. */
export interface LiveOptions {
  readonly pids: readonly Pid[];
  readonly cpus: readonly CpuId[] | undefined;
  readonly durationMs: number | undefined;
  readonly maxEvents: number;
  readonly maxRate: number;
  readonly bufferSizeKb: number | undefined;
  readonly clock: string | undefined;
  readonly json: boolean;
  readonly plain: boolean;
  readonly ui: boolean;
  readonly ascii: boolean;
  readonly textPipe: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly instance: string | undefined;
  readonly tracefs: string | undefined;
  readonly user: string | undefined;
  readonly command: readonly string[] | undefined;
  /** Record to this file instead of showing anything. */
  readonly output: string | undefined;
  readonly recording: RecordingOptions;
}

/** Events a second at which a live view gives up. */
export const usualMaxRate = 2_000_000;

export const liveFilterHelp =
  'Only what passes: chips (pid:12 cpu:0-3 text:WORD), or the kernel’s language (prev_prio < 100); see docs/filters.md';
export const chipFilterHelp = 'Only what passes: task:bash cpu:0-3 dur:>1ms !fn:irq* and the like; see docs/filters.md';

const targetGroup = 'What to trace:';
const outputGroup = 'Output:';

/** Adds the shared options to a command. */
export function addLiveOptions<T>(yargs: Argv<T>) {
  return addRecordingOptions(addTargetOptions(yargs))
    .option('json', { type: 'boolean', default: false, group: outputGroup, describe: 'Print one JSON object a line' })
    .option('plain', { type: 'boolean', default: false, group: outputGroup, describe: 'Print text even on a terminal' })
    .option('ascii', {
      type: 'boolean',
      default: false,
      group: outputGroup,
      describe: 'Draw the screen with ASCII characters only',
    })
    .option('ui', {
      type: 'boolean',
      default: false,
      group: outputGroup,
      describe: 'Open the screen for a command behind -- (in a pane of it), too, or for a bounded session',
    })
    .option('text-pipe', {
      type: 'boolean',
      default: false,
      group: outputGroup,
      describe: 'Show the text that the kernel itself formats (trace_pipe)',
    })
    .option('dry-run', { type: 'boolean', default: false, describe: 'Print the writes as shell lines and do nothing' })
    .option('force', { type: 'boolean', default: false, describe: 'Go on where ftui would refuse' })
    .option('quiet', {
      alias: 'q',
      type: 'boolean',
      default: false,
      group: outputGroup,
      describe: 'No notes and no summary',
    })
    .option('verbose', {
      alias: 'v',
      type: 'boolean',
      default: false,
      group: outputGroup,
      describe: 'Say more on stderr',
    });
}

function addTargetOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('pid', {
      alias: 'p',
      type: 'string',
      array: true,
      nargs: 1,
      group: targetGroup,
      describe: 'Trace these processes (PID,PID...), their threads and children',
    })
    .option('cpu', { type: 'string', nargs: 1, group: targetGroup, describe: 'Trace on these CPUs (e.g. 0-3,8)' })
    .option('user', { type: 'string', nargs: 1, group: targetGroup, describe: 'Run the command after -- as this user' })
    .option('duration', {
      alias: 'd',
      type: 'string',
      nargs: 1,
      group: targetGroup,
      describe: 'End after this time (5, 500ms, 2m)',
    })
    .option('max-events', {
      alias: 'n',
      type: 'number',
      nargs: 1,
      group: targetGroup,
      describe: 'End after this many events or trees',
    })
    .option('max-rate', {
      type: 'number',
      nargs: 1,
      default: usualMaxRate,
      group: targetGroup,
      describe: 'Stop tracing when more events a second come in',
    })
    .option('buffer-size', {
      type: 'string',
      nargs: 1,
      group: targetGroup,
      describe: 'Buffer of each CPU in KiB (or 4M, 1G)',
    })
    .option('clock', {
      type: 'string',
      nargs: 1,
      group: targetGroup,
      describe: 'Trace clock; mono where the machine reads it fast, else global',
    })
    .option('instance', {
      type: 'string',
      nargs: 1,
      describe: 'Trace in this instance (made and removed if it is not there)',
    })
    .option('tracefs', { type: 'string', nargs: 1, describe: 'Folder of tracefs, instead of looking for it' });
}

/** Parsed words as yargs hands them over. */
export interface LiveArguments {
  readonly pid?: readonly string[] | undefined;
  readonly cpu?: string | undefined;
  readonly user?: string | undefined;
  readonly duration?: string | undefined;
  readonly maxEvents?: number | undefined;
  readonly maxRate: number;
  readonly bufferSize?: string | undefined;
  readonly clock?: string | undefined;
  readonly json: boolean;
  readonly plain: boolean;
  readonly ui: boolean;
  readonly ascii: boolean;
  readonly textPipe: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly instance?: string | undefined;
  readonly tracefs?: string | undefined;
  readonly output?: string | undefined;
  readonly maxSize?: string | undefined;
  readonly compression?: string | undefined;
  readonly kallsyms: boolean;
  /** The command to trace. */
  readonly '--'?: readonly string[] | undefined;
}

/** Turns the words into values; throws UsageError. */
export function readLiveOptions(args: LiveArguments): LiveOptions {
  const command = args['--'];
  if (args.user !== undefined && command === undefined) {
    throw new UsageError({ attempted: 'using --user', why: 'there is no command', remedy: 'put it behind --' });
  }
  return {
    pids: parsePids(args.pid ?? []),
    cpus: args.cpu === undefined ? undefined : parseCpuList(args.cpu),
    durationMs: args.duration === undefined ? undefined : parseDuration(args.duration),
    maxEvents: positiveWhole(args.maxEvents, '--max-events') ?? Number.POSITIVE_INFINITY,
    maxRate: positive(args.maxRate, '--max-rate')!,
    bufferSizeKb: args.bufferSize === undefined ? undefined : parseSizeKb(args.bufferSize),
    clock: args.clock,
    json: args.json,
    plain: args.plain,
    ui: args.ui,
    ascii: args.ascii,
    textPipe: args.textPipe,
    force: args.force,
    dryRun: args.dryRun,
    quiet: args.quiet,
    verbose: args.verbose,
    instance: args.instance,
    tracefs: args.tracefs,
    user: args.user,
    command: command !== undefined && command.length > 0 ? command : undefined,
    output: args.output,
    recording: readRecordingOptions(args),
  };
}

/** A number above 0; throws UsageError for anything else. */
export function positive(value: number | undefined, flag: string): number | undefined {
  if (value === undefined || value > 0) return value;
  throw new UsageError({ attempted: `reading ${flag}`, why: 'it takes a number above 0' });
}

/** A whole number above 0; throws UsageError for anything else. */
export function positiveWhole(value: number | undefined, flag: string): number | undefined {
  if (value === undefined || (value > 0 && Number.isInteger(value))) return value;
  throw new UsageError({ attempted: `reading ${flag}`, why: 'it takes a whole number above 0' });
}
