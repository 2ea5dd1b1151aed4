/**
 * The interactive session in a real pseudo terminal as the bench drives it: keys in, times of what comes back, and what
 * /proc says the process has used. Nothing emulates the terminal meanwhile: that would cost more than what is measured.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { type IPty, spawn } from '@lydell/node-pty';

export const benchSize = { cols: 160, rows: 50 } as const;

export interface TerminalRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Chunks of output that are kept to look for texts in. */
const keptChunks = 2_000;
const longestMs = 60_000;

export class SessionTerminal {
  readonly begun = performance.now();
  readonly exit: Promise<number>;
  readonly #pty: IPty;
  #output: string[] = [];
  #wake: (() => void)[] = [];
  /** Chunks of input that a frame was drawn for, with FTUI_TEST=1. */
  #inputs = 0;

  constructor({ file, args, env = {} }: TerminalRequest) {
    this.#pty = spawn(file, [...args], {
      name: 'xterm-256color',
      ...benchSize,
      env: { ...process.env, LANG: 'C.UTF-8', ...env },
    });
    this.exit = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
    this.#pty.onData((data) => {
      this.#output.push(data);
      if (this.#output.length > 2 * keptChunks) this.#output = this.#output.slice(-keptChunks);
      const mark = data.lastIndexOf('inputs=');
      if (mark >= 0) this.#inputs = Number.parseInt(data.slice(mark + 'inputs='.length), 10);
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** ms from the start until the output since the last forget() has this text; throws when it does not come. */
  async shows(text: RegExp): Promise<number> {
    await this.#until(() => text.test(this.#text), `${text}`);
    return performance.now() - this.begun;
  }

  /** The last match of a text in the output. */
  lastText(text: RegExp): string | undefined {
    return [...this.#text.matchAll(new RegExp(text, 'g'))].at(-1)?.[0];
  }

  /** What was put out is no longer looked at. */
  forget(): void {
    this.#output = [];
  }

  /** Keys that nobody measures, one after the other; `ms` to let each be drawn. */
  async type(keys: readonly string[], ms = 30): Promise<void> {
    for (const key of keys) {
      this.#pty.write(key);
      await sleep(ms);
    }
  }

  /** ms until the first byte comes back: only where the screen does not change by itself. */
  async timeToFirstByte(key: string): Promise<number> {
    let isThere = false;
    this.#wake.push(() => {
      isThere = true;
    });
    const begun = performance.now();
    this.#pty.write(key);
    await this.#until(() => isThere, 'an answer to a key');
    return performance.now() - begun;
  }

  /** ms until a frame is complete that was drawn after the key came; needs FTUI_TEST=1. */
  async timeToFrame(key: string): Promise<number> {
    const before = this.#inputs;
    const begun = performance.now();
    this.#pty.write(key);
    await this.#until(() => this.#inputs > before, 'a frame for a key');
    return performance.now() - begun;
  }

  /** ms of CPU that all threads have used. */
  cpuMs(): number {
    const tasks = `/proc/${this.#pty.pid}/task`;
    const used = readdirSync(tasks).map((task) =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0]),
    );
    return used.reduce((sum, ns) => sum + ns, 0) / 1e6;
  }

  /** Largest resident set so far, MB. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.#pty.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024;
  }

  async quit(): Promise<void> {
    const limit = setTimeout(() => this.#pty.kill('SIGKILL'), 10_000);
    this.#pty.write('\u0003');
    await this.exit;
    clearTimeout(limit);
  }

  get #text(): string {
    return stripVTControlCharacters(this.#output.join(''));
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + longestMs;
    while (!holds()) {
      const woken = new Promise<boolean>((resolve) => {
        const limit = setTimeout(() => resolve(false), deadline - performance.now());
        this.#wake.push(() => {
          clearTimeout(limit);
          resolve(true);
        });
      });
      if (await woken) continue;
      await this.quit();
      throw new Error(`ftui did not show ${what} within ${longestMs / 1000} s: ${this.#text.slice(-300)}`);
    }
  }
}
