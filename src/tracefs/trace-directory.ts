/**
 * One tracing directory: the top level of tracefs or one of its instances/. All access goes through here: paths are
 * checked, and a refusal becomes a TracefsError with the kernel's own words for that very write.
 */

import { errnoOf, type KernelOperation, TracefsError, UsageError } from '../base/errors.ts';
import { asCpuId, type CpuId } from '../base/units.ts';
import { findNewErrorText } from './error-log.ts';
import type { KernelFiles, KernelStream, WriteMode } from './kernel-files.ts';
import { diagnoseRefusal } from './refusals.ts';

/** Files whose refusals the kernel explains in error_log (of the same directory, or of the top level for definitions). */
const explainedFile = /(?:^|\/)(?:filter|trigger|kprobe_events|uprobe_events|dynamic_events|synthetic_events)$/;

export class TraceDirectory {
  readonly kernel: KernelFiles;
  /** Absolute path of the directory. */
  readonly path: string;
  /** The instance's name, undefined for the top level. */
  readonly instance: string | undefined;

  constructor(kernel: KernelFiles, path: string, instance?: string) {
    this.kernel = kernel;
    this.path = path;
    this.instance = instance;
  }

  /** The absolute path of `file`; throws UsageError when it would leave the directory. */
  resolve(file: string): string {
    const parts = file.split('/');
    if (file.startsWith('/') || parts.some((part) => part === '..' || part === '.' || part === '')) {
      throw new UsageError({ attempted: `opening '${file}' in ${this.path}`, why: 'it is no file of tracefs' });
    }
    return `${this.path}/${file}`;
  }

  exists(file: string): boolean {
    return this.kernel.exists(this.resolve(file));
  }

  read(file: string): string {
    return this.attempt('read', file, () => this.kernel.readText(this.resolve(file)));
  }

  /** The text of `file`, or undefined when it is absent or may not be read. */
  readIfThere(file: string): string | undefined {
    try {
      return this.kernel.readText(this.resolve(file));
    } catch {
      return undefined;
    }
  }

  list(folder: string): string[] {
    return this.attempt('list', folder, () => this.kernel.list(this.resolve(folder)));
  }

  /** One open, one write(2) a word; see KernelFiles.write for what a list of words means. */
  write(file: string, words: string | readonly string[], mode: WriteMode = 'truncate'): void {
    const list = typeof words === 'string' ? [words] : words;
    const operation = mode === 'append' ? 'append' : list.length === 0 ? 'truncate' : 'write';
    const value = list.length === 0 ? undefined : list.join('');
    const log = explainedFile.test(file) ? this.readErrorLog(file) : undefined;
    const explain = () => (log === undefined ? undefined : findNewErrorText(log, this.readErrorLog(file)));
    this.attempt(operation, file, () => this.kernel.write(this.resolve(file), list, mode), value, explain);
  }

  /** What explains a refusal of `file`: the log of its instance, and that of the top level, where definitions go. */
  private readErrorLog(file: string): string {
    const instance = /^instances\/[^/]+\//.exec(file)?.[0] ?? '';
    const logs = new Set([`${instance}error_log`, 'error_log']);
    return [...logs].map((log) => this.readIfThere(log) ?? '').join('');
  }

  mkdir(folder: string): void {
    this.attempt('mkdir', folder, () => this.kernel.mkdir(this.resolve(folder)));
  }

  rmdir(folder: string): void {
    this.attempt('rmdir', folder, () => this.kernel.rmdir(this.resolve(folder)));
  }

  openStream(file: string): KernelStream {
    return this.attempt('open', file, () => this.kernel.openStream(this.resolve(file)));
  }

  private attempt<T>(
    operation: KernelOperation,
    file: string,
    action: () => T,
    value?: string,
    explain: () => string | undefined = () => undefined,
  ): T {
    try {
      return action();
    } catch (cause) {
      const code = errnoOf(cause);
      if (code === undefined) throw cause;
      const refusal = { operation, file: `${this.path}/${file}`, code };
      const { why: diagnosis, remedy } = diagnoseRefusal(refusal) ?? {};
      throw new TracefsError({ ...refusal, value, kernelMessage: explain(), diagnosis, remedy, cause });
    }
  }
}

/** The CPUs of per_cpu/, ascending: all that the kernel could ever bring online. */
export function listCpus(directory: TraceDirectory): CpuId[] {
  return directory
    .list('per_cpu')
    .flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? [])
    .map((digits) => asCpuId(Number(digits)))
    .sort((a, b) => a - b);
}
