/**
 * The command to trace: started blocked, let go when tracing is on. It waits in a shell that reads from an inherited
 * pipe; when ftui dies first, the shell sees the end of the pipe and exits without running the command. exec keeps the
 * pid, so the pid filters hold. The only place of ftui that starts processes, besides terminal-command.ts, which gives the
 * command a terminal of its own.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { FtuiError, UsageError } from '../base/errors.ts';
import { asPid, type Pid } from '../base/units.ts';
import { editorWords } from './editor-command.ts';

export interface CommandEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TracedCommand {
  readonly pid: Pid;
  /** Lets the command run. */
  release(): void;
  /** Ends a command that was never released, without running it. */
  abandon(): void;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<CommandEnd>;
}

export interface CommandOptions {
  readonly argv: readonly string[];
  /** Run as this user (name or id) with all its groups. */
  readonly user?: string | undefined;
  /** Sends the command's standard output to ftui's standard error, where ftui's own holds JSON only. */
  readonly outputToStderr?: boolean | undefined;
}

/** Exit status of the waiting shell when ftui went away. */
export const abandonedStatus = 125;
const waitThenRun = `read -r go <&3 || exit ${abandonedStatus}; exec 3<&-; exec "$@"`;

/** Starts the command blocked; throws UsageError for an unknown user, FtuiError where there is no shell. */
export function startBlockedCommand({ argv, user, outputToStderr }: CommandOptions): TracedCommand {
  const { program, words, env } = wrapCommand(argv, user, waitThenRun);
  const stdio = ['inherit', outputToStderr ? 2 : 'inherit', 'inherit', 'pipe'] as const;
  return guardChild(spawn(program, words, { stdio: [...stdio], env }), { argv, program });
}

/** The same in a session of its own; it reads nothing, and what it writes comes through `outputs`. */
export function startPipedCommand(
  argv: readonly string[],
  user: string | undefined,
): TracedCommand & { readonly outputs: readonly Readable[] } {
  const { program, words, env } = wrapCommand(argv, user, waitThenRun);
  const child = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env, detached: true });
  return { ...guardChild(child, { argv, program }), outputs: [child.stdout as Readable, child.stderr as Readable] };
}

function guardChild(
  child: ChildProcess,
  { argv, program }: { readonly argv: readonly string[]; readonly program: string },
): TracedCommand {
  if (child.pid === undefined) {
    child.on('error', () => {});
    throw new FtuiError({ attempted: `starting ${argv[0]}`, why: `${program} cannot be run`, remedy: 'install it' });
  }
  const gate = child.stdio[3] as Writable;
  gate.on('error', () => {}); // The shell may be gone already; its status tells.
  const ended = new Promise<CommandEnd>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: asPid(child.pid),
    release: () => gate.end('go\n'),
    abandon: () => gate.destroy(),
    signal: (name) => child.kill(name),
    ended,
  };
}

export interface WrappedCommand {
  readonly program: string;
  readonly words: string[];
  readonly env: NodeJS.ProcessEnv;
}

/** `argv` behind a shell that runs `script` first, as `user`. Throws UsageError for an unknown user. */
export function wrapCommand(argv: readonly string[], user: string | undefined, script: string): WrappedCommand {
  const shell = ['/bin/sh', '-c', script, 'ftui', ...argv];
  const account = user === undefined ? undefined : findAccount(user);
  const [program, ...words] = account === undefined ? shell : [...switchUser(account), ...shell];
  const env =
    account === undefined
      ? process.env
      : { ...process.env, HOME: account.home, USER: account.name, LOGNAME: account.name };
  return { program: program!, words, env };
}

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The user by name or id, from the name service; busybox has no getent, but id(1) without the home. */
function findAccount(user: string): Account {
  const asked = spawnSync('getent', ['passwd', user], { encoding: 'utf8' });
  if (asked.status === 0) {
    const [name = user, , uid, gid, , home = '/'] = asked.stdout.trim().split(':');
    return { name, uid: Number(uid), gid: Number(gid), home };
  }
  const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, user], { encoding: 'utf8' }));
  if (asked.error !== undefined && uid?.status === 0 && gid?.status === 0) {
    return { name: user, uid: Number(uid.stdout), gid: Number(gid.stdout), home: '/' };
  }
  throw new UsageError({ attempted: `running the command as '${user}'`, why: 'there is no such user' });
}

/** setpriv (util-linux) keeps the pid and sets the supplementary groups as well. */
function switchUser({ uid, gid, name }: Account): string[] {
  if (spawnSync('setpriv', ['--version']).status !== 0) {
    throw new UsageError({
      attempted: `running the command as '${name}'`,
      why: 'setpriv is not installed',
      remedy: 'install util-linux',
    });
  }
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--'];
}

/** The exit status a shell would give for this end: 128 + signal number when killed. */
export function exitStatusOf({ code, signal }: CommandEnd, signalNumbers: Readonly<Record<string, number>>): number {
  return signal === null ? (code ?? 1) : 128 + (signalNumbers[signal] ?? 0);
}

/** Mounts tracefs where it belongs; the reason as text when that failed, undefined when it worked. */
export function mountTracefs(at: string): string | undefined {
  const mounted = spawnSync('mount', ['-t', 'tracefs', 'nodev', at], { encoding: 'utf8' });
  if (mounted.status === 0) return undefined;
  return (mounted.stderr ?? mounted.error?.message ?? 'mount failed').trim();
}

/** Opens the user's editor at a line, on this terminal, and waits; returns what came of it. Throws UsageError where none is set. */
export function editFile(file: string, line: number, environment: NodeJS.ProcessEnv): string {
  const editor = environment.VISUAL || environment.EDITOR;
  if (!editor) {
    throw new UsageError({
      attempted: `opening ${file}:${line}`,
      why: 'neither $VISUAL nor $EDITOR is set',
      remedy: 'set one, e.g. EDITOR=vi',
    });
  }
  const words = editorWords(editor, file, line);
  const { status, error } = spawnSync('/bin/sh', ['-c', `exec ${editor} "$@"`, 'sh', ...words], { stdio: 'inherit' });
  const name = `${file}:${line}`;
  if (error !== undefined) throw new FtuiError({ attempted: `opening ${name}`, why: error.message });
  return status === 0 ? `${name} was opened` : `${name}: ${editor} ended with status ${status}`;
}
