/** The simulated kernel with the bundled recording, as an environment that live commands run in unchanged. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asPid } from '../base/units.ts';
import { type CommandInTerminal, startCommandInTerminal, type TerminalRequest } from '../control/terminal-command.ts';
import type { CommandEnd, TracedCommand } from '../control/traced-command.ts';
import { startInlineRecorder } from '../session/record-threads.ts';
import { loadDemoRecording } from '../simulated/demo-recording.ts';
import { type FixtureFiles, loadFixture } from '../simulated/fixture-tree.ts';
import { SimulatedKernel } from '../simulated/simulated-kernel.ts';
import type { Environment } from './environment.ts';

/** What the bundled recording shows. */
export const recordedCommand = { functions: ['do_sys_open'], argv: ['ls', '/'] } as const;

/** The recording is played over about the time that it took. */
const playbackMs = 400;
/** Time for the last round of reading after the last page. */
const settleMs = 100;

export interface SimulatedEnvironment extends Environment {
  /** Removes its temporary journal folder. */
  dispose(): void;
}

/** A kernel made of the fixture that the recording belongs to, playing it; `runsCommands`: beside a command of the user's. */
export function simulatedEnvironment({ runsCommands = false } = {}): SimulatedEnvironment {
  const recording = loadDemoRecording(fixtureFolder('demo'), playbackMs);
  const fixture = loadFixture(fixtureFolder(recording.fixture));
  const kernel = new SimulatedKernel(fixture, { overlay: recording.overlay, playback: recording.playback });
  const journals = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-demo-'));
  return {
    kernel,
    isRoot: true,
    playsCommands: !runsCommands,
    startCommand: () => playRecordedCommand(kernel),
    startRecorder: async () => startInlineRecorder(kernel),
    startInTerminal: (request) => playBesideCommand(kernel, request),
    journalFolder: () => ({ path: journals, searched: [journals] }),
    mount: () => undefined,
    dispose: () => fs.rmSync(journals, { recursive: true, force: true }),
  };
}

/** The folder `name` of tracefs-fixtures/, beside the program wherever it was bundled to. */
function fixtureFolder(name: string): FixtureFiles {
  const folder = path.join(packageRoot(), 'tracefs-fixtures', name);
  return {
    list: () => fs.readdirSync(folder),
    read: (file) => fs.readFileSync(path.join(folder, file)),
  };
}

function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

/** Stands for the `ls /` of the recording: it runs as long as there are pages to read and somebody traces it. */
export function playRecordedCommand(kernel: SimulatedKernel): TracedCommand {
  const { promise, resolve } = Promise.withResolvers<CommandEnd>();
  const timer = setInterval(() => {
    if (kernel.playbackDone || kernel.playbackStopped) end({ code: 0, signal: null });
  }, settleMs);
  const end = (how: CommandEnd) => {
    clearInterval(timer);
    resolve(how);
  };
  return {
    pid: asPid(process.pid),
    release: () => {},
    abandon: () => end({ code: null, signal: 'SIGTERM' }),
    signal: (name) => end({ code: null, signal: name }),
    ended: promise,
  };
}

/** A command that really runs while the recording is played: both have come to their end. */
async function playBesideCommand(kernel: SimulatedKernel, request: TerminalRequest): Promise<CommandInTerminal> {
  const command = await startCommandInTerminal(request);
  const played = playRecordedCommand(kernel);
  const abandon = () => {
    command.abandon();
    played.abandon();
  };
  return { ...command, abandon, ended: command.ended.then((end) => played.ended.then(() => end)) };
}
