/**
 * What a real-kernel test is: a named function that gets a laboratory. Files in scenarios/ register theirs by importing
 * `scenario`; guest.ts runs them, one after another, as root on the kernel it finds itself on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ProgramOptions,
  type ProgramResult,
  type RunningProgram,
  startInTerminal,
  startProgram,
} from './programs.ts';
import { expectSame, snapshotTracefs, type TracefsSnapshot } from './tracefs-snapshot.ts';

export interface ScenarioOptions {
  /** Kernels of the laboratory it is for, by prefix (`['6.12', '7']`); left out: all of them. */
  readonly kernels?: readonly string[];
  /** Whether it also runs on the running kernel of the host; `only` = there and in no VM. */
  readonly live?: boolean | 'only';
  /** What must be there: a file of tracefs (`kprobe_events`) or `program:NAME`. Without it: skipped, in CI failed. */
  readonly needs?: readonly string[];
  /** It may leave tracefs changed; left out, the runner compares all settings before and after. */
  readonly leavesChanges?: boolean;
  /** Seconds; 180 if left out. */
  readonly timeout?: number;
}

export interface Scenario extends ScenarioOptions {
  readonly name: string;
  readonly play: (lab: Lab) => void | Promise<void>;
}

/** All that the imported files registered, in that order. */
export const scenarios: Scenario[] = [];

export function scenario(name: string, play: Scenario['play']): void;
export function scenario(name: string, options: ScenarioOptions, play: Scenario['play']): void;
export function scenario(name: string, ...rest: [Scenario['play']] | [ScenarioOptions, Scenario['play']]): void {
  const [options, play] = rest.length === 1 ? [{}, rest[0]] : rest;
  if (scenarios.some((other) => other.name === name)) throw new Error(`two scenarios are named ${name}`);
  scenarios.push({ name, ...options, play });
}

/** Whether a release such as 6.12.107+deb13-amd64 belongs to a prefix such as 6.12 or 6. */
export function isKernel(kernelRelease: string, prefix: string): boolean {
  return kernelRelease.startsWith(prefix) && /^([.+-]|$)/.test(kernelRelease.slice(prefix.length));
}

const checkout = join(import.meta.dirname, '../..');

/** What a scenario works with. One for each scenario; `close` ends and removes what it left. */
export class Lab {
  readonly kernel = release();
  /** The kernel that the runner meant to boot, e.g. 6.12; undefined on the host. */
  readonly expectedKernel: string | undefined;
  readonly tracefs = '/sys/kernel/tracing';
  /** An own empty folder, removed afterwards. */
  readonly folder = mkdtempSync(join(tmpdir(), 'ftui-lab-'));
  readonly ftuiFile = join(checkout, 'bin/ftui');
  private readonly started = new Set<RunningProgram>();
  private readonly backs: string[] = [];

  constructor(expectedKernel: string | undefined) {
    this.expectedKernel = expectedKernel;
  }

  /** `lab.isAtLeast('6.12')`: by version number; for expectations only, features are to be probed. */
  isAtLeast(version: string): boolean {
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const [ourMajor = 0, ourMinor = 0] = this.kernel.split('.').map(Number.parseFloat);
    return ourMajor > major || (ourMajor === major && ourMinor >= minor);
  }

  /** Runs bin/ftui to its end. */
  run(args: readonly string[], options?: ProgramOptions): Promise<ProgramResult> {
    return this.start(args, options).done;
  }

  /** Starts bin/ftui. */
  start(args: readonly string[], options?: ProgramOptions): RunningProgram {
    return this.startAny(this.ftuiFile, args, options);
  }

  /** Runs any program to its end. */
  runAny(file: string, args: readonly string[], options?: ProgramOptions): Promise<ProgramResult> {
    return this.startAny(file, args, options).done;
  }

  startAny(file: string, args: readonly string[], options?: ProgramOptions): RunningProgram {
    return this.keep(startProgram(file, args, options));
  }

  /** Starts any program in a pseudo terminal: an interactive bash, ftui's own UI. */
  async startInTerminal(file: string, args: readonly string[], options?: ProgramOptions): Promise<RunningProgram> {
    return this.keep(await startInTerminal(file, args, options));
  }

  /** Content of a tracefs file, or of any file by absolute path. */
  read(file: string): string {
    return readFileSync(file.startsWith('/') ? file : join(this.tracefs, file), 'utf8');
  }

  /** Runs a shell line in tracefs, as a person would (`echo 3 > max_graph_depth`); fails when it does. */
  shell(line: string): string {
    const { status, stdout, stderr } = spawnSync('bash', ['-c', line], { cwd: this.tracefs, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${line}: status ${status}: ${stderr}`);
    return stdout;
  }

  /** Sets tracefs up as somebody else would; `back` undoes that when the scenario ends, however it does. */
  setUp(line: string, back: string): void {
    this.backs.unshift(back);
    this.shell(line);
  }

  snapshotTracefs(): TracefsSnapshot {
    return snapshotTracefs(this.tracefs);
  }

  expectSame(before: TracefsSnapshot, after: TracefsSnapshot = this.snapshotTracefs()): void {
    expectSame(before, after);
  }

  /** The first of `needs` that is not there. */
  findMissing(needs: readonly string[]): string | undefined {
    return needs.find((need) => {
      const program = /^program:(.+)$/.exec(need)?.[1];
      if (program === undefined) return !existsSync(join(this.tracefs, need));
      return spawnSync('sh', ['-c', `command -v "$1"`, 'sh', program]).status !== 0;
    });
  }

  /** Kills what still runs, takes back what setUp() did and removes the folder. */
  async close(): Promise<void> {
    for (const program of this.started) {
      try {
        program.kill('SIGKILL');
        await program.done;
      } catch {} // already gone
    }
    for (const back of this.backs.splice(0)) spawnSync('bash', ['-c', back], { cwd: this.tracefs });
    rmSync(this.folder, { recursive: true, force: true });
  }

  private keep(program: RunningProgram): RunningProgram {
    this.started.add(program);
    const forget = () => this.started.delete(program);
    program.done.then(forget, forget);
    return program;
  }
}
