/**
 * The settings of tracefs (Documentation/trace/ftrace.rst) as data, to prove that a session left everything as it was.
 * A setting is a file that can be read and written; what the kernel itself changes while it traces is left out.
 */
import assert from 'node:assert/strict';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** File name relative to tracefs (or an absolute one below /proc/sys) -> content; `<EINVAL>` for what cannot be read. */
export type TracefsSnapshot = ReadonlyMap<string, string>;

/** What cannot be put back or is output (design: "Leave no trace"), and what must not be opened: closing free_buffer acts. */
const notSettings =
  /^(trace|trace_pipe\w*|snapshot\w*|stats|saved_cmdlines|saved_tgids|error_log|free_buffer|trace_marker\w*|\w+_profile|user_events_data|tracing_max_latency|last_boot_info)$/;
const kernelSettings = [
  'ftrace_enabled',
  'stack_tracer_enabled',
  'ftrace_dump_on_oops',
  'traceoff_on_warning',
  'tracepoint_printk',
];
/** Before its first use a buffer is tiny: `7 (expanded: 1408)`, then 1410; the kernel takes no such value back. */
const bufferSize = /^(?:per_cpu\/cpu\d+\/)?buffer_(?:total_)?size_kb$/;
const notExpanded = '<not expanded yet>';
const buffer = Buffer.alloc(1 << 20);

/** Reads every setting of the top level and of each instance; event settings too, and the functions in use. */
export function snapshotTracefs(root = '/sys/kernel/tracing'): TracefsSnapshot {
  const settings = new Map<string, string>();
  addInstance(settings, root, '');
  addFile(settings, join(root, 'enabled_functions'), 'enabled_functions');
  const instances = listFolder(join(root, 'instances'));
  settings.set('instances/', instances.join(' '));
  for (const instance of instances) addInstance(settings, root, `instances/${instance}/`);
  for (const name of kernelSettings) addFile(settings, `/proc/sys/kernel/${name}`, `/proc/sys/kernel/${name}`);
  return settings;
}

/** Fails naming each setting that differs, with its content before and after. */
export function expectSame(before: TracefsSnapshot, after: TracefsSnapshot): void {
  const changes = listChanges(before, after);
  assert.ok(changes.length === 0, `tracefs is not as it was:\n${changes.join('\n')}`);
}

/** One line for each setting that differs, but for the first expansion of a buffer, which nothing takes back. */
export function listChanges(before: TracefsSnapshot, after: TracefsSnapshot): string[] {
  const show = (content: string | undefined) => (content === undefined ? '(no such file)' : JSON.stringify(content));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((file) => before.get(file) !== after.get(file) && before.get(file) !== notExpanded)
    .map((file) => `  ${file}: ${show(before.get(file))} -> ${show(after.get(file))}`);
}

function addInstance(settings: Map<string, string>, root: string, prefix: string): void {
  const folder = join(root, prefix);
  for (const name of listFolder(folder)) {
    if (name === 'events' || name === 'instances') continue;
    addFolder(settings, join(folder, name), `${prefix}${name}`, name);
  }
  addEvents(settings, join(folder, 'events'), `${prefix}events`);
  if (!settings.get(`${prefix}buffer_size_kb`)?.includes('(expanded')) return;
  for (const file of settings.keys()) {
    if (file.startsWith(prefix) && bufferSize.test(file.slice(prefix.length))) settings.set(file, notExpanded);
  }
}

function addFolder(settings: Map<string, string>, path: string, key: string, name: string): void {
  if (notSettings.test(name)) return;
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return;
  if (status.isDirectory()) {
    for (const child of listFolder(path)) addFolder(settings, join(path, child), `${key}/${child}`, child);
  } else if ((status.mode & 0o600) === 0o600) addFile(settings, path, key);
}

/** There are thousands, so `events/enable` (0 = not one is) is asked first, and the paths are built by hand. */
function addEvents(settings: Map<string, string>, path: string, key: string): void {
  addFile(settings, `${path}/enable`, `${key}/enable`);
  const names = settings.get(`${key}/enable`) === '0\n' ? ['filter', 'trigger'] : ['enable', 'filter', 'trigger'];
  for (const system of listFolder(path)) {
    const events = listFolder(`${path}/${system}`);
    settings.set(`${key}/${system}/`, events.join(' '));
    for (const event of events) {
      if (event === 'enable' || event === 'filter') continue;
      for (const name of names)
        addFile(settings, `${path}/${system}/${event}/${name}`, `${key}/${system}/${event}/${name}`);
    }
  }
}

/** Content of one file; a file that is not there is left out. */
function addFile(settings: Map<string, string>, path: string, key: string): void {
  try {
    settings.set(key, readSetting(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') settings.set(key, `<${code}>`);
  }
}

function readSetting(path: string): string {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const count = readSync(file, buffer, length, buffer.length - length, null);
      length += count;
      // The kernel ends a small file with its line; only a long listing comes in several pieces.
      if (count === 0 || length < 1024) break;
    }
    return buffer.toString('latin1', 0, length);
  } finally {
    closeSync(file);
  }
}

function listFolder(path: string): string[] {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path).sort() : [];
}
