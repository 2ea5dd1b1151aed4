/** A shell in a terminal that starts ftui, and says afterwards whether the terminal is as it was. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Home, plainUser, plainUserLauncher } from './program.ts';
import { TerminalProgram } from './terminal.ts';

const size = { cols: 80, rows: 24 } as const;

export class JobShell {
  readonly terminal: TerminalProgram;

  /** `words` is a piece of a shell line behind the name of the program. */
  constructor(home: Home, words: string, env: Readonly<Record<string, string>> = {}) {
    const script = [
      // Ctrl-C and a closed window go to the shell, too, which is to go on.
      'trap : INT',
      'before=$(stty -g)',
      `"$0" ${words}`,
      'echo "status $?"',
      '[ "$(stty -g)" = "$before" ] && echo "settings as before"',
      'read -r line && echo "read: $line"',
    ];
    this.terminal = new TerminalProgram('/bin/sh', ['-c', script.join('\n'), plainUserLauncher()], {
      cwd: home.folder,
      env: home.environment({ TERM: 'xterm-256color', FTUI_TEST: '1', ...env }),
      ...plainUser,
      ...size,
    });
  }

  /** The process that the shell waits for. */
  get jobPid(): number {
    const { pid } = this.terminal.pty;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  }

  /** The shell has gone on with this status, reads a line as it is typed, and ends. */
  async expectRestored(status: number): Promise<void> {
    const { terminal } = this;
    await terminal.shows('status ');
    await terminal.shows('settings as before');
    expect(terminal.lines().join('\n')).toContain(`status ${status}\n`);
    expect(terminal.modesOn()).toEqual([]);
    terminal.pty.write('typed\r');
    await terminal.shows('read: typed');
    expect(await terminal.exit).toBe(0);
  }
}
