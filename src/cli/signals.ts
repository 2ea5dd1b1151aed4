/** Ctrl-C, SIGTERM and SIGHUP end a live command the ordinary way: stop, drain, restore, summary. */

import type { TracedCommand } from '../control/traced-command.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import { isInForeground } from '../tracefs/processes.ts';
import { signalNumbers } from './arguments.ts';

const caught = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface CaughtSignals {
  /** Signals go on to this command, unless the terminal has sent them to it already. */
  forwardTo(command: TracedCommand): TracedCommand;
  /** 0 after Ctrl-C, which is how a live command is meant to end; 128 + number after SIGTERM and SIGHUP. */
  exitStatus(): number;
  release(): void;
}

/** Calls `onSignal` for the first signal; a second one ends the process at once, which still restores tracefs. */
export function catchSignals(kernel: KernelFiles, onSignal: () => void): CaughtSignals {
  let first: NodeJS.Signals | undefined;
  let command: TracedCommand | undefined;
  const handle = (name: NodeJS.Signals) => {
    const fromTerminal = name === 'SIGINT' && isInForeground(kernel);
    if (!fromTerminal) command?.signal(name);
    if (first !== undefined) process.exit(128 + signalNumbers[name]!);
    first = name;
    onSignal();
  };
  for (const name of caught) process.on(name, handle);
  return {
    forwardTo: (target) => {
      command = target;
      return target;
    },
    exitStatus: () => (first === undefined || first === 'SIGINT' ? 0 : 128 + signalNumbers[first]!),
    release: () => {
      for (const name of caught) process.removeListener(name, handle);
    },
  };
}
