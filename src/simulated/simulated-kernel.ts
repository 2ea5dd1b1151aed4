/**
 * The simulated kernel: KernelFiles over a tree captured from a real one, behaving as tracefs does. The one fake of
 * ftui: `ftui demo` and all tests without root run on it.
 */

import type { KernelFiles, KernelStream, WriteMode } from '../tracefs/kernel-files.ts';
import { Faults } from './faults.ts';
import { Refusal, refuse, type SimulatedFile, SimulatedFolder } from './file-nodes.ts';
import type { FixtureTree } from './fixture-tree.ts';
import { encodeKernelText } from './kernel-bytes.ts';
import { PlaybackSource } from './playback.ts';
import { makeFixedFile } from './setting-files.ts';
import { SimulatedTracefs } from './simulated-tracefs.ts';
import type { FaultRange, LoggedWrite, SimulatedKernelOptions } from './simulation-options.ts';
import { withSystemErrors } from './system-error.ts';

const tracefsHome = '/sys/kernel/tracing';
const debugfsHome = '/sys/kernel/debug/tracing';

export class SimulatedKernel implements KernelFiles {
  readonly description: string;
  /** Who the calls come from; the caller asks this instead of its own process. */
  readonly uid: number;
  /** Every write, mkdir and rmdir in order, one entry for each word. */
  readonly writes: LoggedWrite[] = [];
  readonly #root = new SimulatedFolder();
  readonly #faults = new Faults();
  readonly #links: Readonly<Record<string, string>>;
  readonly #playback: PlaybackSource;
  readonly #tracefs: SimulatedTracefs;
  readonly #isReadOnly: boolean;
  #mount: 'tracefs' | 'debugfs' | 'none';

  constructor(fixture: FixtureTree, options: SimulatedKernelOptions = {}) {
    const files = new Map([...fixture, ...(options.overlay ?? [])]);
    const start = performance.now();
    const clock = options.clock ?? (() => performance.now() - start);
    const release = files.get('/proc/sys/kernel/osrelease')?.text?.trim() ?? '';
    this.description = `simulated kernel ${release.split('.').slice(0, 2).join('.')} (fixture of a real one)`;
    this.uid = options.uid ?? 0;
    this.#links = options.links ?? {};
    this.#isReadOnly = options.readOnly ?? false;
    this.#mount = options.mount ?? 'tracefs';
    this.#playback = new PlaybackSource(options.playback ?? { cpus: [] }, clock);
    this.#tracefs = new SimulatedTracefs(files, options, this.#playback, clock);
    this.#putOtherFiles(files, options);
    this.mountAt(this.#mount);
  }

  /** Whether everything recorded was read. */
  get playbackDone(): boolean {
    return this.#playback.isDone;
  }

  /** Whether the session it was played to has stopped tracing: the rest will never be read. */
  get playbackStopped(): boolean {
    return this.#playback.isStopped;
  }

  /** Mounts tracefs, as a `mount` command between two calls would. */
  mountAt(mount: 'tracefs' | 'debugfs' | 'none'): void {
    this.#mount = mount;
    const kernel = this.#root.folder('sys').folder('kernel');
    kernel.entries.set('tracing', mount === 'tracefs' ? this.#tracefs.folder : new SimulatedFolder());
    const debug = kernel.folder('debug');
    if (mount === 'none') debug.entries.delete('tracing');
    else debug.entries.set('tracing', this.#tracefs.folder);
  }

  /** Adds or replaces a file outside tracefs; undefined removes it. */
  setFile(path: string, text: string | undefined): void {
    if (text === undefined) this.#root.remove(path.slice(1));
    else this.#root.put(path.slice(1), makeFixedFile(text, 0o444));
  }

  /** Sets hits and misses of a probe's event, `GROUP/EVENT`. */
  setProbeHits(event: string, hits: number, misses = 0): void {
    this.#tracefs.probes.setHits(event, hits, misses);
  }

  /** Sets counts of per_cpu/cpuN/stats; `instance` '' is the top level. */
  setStats(
    cpu: number,
    counts: { entries?: number; overrun?: number; dropped?: number; read?: number },
    instance = '',
  ): void {
    Object.assign(this.#tracefs.bufferOf(instance).counts[cpu] ?? {}, counts);
  }

  /** From now on writes to matching paths fail with `code` (an errno name). */
  failWrite(covers: (path: string) => boolean, code: string, range?: FaultRange): void {
    this.#faults.add('write', covers, code, range);
  }

  /** From now on opening matching paths, for whatever purpose, fails with `code`. */
  failOpen(covers: (path: string) => boolean, code: string, range?: FaultRange): void {
    this.#faults.add('open', covers, code, range);
  }

  failRead(covers: (path: string) => boolean, code: string, range?: FaultRange): void {
    this.#faults.add('read', covers, code, range);
  }

  /** From now on a write to a matching path takes `ms`, as a tracer that patches many functions does. */
  delayWrite(covers: (path: string) => boolean, ms: number): void {
    this.#faults.delay('write', covers, ms);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Every setting file of tracefs, top level and instances, and its content. */
  snapshot(): Map<string, string> {
    const found = new Map<string, string>();
    collectSettings(this.#tracefs.folder, tracefsHome, found);
    return found;
  }

  readText(path: string): string {
    const content = this.#read(path);
    return typeof content === 'string' ? content : new TextDecoder().decode(content);
  }

  readBytes(path: string): Uint8Array {
    const content = this.#read(path);
    return typeof content === 'string' ? encodeKernelText(content) : content;
  }

  readAt(path: string, position: number, length: number): Uint8Array {
    return this.readBytes(path).subarray(position, position + length);
  }

  write(path: string, words: readonly string[], mode: WriteMode): void {
    const values = words.length === 0 ? [''] : words;
    const attempt = (value: string, work: () => void) => this.#logged({ path, value, mode }, 'write', work);
    const file = this.#logFailure({ path, value: values[0]!, mode }, () =>
      withSystemErrors('open', path, () => {
        const found = this.#findFile(path);
        if (this.#isReadOnly && this.#isTracefs(path)) refuse('EROFS');
        return found.openWriter(mode);
      }),
    );
    try {
      for (const value of values) {
        attempt(value, () => {
          this.#faults.check('write', path);
          for (let rest = words.length === 0 ? '' : value; rest.length > 0; ) rest = rest.slice(file.write(rest));
        });
      }
    } finally {
      closeQuietly(file);
    }
  }

  /** What is played back has times of its own. */
  monotonicNow(): undefined {
    return undefined;
  }

  list(path: string): string[] {
    return withSystemErrors('scandir', path, () => {
      // Anyone may see the mount point, only root what is in it.
      if (this.uid !== 0 && this.#isTracefs(path)) refuse('EACCES');
      const node = this.#find(path) ?? refuse('ENOENT');
      return node instanceof SimulatedFolder ? [...node.entries.keys()] : refuse('ENOTDIR');
    });
  }

  exists(path: string): boolean {
    try {
      return this.#find(path) !== undefined || this.#links[path] !== undefined;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  readLink(path: string): string {
    return withSystemErrors('readlink', path, () => {
      const target = this.#links[path];
      if (target !== undefined) return target;
      return refuse(this.#find(path) === undefined ? 'ENOENT' : 'EINVAL');
    });
  }

  mkdir(path: string): void {
    this.#logged({ path, value: '', mode: 'mkdir' }, 'mkdir', () => {
      const { parent, name } = this.#parentOf(path);
      if (parent.entries.has(name)) refuse('EEXIST');
      if (parent.makeFolder === undefined) refuse('EPERM');
      parent.makeFolder(name);
    });
  }

  rmdir(path: string): void {
    this.#logged({ path, value: '', mode: 'rmdir' }, 'rmdir', () => {
      const { parent, name } = this.#parentOf(path);
      const node = parent.entries.get(name) ?? refuse('ENOENT');
      if (node.kind === 'file') refuse('ENOTDIR');
      if (parent.removeFolder === undefined) refuse('EPERM');
      parent.removeFolder(name);
    });
  }

  openStream(path: string): KernelStream {
    return withSystemErrors('open', path, () => this.#findFile(path).openStream());
  }

  #read(path: string): string | Uint8Array {
    return withSystemErrors('read', path, () => {
      const file = this.#findFile(path);
      this.#faults.check('read', path);
      return file.read();
    });
  }

  #isTracefs(path: string): boolean {
    const isBelow = (home: string) => path === home || path.startsWith(`${home}/`);
    return (isBelow(tracefsHome) && this.#mount === 'tracefs') || (isBelow(debugfsHome) && this.#mount !== 'none');
  }

  #find(path: string): SimulatedFile | SimulatedFolder | undefined {
    if (this.uid !== 0 && (this.#isTracefs(path) ? !isMountPoint(path) : path.startsWith('/sys/kernel/debug/')))
      refuse('EACCES');
    return this.#root.find(path);
  }

  #findFile(path: string): SimulatedFile {
    const node = this.#find(path) ?? refuse('ENOENT');
    if (node instanceof SimulatedFolder) return refuse('EISDIR');
    this.#faults.check('open', path);
    return node;
  }

  #parentOf(path: string): { parent: SimulatedFolder; name: string } {
    const cut = path.lastIndexOf('/');
    const parent = this.#find(path.slice(0, cut)) ?? refuse('ENOENT');
    if (!(parent instanceof SimulatedFolder)) return refuse('ENOTDIR');
    if (this.#isReadOnly && this.#isTracefs(path)) refuse('EROFS');
    this.#faults.check('write', path);
    return { parent, name: path.slice(cut + 1) };
  }

  #logged(entry: LoggedWrite, syscall: string, work: () => void): void {
    this.#logFailure(entry, () => withSystemErrors(syscall, entry.path, work));
    this.writes.push(entry);
  }

  #logFailure<T>(entry: LoggedWrite, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.writes.push({ ...entry, code: (error as { code?: string }).code ?? 'unknown' });
      throw error;
    }
  }

  #putOtherFiles(files: FixtureTree, options: SimulatedKernelOptions): void {
    for (const [path, file] of files) {
      if (path.startsWith(`${tracefsHome}/`) || file.text === undefined) continue;
      this.#root.put(path.slice(1), makeFixedFile(file.text, file.mode));
    }
    this.#root.put('proc/self/mountinfo', {
      ...makeFixedFile(''),
      read: () => this.#mountinfo(files.get('/proc/self/mountinfo')?.text ?? ''),
    });
    const symbols = files.get('/proc/kallsyms')?.text;
    if (this.uid !== 0 && symbols !== undefined)
      this.setFile('/proc/kallsyms', symbols.replace(/^[0-9a-f]+/gm, '0'.repeat(16)));
    for (const path of Object.keys(this.#links)) this.setFile(path, '');
    for (const [path, text] of Object.entries(options.files ?? {})) this.setFile(path, text);
  }

  #mountinfo(captured: string): string {
    const lines = captured.split('\n').filter((line) => line !== '' && !/ - (tracefs|debugfs) /.test(line));
    const options = this.#isReadOnly ? 'ro,relatime - tracefs nodev ro' : 'rw,relatime - tracefs nodev rw';
    if (this.#mount === 'tracefs') lines.push(`37 25 0:13 / ${tracefsHome} ${options}`);
    if (this.#mount !== 'none') lines.push('38 25 0:7 / /sys/kernel/debug rw,relatime - debugfs nodev rw');
    return lines.map((line) => `${line}\n`).join('');
  }
}

function isMountPoint(path: string): boolean {
  return path === tracefsHome || path === debugfsHome;
}

function closeQuietly(file: { close?(): void }): void {
  try {
    file.close?.();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function collectSettings(folder: SimulatedFolder, path: string, into: Map<string, string>): void {
  for (const [name, node] of folder.entries) {
    if (node instanceof SimulatedFolder) collectSettings(node, `${path}/${name}`, into);
    else if (node.isSetting) {
      const content = node.read();
      into.set(`${path}/${name}`, typeof content === 'string' ? content : '');
    }
  }
}
