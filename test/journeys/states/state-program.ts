/**
 * `node BUNDLE CONDITION [WORD...]`: ftui itself on a simulated kernel in a condition of conditions.ts. Without words it
 * opens Home; `graph FUNC...` is that command. SIGUSR2 makes happen what the condition has in store; from SIGIO on its
 * clock stands still: messages stay, nothing is played, and the screen is the same however long it is looked at.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildCommandLine } from '../../../src/cli/command-line.ts';
import * as graph from '../../../src/cli/commands/graph.ts';
import * as home from '../../../src/cli/commands/home.ts';
import type { Environment } from '../../../src/cli/environment.ts';
import { openUi } from '../../../src/cli/open-ui.ts';
import { reportError } from '../../../src/cli/report-error.ts';
import { playRecordedCommand } from '../../../src/cli/simulated-environment.ts';
import type { TracedCommand } from '../../../src/control/traced-command.ts';
import { startInlineRecorder } from '../../../src/session/record-threads.ts';
import { loadDemoRecording } from '../../../src/simulated/demo-recording.ts';
import { SimulatedKernel } from '../../../src/simulated/simulated-kernel.ts';
import { fixtureFiles, readFixture } from '../../simulated/fixtures.ts';
import { type Condition, type ConditionName, conditions } from './conditions.ts';

const playbackMs = 400;

function makeKernel({ kernel: options, play, prepare }: Condition): SimulatedKernel {
  const { overlay, playback } = loadDemoRecording(fixtureFiles('demo'), playbackMs);
  const kernel = new SimulatedKernel(readFixture('6.12'), {
    ...options,
    overlay,
    playback: play?.(playback) ?? { cpus: [] },
  });
  prepare?.(kernel);
  return kernel;
}

function makeEnvironment(condition: Condition, kernel: SimulatedKernel, journals: string): Environment {
  const startCommand = (): TracedCommand => {
    const command = playRecordedCommand(kernel);
    return { ...command, ended: command.ended.then((end) => condition.commandEnds ?? end) };
  };
  return {
    kernel,
    isRoot: condition.isRoot ?? true,
    playsCommands: true,
    startCommand,
    startRecorder: () =>
      condition.hasRecorder === false ? new Promise(() => {}) : Promise.resolve(startInlineRecorder(kernel)),
    startInTerminal: () => Promise.reject(new Error('the commands here are played')),
    journalFolder: () => ({ path: journals, searched: [journals] }),
    mount: () => condition.mountFailure,
  };
}

const [name, ...words] = process.argv.slice(2);
const condition: Condition = conditions[name as ConditionName];
const kernel = makeKernel(condition);
const journals = fs.mkdtempSync(path.join(os.tmpdir(), 'ftui-state-'));
process.on('SIGUSR2', () => condition.onSignal?.(kernel));
process.on('SIGIO', () => {
  const now = performance.now();
  performance.now = () => now;
});
try {
  const environment = makeEnvironment(condition, kernel, journals);
  let status: Promise<number> | undefined;
  const commands = [graph, home] as unknown as Parameters<typeof buildCommandLine>[1];
  const parser = buildCommandLine(words, commands, (_command, args) => {
    const { maxRate } = condition;
    if (words.length === 0) status = openUi(environment, { screen: 'home', maxRate });
    else status = graph.runGraph(environment, args as unknown as graph.GraphArguments);
  });
  await parser.parseAsync();
  process.exitCode = await status;
} catch (error) {
  process.exitCode = reportError(error);
} finally {
  fs.rmSync(journals, { recursive: true, force: true });
}
