/** Programs that a scenario runs: with pipes or in a pseudo terminal, with what they said so far and how they ended. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface ProgramOptions {
  /** Text for its stdin, closed afterwards; left out, stdin is empty. `keep` keeps stdin open for `write`. */
  readonly input?: string | 'keep';
  /** Milliseconds after which it is killed and the scenario fails; 60 s if left out. */
  readonly timeout?: number;
  /** Added to the environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** For a pseudo terminal only: its size, 120 by 40 if left out. */
  readonly columns?: number;
  readonly rows?: number;
}

export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  /** As a shell gives it: 128 + the signal's number when killed. */
  readonly status: number;
}

export interface RunningProgram {
  readonly pid: number;
  /** What came so far. In a pseudo terminal all is in `stdout`. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until stdout (or stderr) holds the text; fails when it ends or `timeout` ms pass before. */
  readonly waitFor: (text: string | RegExp, timeout?: number) => Promise<void>;
  readonly write: (text: string) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Closes the pseudo terminal, as closing its window does; without one, nothing. */
  readonly hangUp: () => void;
  readonly done: Promise<ProgramResult>;
}

const defaultTimeout = 120_000;

/** Starts a program with pipes. */
export function startProgram(file: string, args: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: buildEnvironment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = new Output(`${file} ${args.join(' ')}`);
  child.stdin.on('error', () => {}); // it may end without reading: EPIPE
  if (options.input !== 'keep') child.stdin.end(options.input ?? '');
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.add('stdout', text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => output.add('stderr', text));
  child.on('error', (error) => output.fail(error));
  child.on('close', (status, signal) => output.end(status ?? 128 + constants.signals[signal!]));
  return output.asProgram({
    pid: child.pid ?? 0,
    write: (text) => child.stdin.write(text),
    kill: (signal) => child.kill(signal),
    timeout: options.timeout ?? defaultTimeout,
  });
}

/** Starts a program in a pseudo terminal of its own, which is its controlling terminal. */
export async function startInTerminal(
  file: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<RunningProgram> {
  const { spawn: spawnInTerminal } = await import('@lydell/node-pty');
  const terminal = spawnInTerminal(file, [...args], {
    name: 'xterm-256color',
    cols: options.columns ?? 120,
    rows: options.rows ?? 40,
    cwd: options.cwd ?? process.cwd(),
    env: buildEnvironment(options),
  });
  const output = new Output(`${file} ${args.join(' ')}`);
  terminal.onData((text) => output.add('stdout', text));
  terminal.onExit(({ exitCode, signal }) => output.end(signal ? 128 + signal : exitCode));
  if (options.input !== undefined && options.input !== 'keep') terminal.write(options.input);
  return output.asProgram({
    pid: terminal.pid,
    write: (text) => terminal.write(text),
    kill: (signal) => terminal.kill(signal),
    hangUp: () => (terminal as unknown as { destroy(): void }).destroy(),
    timeout: options.timeout ?? defaultTimeout,
  });
}

function buildEnvironment(options: ProgramOptions): Record<string, string> {
  const environment = Object.entries({ ...process.env, ...options.env });
  return Object.fromEntries(environment.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

interface Handle {
  readonly pid: number;
  readonly write: (text: string) => void;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly hangUp?: () => void;
  readonly timeout: number;
}

/** What a program said, and who waits for it. */
class Output {
  private readonly command: string;
  private readonly text = { stdout: '', stderr: '' };
  private readonly waiting = new Set<() => void>();
  private readonly ended = Promise.withResolvers<ProgramResult>();
  private over = false;

  constructor(command: string) {
    this.command = command;
    this.ended.promise.catch(() => {}); // whoever awaits `done` gets it
  }

  add(stream: 'stdout' | 'stderr', text: string): void {
    this.text[stream] += text;
    this.tellWaiting();
  }

  end(status: number): void {
    this.over = true;
    this.ended.resolve({ ...this.text, status });
    this.tellWaiting();
  }

  fail(error: Error): void {
    this.over = true;
    this.ended.reject(error);
    this.tellWaiting();
  }

  asProgram({ pid, write, kill, hangUp = () => {}, timeout }: Handle): RunningProgram {
    const timer = setTimeout(() => {
      this.ended.reject(new Error(this.describe(`not done after ${timeout} ms`)));
      kill('SIGKILL');
    }, timeout);
    this.ended.promise.finally(() => clearTimeout(timer)).catch(() => {});
    return {
      pid,
      write,
      kill,
      hangUp,
      stdout: () => this.text.stdout,
      stderr: () => this.text.stderr,
      waitFor: (text, limit = 60_000) => this.waitFor(text, limit),
      done: this.ended.promise,
    };
  }

  private waitFor(wanted: string | RegExp, limit: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const isThere = (text: string) => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
    const timer = setTimeout(() => reject(new Error(this.describe(`no ${wanted} within ${limit} ms`))), limit);
    const look = () => {
      if (isThere(this.text.stdout) || isThere(this.text.stderr)) resolve();
      else if (this.over) reject(new Error(this.describe(`ended without ${wanted}`)));
    };
    this.waiting.add(look);
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      this.waiting.delete(look);
    });
  }

  private tellWaiting(): void {
    for (const look of this.waiting) look();
  }

  private describe(what: string): string {
    return `${this.command}: ${what}\nstdout: ${this.text.stdout.slice(-2000)}\nstderr: ${this.text.stderr.slice(-2000)}`;
  }
}
