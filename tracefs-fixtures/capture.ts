/**
 * The part of capture.sh that reads: `node capture.ts TRACING OUT`. Writes the bundles tracing.txt, events.txt,
 * instance.txt and system.txt (format: README.md), trimmed to what tests and the demo need.
 */

import fs from 'node:fs';

const [tracing = '', out = ''] = process.argv.slice(2);
const home = '/sys/kernel/tracing';

const events = `sched:sched_switch sched:sched_process_exec sched:sched_process_fork sched:sched_process_exit
sched:sched_waking sched:sched_wakeup sched:sched_stat_runtime syscalls:sys_enter_openat syscalls:sys_exit_openat
syscalls:sys_enter_read syscalls:sys_exit_read syscalls:sys_enter_write syscalls:sys_exit_write
syscalls:sys_enter_execve raw_syscalls:sys_enter raw_syscalls:sys_exit irq:irq_handler_entry irq:irq_handler_exit
irq:softirq_entry timer:timer_start timer:hrtimer_expire_entry block:block_rq_issue block:block_rq_complete
kmem:kmalloc kmem:kfree signal:signal_generate workqueue:workqueue_execute_start`.split(/\s+/);

/** Functions and symbols kept by name, besides a regular sample. */
const chosen = new RegExp(
  `^(${`do_sys_open|do_sys_openat2.*|do_filp_open|vfs_[a-z]*|ksys_[a-z]*|kernel_clone|_do_fork|schedule
__x64_sys_(open|openat|openat2|read|write|execve|clone|clone3|sync|nanosleep|bpf)|tcp_(sendmsg|recvmsg|v4_connect|close)
udp_sendmsg|sched_fork|wake_up_new_task|do_exit|path_openat|getname.*|strncpy_from_user|update_process_times
blk_(start|account|mq_start).*|do_unlinkat|bpf_prog_load|commit_creds|security_file_open|may_open|link_path_walk.*
kmem_cache_(alloc|free)|kfree|mutex_(lock|unlock)|inet_csk_accept|do_nanosleep|hrtimer_nanosleep|_stext|_etext|jiffies
avenrun|init_task|sys_call_table|exc_int3|notifier_call_chain`.replaceAll('\n', '|')})$`,
);

type Trim = (text: string) => string;
const bundle: string[] = [];

/** Adds the entry of one file of this machine, as if it were at `path`. */
function capture(file: string, path: string, trim: Trim = (text) => text): void {
  let mode: string;
  try {
    mode = (fs.statSync(file).mode & 0o7777).toString(8);
  } catch {
    return;
  }
  if (/(^|\/)(trace_pipe|[^/]*_raw|free_buffer|trace_marker|user_events_data)$/.test(path)) {
    bundle.push(`@ ${mode} - ${path}\n`);
    return;
  }
  try {
    const text = trim(fs.readFileSync(file, 'latin1'));
    bundle.push(`@ ${mode} ${text.length} ${path}\n${text}\n`);
  } catch (error) {
    bundle.push(`@ ${mode} ${(error as { code?: string }).code === 'EPERM' ? 'EPERM' : '-'} ${path}\n`);
  }
}

function finish(name: string): void {
  fs.writeFileSync(`${out}/${name}`, bundle.join(''), 'latin1');
  bundle.length = 0;
}

/** Every file of a tracing directory but its events and instances. */
function captureFolder(from: string, to: string): void {
  for (const entry of fs.readdirSync(from, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (['events', 'instances', 'rv'].includes(entry.name)) continue;
    if (entry.isDirectory()) captureFolder(`${from}/${entry.name}`, `${to}/${entry.name}`);
    else capture(`${from}/${entry.name}`, `${to}/${entry.name}`, trimOf(entry.name));
  }
}

function trimOf(name: string): Trim | undefined {
  if (name === 'available_events') return (text) => keepLines(text, (line) => events.includes(line));
  if (name === 'available_filter_functions') return (text) => sample(text, 300, (words) => words[0]);
  if (name === 'available_filter_functions_addrs') return (text) => sample(text, 300, (words) => words[1]);
  const long = ['printk_formats', 'eval_map', 'enum_map', 'saved_cmdlines', 'saved_tgids', 'touched_functions'];
  return long.includes(name) ? (text) => `${text.split('\n').slice(0, 40).join('\n').trimEnd()}\n` : undefined;
}

function keepLines(text: string, keep: (line: string, index: number) => boolean): string {
  return text
    .split('\n')
    .slice(0, -1)
    .filter(keep)
    .map((line) => `${line}\n`)
    .join('');
}

/** The chosen names, about `count` others at regular distances, and the first 24 of modules. */
function sample(text: string, count: number, nameOf: (words: string[]) => string | undefined): string {
  const step = Math.ceil(text.split('\n').length / count);
  let modules = 0;
  return keepLines(text, (line, index) => {
    if (line.endsWith(']') && modules < 24) return (modules += 1) > 0;
    return index % step === 0 || chosen.test(nameOf(line.split(/[ \t]/)) ?? '');
  });
}

captureFolder(tracing, home);
finish('tracing.txt');

const folders = [...events.map((event) => event.replace(':', '/'))];
const names = (path: string) => (fs.existsSync(path) ? fs.readdirSync(path).sort() : []);
for (const file of ['enable', 'header_event', 'header_page']) {
  capture(`${tracing}/events/${file}`, `${home}/events/${file}`);
}
for (const system of new Set([...events.map((event) => event.split(':')[0]!), 'ftrace'])) {
  for (const file of ['enable', 'filter']) {
    capture(`${tracing}/events/${system}/${file}`, `${home}/events/${system}/${file}`);
  }
}
for (const name of names(`${tracing}/events/ftrace`)) if (!/^(enable|filter)$/.test(name)) folders.push(`ftrace/${name}`);
for (const folder of folders) {
  for (const file of names(`${tracing}/events/${folder}`)) {
    capture(`${tracing}/events/${folder}/${file}`, `${home}/events/${folder}/${file}`);
  }
}
finish('events.txt');

fs.mkdirSync(`${tracing}/instances/fixture`);
try {
  captureFolder(`${tracing}/instances/fixture`, `${home}/instances/fixture`);
} finally {
  fs.rmdirSync(`${tracing}/instances/fixture`);
}
finish('instance.txt');

const trims: Readonly<Record<string, Trim>> = {
  '/proc/version': (text) => text.replace(/\([^()]*@[^()]*\)/, '(builder@host)'),
  '/proc/kallsyms': (text) => sample(text, 400, (words) => words[2]),
  '/proc/self/mountinfo': (text) =>
    keepLines(text, (line) => / - (tracefs|debugfs|proc|sysfs) /.test(line)).replaceAll(` ${tracing} `, ` ${home} `),
  '/sys/kernel/debug/kprobes/blacklist': (text) => keepLines(text, (_, index) => index < 40),
};
const files = `/proc/kallsyms /proc/modules /proc/version /proc/self/mountinfo /proc/sys/kernel/osrelease
/proc/sys/kernel/kptr_restrict /proc/sys/kernel/perf_event_paranoid /proc/sys/kernel/panic_on_warn
/proc/sys/kernel/ftrace_enabled /proc/sys/kernel/pid_max /proc/sys/kernel/random/boot_id
/proc/sys/debug/kprobes-optimization /sys/kernel/security/lockdown /sys/devices/system/cpu/online
/sys/devices/system/cpu/possible /sys/kernel/debug/kprobes/enabled /sys/kernel/debug/kprobes/blacklist`;
for (const file of files.split(/\s+/)) capture(file, file, trims[file]);
finish('system.txt');
