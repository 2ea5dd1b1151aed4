/** Where a command runs: the kernel at hand, or the simulated one. */

import { chooseJournalFolder, type JournalFolder } from '../control/journal.ts';
import { openTracefs } from '../control/open-tracefs.ts';
import { type CommandInTerminal, startCommandInTerminal, type TerminalRequest } from '../control/terminal-command.ts';
import {
  type CommandOptions,
  mountTracefs,
  startBlockedCommand,
  type TracedCommand,
} from '../control/traced-command.ts';
import { type Recorder, startRecorderThread } from '../session/record-threads.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { RunningKernel } from '../tracefs/running-kernel.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';
import { printNotice } from './output.ts';

export interface Environment {
  readonly kernel: KernelFiles;
  readonly isRoot: boolean;
  /** Commands only stand for that of a recording: they write nothing that could be shown. */
  readonly playsCommands?: boolean;
  startCommand(options: CommandOptions): TracedCommand;
  /** Records to a file; in a thread of its own where the kernel is a real one. */
  startRecorder(): Promise<Recorder>;
  startInTerminal(request: TerminalRequest): Promise<CommandInTerminal>;
  journalFolder(): JournalFolder;
  mount(at: string): string | undefined;
}

export function runningEnvironment(): Environment {
  return {
    kernel: new RunningKernel(),
    isRoot: process.getuid?.() === 0,
    startCommand: startBlockedCommand,
    startRecorder: startRecorderThread,
    startInTerminal: startCommandInTerminal,
    journalFolder: () => chooseJournalFolder(),
    mount: mountTracefs,
  };
}

/** tracefs of the environment, mounted if need be, which `notice` tells; `directory` is --tracefs. */
export function openEnvironmentTracefs(
  environment: Environment,
  directory: string | undefined,
  notice: (text: string) => void = printNotice,
): Tracefs {
  const { kernel, isRoot, mount } = environment;
  return openTracefs(kernel, { directory, isRoot, mount, notice });
}
