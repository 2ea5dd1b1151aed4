/**
 * A traced command in a terminal of its own, whose output is shown in a pane. Node has no pseudo terminals, so a package
 * makes them (docs/decisions/0012); without it the command writes into pipes and reads nothing. The command waits as in
 * traced-command.ts, but for a line from its terminal: if ftui dies first, the kernel hangs the terminal up.
 */

import os from 'node:os';
import { asPid } from '../base/units.ts';
import {
  abandonedStatus,
  type CommandEnd,
  startPipedCommand,
  type TracedCommand,
  type WrappedCommand,
  wrapCommand,
} from './traced-command.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalRequest {
  readonly argv: readonly string[];
  /** Run as this user (name or id) with all its groups. */
  readonly user?: string | undefined;
  readonly size: TerminalSize;
  /** $TERM: what the pane understands, and the colours that it can show. */
  readonly term: string;
}

export interface CommandTerminal {
  /** Why it is pipes and no terminal, as a sentence: nothing can be typed, and there is no size. */
  readonly lack: string | undefined;
  readonly hasBegun: boolean;
  /** One listener; what came before is kept for it. */
  onOutput(listener: (bytes: Uint8Array) => void): void;
  /** What is typed; kept until the command runs. */
  write(text: string): void;
  resize(size: TerminalSize): void;
  /** The command waits when it has filled its terminal's buffer. */
  pause(): void;
  resume(): void;
  /** Hangs up; what is still there a second later is killed. */
  close(): Promise<void>;
}

export interface CommandInTerminal extends TracedCommand {
  readonly terminal: CommandTerminal;
}

/** Starts the command blocked, in a terminal. Rejects as startBlockedCommand() throws. */
export async function startCommandInTerminal(request: TerminalRequest): Promise<CommandInTerminal> {
  const { spawn } = await import('@lydell/node-pty').catch((error: Error) => ({ spawn: error }));
  if (spawn instanceof Error) {
    return startInPipes(request, `the package @lydell/node-pty cannot be loaded (${firstLine(spawn)})`);
  }
  const wrapped = wrapCommand(request.argv, request.user, waitThenRun);
  try {
    return startInPty(request, wrapped, spawn);
  } catch (error) {
    return startInPipes(request, firstLine(error as Error));
  }
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0]!;
}

const waitThenRun = `read -r go || exit ${abandonedStatus}; exec "$@"`;
/** The line that lets the command go, and what the kernel's echo of it looks like. */
const goLine = '\n';
const echoedBytes = 2;

function startInPty(
  { size, term }: TerminalRequest,
  { program, words, env: { COLUMNS, LINES, ...env } }: WrappedCommand,
  spawn: typeof import('@lydell/node-pty').spawn,
): CommandInTerminal {
  const pty = spawn(program, words, {
    ...{ name: term, cols: size.columns, rows: size.rows, cwd: process.cwd() },
    encoding: null,
    env,
  });
  const pid = asPid(pty.pid);
  const input = new TerminalInput((text) => pty.write(text));
  const output = new TerminalOutput(echoedBytes);
  // Without an encoding it gives bytes, whatever its types say.
  pty.onData((data) => output.take(data as unknown as Uint8Array));
  const ended = new Promise<CommandEnd>((resolve) => {
    pty.onExit(({ exitCode, signal }) => {
      input.end();
      resolve(signal ? { code: null, signal: nameOfSignal(signal) } : { code: exitCode, signal: null });
    });
  });
  const send = (name: NodeJS.Signals) => signalGroup(pid, name);
  return {
    pid,
    release: () => input.begin(goLine),
    abandon: () => send('SIGHUP'),
    signal: send,
    ended,
    terminal: {
      lack: undefined,
      get hasBegun() {
        return input.hasBegun;
      },
      onOutput: (listener) => output.listen(listener),
      write: (text) => input.write(text),
      resize: ({ columns, rows }) => {
        try {
          pty.resize(columns, rows);
        } catch {} // It is closed when nobody has it open any more, a little before the end is told.
      },
      pause: () => pty.pause(),
      resume: () => pty.resume(),
      close: prepareHangUp(ended, send, () => pty.resume()),
    },
  };
}

function startInPipes({ argv, user }: TerminalRequest, why: string): CommandInTerminal {
  const { outputs, ...command } = startPipedCommand(argv, user);
  const output = new TerminalOutput(0);
  for (const stream of outputs) stream.on('data', (data: Buffer) => output.take(data));
  const send = (name: NodeJS.Signals) => signalGroup(command.pid, name);
  const resume = () => {
    for (const stream of outputs) stream.resume();
  };
  let hasBegun = false;
  return {
    ...command,
    release: () => {
      hasBegun = true;
      command.release();
    },
    signal: send,
    terminal: {
      lack: `No terminal, so nothing can be typed: ${why}`,
      get hasBegun() {
        return hasBegun;
      },
      onOutput: (listener) => output.listen(listener),
      write: () => {},
      resize: () => {},
      pause: () => {
        for (const stream of outputs) stream.pause();
      },
      resume,
      close: prepareHangUp(command.ended, send, resume),
    },
  };
}

/** What is typed before the command runs would be taken for the line that it waits for. */
class TerminalInput {
  readonly #send: (text: string) => void;
  #kept = '';
  #hasEnded = false;
  hasBegun = false;

  constructor(send: (text: string) => void) {
    this.#send = send;
  }

  begin(line: string): void {
    if (this.hasBegun || this.#hasEnded) return;
    this.hasBegun = true;
    this.#send(line + this.#kept);
    this.#kept = '';
  }

  write(text: string): void {
    if (this.#hasEnded) return;
    if (this.hasBegun) this.#send(text);
    else this.#kept += text;
  }

  end(): void {
    this.#hasEnded = true;
  }
}

/** Hands output on, but for its first `skipped` bytes; keeps it while nobody listens. */
class TerminalOutput {
  #skipped: number;
  #kept: Uint8Array[] = [];
  #listener: ((bytes: Uint8Array) => void) | undefined;

  constructor(skipped: number) {
    this.#skipped = skipped;
  }

  take(bytes: Uint8Array): void {
    const rest = bytes.subarray(this.#skipped);
    this.#skipped -= bytes.length - rest.length;
    if (rest.length === 0) return;
    if (this.#listener === undefined) this.#kept.push(rest);
    else this.#listener(rest);
  }

  listen(listener: (bytes: Uint8Array) => void): void {
    this.#listener = listener;
    for (const bytes of this.#kept.splice(0)) listener(bytes);
  }
}

const patienceMs = 1_000;

/** What ends the command with its terminal, if it has not ended by then. */
function prepareHangUp(
  ended: Promise<unknown>,
  send: (name: NodeJS.Signals) => void,
  resume: () => void,
): () => Promise<void> {
  let isOver = false;
  const over = ended.then(() => {
    isOver = true;
  });
  return async () => {
    for (const signals of [['SIGHUP', 'SIGCONT'], ['SIGKILL']] as const) {
      if (isOver) return;
      resume();
      for (const name of signals) send(name);
      await waitFor(over);
    }
  };
}

/** Until it is so, or patience is at its end. */
async function waitFor(over: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([over, tooLong]);
  clearTimeout(timer);
}

/** The command leads a process group of its own: not yet just after its start, and at its end that is gone. */
function signalGroup(pid: number, name: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, name);
      return;
    } catch {}
  }
}

function nameOfSignal(number: number): NodeJS.Signals | null {
  const found = Object.entries(os.constants.signals).find(([, value]) => value === number);
  return (found?.[0] as NodeJS.Signals | undefined) ?? null;
}
