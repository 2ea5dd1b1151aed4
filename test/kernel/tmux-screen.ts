/** A program in a window of tmux, as a person at a terminal has it: keys go in, the screen is read as text. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks at the screen. */
const lookMs = 500;

export interface TmuxOptions {
  /** A folder for tmux's socket. */
  readonly folder: string;
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  /** Where `keep` writes; undefined: nowhere. */
  readonly keepIn?: string | undefined;
}

export class TmuxScreen {
  readonly #socket: string;
  readonly #keepIn: string | undefined;

  /** `line` is a line for a shell; the window stays when it has ended. */
  constructor(line: string, { folder, cwd, columns = 100, rows = 30, keepIn }: TmuxOptions) {
    this.#socket = join(folder, `tmux-${process.pid}-${Math.random().toString(36).slice(2)}`);
    this.#keepIn = keepIn;
    const size = ['-x', String(columns), '-y', String(rows)];
    this.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      ...size,
      '-c',
      cwd,
      `${line}; echo "status $?"; exec sleep 1000`,
    );
  }

  #tmux(...words: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('tmux', ['-S', this.#socket, ...words], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    });
    if (status !== 0) throw new Error(`tmux ${words.join(' ')}: ${stderr}`);
    return stdout;
  }

  text(): string {
    return this.#tmux('capture-pane', '-p').trimEnd();
  }

  /** Keys by tmux's names: `Enter`, `C-c`, `j`. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#tmux('send-keys', key);
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text);
  }

  /** Waits until the screen has the text; fails with the screen after `limitMs`. Returns the screen. */
  async shows(wanted: string | RegExp, limitMs = 120_000): Promise<string> {
    const until = performance.now() + limitMs;
    for (;;) {
      const text = this.text();
      if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return text;
      if (performance.now() > until) throw new Error(`no ${wanted} on the screen within ${limitMs} ms:\n${text}`);
      await sleep(lookMs);
    }
  }

  /** The screen as a file of the project's documents, where that is wanted. */
  keep(name: string): void {
    if (this.#keepIn === undefined) return;
    mkdirSync(this.#keepIn, { recursive: true });
    writeFileSync(join(this.#keepIn, `${name}.txt`), `${this.text()}\n`);
    writeFileSync(join(this.#keepIn, `${name}.ansi`), this.#tmux('capture-pane', '-p', '-e'));
  }

  close(): void {
    spawnSync('tmux', ['-S', this.#socket, 'kill-server']);
  }
}
