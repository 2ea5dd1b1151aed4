/** Opens the interactive session: what it needs of this machine, and how it ends. */

import fs from 'node:fs';
import { FtuiError } from '../base/errors.ts';
import { editFile } from '../control/traced-command.ts';
import { Catalogue } from '../session/catalogue.ts';
import { diagnoseKernel } from '../session/diagnosis.ts';
import { InteractiveSession } from '../session/interactive-session.ts';
import { RecentRecordings, recentRecordingsFile } from '../session/recent-recordings.ts';
import { RecordingSession } from '../session/recording-session.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { type Environment, openEnvironmentTracefs } from './environment.ts';
import { describeFunctions } from './list-rows.ts';
import type { LiveCommand } from './live-command.ts';
import type { LiveOptions } from './live-options.ts';
import { printNotice } from './output.ts';
import { readWantedProbe } from './probe-options.ts';
import { resolveProbes } from './resolve-probes.ts';
import { catchSignals } from './signals.ts';
import { version } from './version.ts';

/** The user interface is loaded when it is opened; its types come from there. */
type OpenRequest = Parameters<typeof import('../../ui/open-session.tsx').openSession>[0];
type EngineHost = OpenRequest['host'];
type PaneRequest = NonNullable<Parameters<EngineHost['openSession']>[1]>;
type SessionOptions = ConstructorParameters<typeof InteractiveSession>[0];

export interface UiOptions extends Omit<OpenRequest, 'host' | 'stop' | 'look'> {
  readonly tracefs?: string | undefined;
  readonly maxRate?: number | undefined;
  readonly force?: boolean | undefined;
  readonly user?: string | undefined;
  readonly ascii?: boolean | undefined;
}

/** Opens the screen of a live command. */
export function openLiveUi(
  environment: Environment,
  options: LiveOptions,
  { id, wanted }: NonNullable<LiveCommand['screen']>,
  filters: string,
): Promise<number> {
  const { tracefs, maxRate, force, user, ascii, command, pids, cpus, bufferSizeKb, clock } = options;
  const traces = { pids, cpus, bufferSizeKb, clock, ...wanted };
  return openUi(environment, { screen: id, tracefs, maxRate, force, user, ascii, command, filters, wanted: traces });
}

/** Runs the session until it is quit; returns the exit status. */
export async function openUi(environment: Environment, options: UiOptions): Promise<number> {
  const { openSession } = await import('../../ui/open-session.tsx');
  const stop = new AbortController();
  const signals = catchSignals(environment.kernel, () => stop.abort());
  /** What would be lost on the alternate screen. */
  const notices: string[] = [];
  try {
    const host = createHost(environment, options, (text) => notices.push(text));
    const look = { ascii: options.ascii === true, environment: process.env };
    const status = await openSession({ ...options, host, look, stop: stop.signal });
    return stop.signal.aborted ? signals.exitStatus() : status;
  } finally {
    signals.release();
    for (const notice of notices) printNotice(notice);
  }
}

/** tracefs is opened when something is to be traced: replay needs none. */
function createHost(environment: Environment, options: UiOptions, notice: (text: string) => void): EngineHost {
  let opened: Tracefs | undefined;
  const openTracefs = () => {
    opened ??= openEnvironmentTracefs(environment, options.tracefs, notice);
    return opened;
  };
  const { kernel } = environment;
  /** Names of the session's probes: none is used twice. */
  const taken = new Set<string>();
  const sessionOf = (of: Environment, tracefs: Tracefs, startCommand: SessionOptions['startCommand']) =>
    new InteractiveSession({
      tracefs,
      journalFolder: of.journalFolder(),
      maxRate: options.maxRate,
      force: options.force,
      startRecorder: of.startRecorder,
      startCommand,
      producer: `ftui ${version}`,
    });
  const startInPane = async (pane: PaneRequest) => {
    const command = await environment.startInTerminal({ ...pane.request, user: options.user });
    pane.attach(command);
    return command;
  };
  return {
    recent: new RecentRecordings(recentRecordingsFile(process.env)),
    diagnose: () => diagnoseKernel(kernel, openTracefs),
    hasPanes: environment.playsCommands !== true,
    openSession: (argv, pane) => {
      const start = () => (pane === undefined ? environment.startCommand({ argv: argv! }) : startInPane(pane));
      return sessionOf(environment, openTracefs(), argv === undefined ? undefined : start);
    },
    openDemo: async () => {
      const { simulatedEnvironment, recordedCommand } = await import('./simulated-environment.ts');
      const simulated = simulatedEnvironment();
      const tracefs = openEnvironmentTracefs(simulated, undefined);
      const session = sessionOf(simulated, tracefs, () => simulated.startCommand({ argv: recordedCommand.argv }));
      return { session, functions: recordedCommand.functions, dispose: () => simulated.dispose() };
    },
    openCatalogue: () => new Catalogue(openTracefs()),
    openRecording: (file) => RecordingSession.open(file, { follow: options.follow === true }),
    resolveProbe: async (words) => {
      const [kind, ...rest] = words;
      const wanted = [readWantedProbe(kind === 'kprobe' ? kind : 'uprobe', rest)];
      const { probes, notices } = await resolveProbes(openTracefs(), wanted, { force: options.force === true, taken });
      return { probes, notes: notices };
    },
    prototypesOf: (functions) =>
      describeFunctions(
        openTracefs(),
        functions.map((name) => ({ name, module: undefined })),
      ),
    newRecordingName,
    writeFile,
    findSource: async (subject, of) => {
      const { findSourcePlace, readKernelIdentity } = await import('../control/source-places.ts');
      const identity = of === 'running' ? readKernelIdentity(kernel) : of && { ...of, buildId: undefined };
      return findSourcePlace(subject, { kernel: identity, folder: process.cwd() });
    },
    edit: (file, line) => editFile(file, line, process.env),
  };
}

/** trace.dat, or the first trace-N.dat that is not there. */
function newRecordingName(): string {
  if (!fs.existsSync('trace.dat')) return 'trace.dat';
  for (let number = 2; ; number += 1) if (!fs.existsSync(`trace-${number}.dat`)) return `trace-${number}.dat`;
}

async function writeFile(file: string, content: string): Promise<void> {
  try {
    fs.writeFileSync(file, content, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EEXIST' ? 'it is there already' : (error as Error).message;
    throw new FtuiError({ attempted: `writing ${file}`, why, remedy: 'choose another name' });
  }
}
