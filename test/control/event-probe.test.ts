/** Fields of one's own: event probes, kprobes where those would not do, and probes on tracepoints themselves. */
import { describe, expect, it } from 'vitest';
import { UnsupportedError, UsageError } from '../../src/base/errors.ts';
import { readFormat } from '../../src/control/check-filters.ts';
import { buildDerivedEvent, offersEventProbes, withCondition } from '../../src/control/event-probe.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { syscallFunction } from '../../src/control/syscall-probe.ts';
import { buildTracepointProbe, requireFprobes } from '../../src/control/tracepoint-probe.ts';
import { errorFrom, setUp, versions } from './tracefs-setup.ts';

const { top } = setUp('6.12').tracefs;
const formatOf = (system: string, event: string) => readFormat(top, system, event)!;
const withBoth = {
  eventProbes: true,
  machine: 'x86-64',
  canProbe: (name: string) => name === '__x64_sys_openat',
} as const;

function build(event: string, words: readonly string[], support: Partial<typeof withBoth> | object = {}) {
  const [system, name] = event.split(':') as [string, string];
  return buildDerivedEvent('ftui_7', new Set(), formatOf(system, name), words, { ...withBoth, ...support });
}
const argsOf = (...parts: Parameters<typeof build>) =>
  build(...parts)
    .definition.line.split(' ')
    .slice(2)
    .join(' ');

describe('buildDerivedEvent', () => {
  it.each([
    ['sched:sched_switch', 'p=prev_pid', 'p=$prev_pid:s32'],
    ['sched:sched_switch', 'p=$prev_pid:x64', 'p=$prev_pid:x64'],
    ['sched:sched_switch', 'name=prev_comm', 'name=$prev_comm:string'],
    ['sched:sched_switch', 'name=$next_comm:string', 'name=$next_comm:string'],
    ['sched:sched_switch', 'who=comm', 'who=$comm:string'],
    ['sched:sched_process_exec', 'file=filename:string', 'file=$filename:string'],
    ['kmem:kfree', 'word=+8($ptr):u32', 'word=+8($ptr):u32'],
    ['kmem:kfree', 'deep=+0(+8($ptr))', 'deep=+0(+8($ptr)):x64'],
    ['syscalls:sys_enter_read', 'n=count', 'n=$count:x64'],
    ['syscalls:sys_enter_read', 'fd=fd:s32', 'fd=$fd:s32'],
  ])('%s %s', (event, word, args) => {
    const { definition } = build(event, [word]);
    expect(definition.file).toBe('dynamic_events');
    const [, name] = event.split(':');
    expect(definition.line.split(' ').slice(0, 2)).toEqual([`e:ftui_7/${name}`, event.replace(':', '.')]);
    expect(argsOf(event, [word])).toBe(args);
  });

  it('takes texts of system calls at their function, for which event probes read one byte of the pointer', () => {
    const probe = build('syscalls:sys_enter_openat', ['file=filename:string', 'how=flags:x32', 'who=comm']);
    expect(probe.definition).toMatchObject({ file: 'kprobe_events', event: 'sys_enter_openat' });
    expect(probe.definition.line).toBe(
      'p:ftui_7/sys_enter_openat __x64_sys_openat file=+0(+104(%di)):ustring file__address=+104(%di):x64 ' +
        'file__first=+u0(+104(%di)):u8 how=+96(%di):x32 who=$comm:string',
    );
    expect(probe.label).toBe('sys_enter_openat');
    expect(argsOf('syscalls:sys_enter_openat', ['how=flags:x32'])).toBe('how=$flags:x32');
  });

  it('takes the event where the function cannot be probed', () => {
    const support = { canProbe: () => false };
    expect(argsOf('syscalls:sys_enter_openat', ['file=filename:string'], support)).toMatch(
      /^file=\+0\(\$filename\):ustring /,
    );
  });

  it('takes the function where the kernel has no event probes, and refuses other events', () => {
    const without = { eventProbes: false };
    expect(argsOf('syscalls:sys_enter_openat', ['how=flags:x32'], without)).toBe('how=+96(%di):x32');
    const error = errorFrom(UnsupportedError, () => build('sched:sched_switch', ['p=prev_pid'], without));
    expect(error.remedy).toContain('5.15');
  });

  it.each([
    ['p=prev_pidd', "has no field 'prev_pidd'", 2],
    ['p=+0(prev_pidd):u8', "has no field 'prev_pidd'", 5],
    ['p=', 'it is no NAME=FIELD', 2],
    ['p=%di', 'it is no NAME=FIELD', 2],
    ['p=prev_pid:strng', "'strng' is no type", 11],
    ['p=prev_pid:string', 'prev_pid is no text', 11],
    ['p=+0($prev_pid:u8', "')' is missing", 14],
    ['p=$prev_pid):u8', "a ')' too many", 12],
  ])('refuses %s', (word, why, position) => {
    const error = errorFrom(UsageError, () => build('sched:sched_switch', [word]));
    expect(error.why).toContain(why);
    expect(error.why.split('\n').at(-1)!.indexOf('^') - 2).toBe(position);
  });

  it('refuses two of one name', () => {
    expect(() => build('sched:sched_switch', ['p=prev_pid', 'p=next_pid'])).toThrow(/two of its values are called 'p'/);
  });
});

describe('withCondition', () => {
  const format = formatOf('sched', 'sched_switch');
  const probe = build('sched:sched_switch', ['p=prev_pid']);

  it('leaves a filter on the derived fields to the filter file', () => {
    expect(withCondition(probe, format, 'p > 3')).toBeUndefined();
  });

  it('makes one on the fields of the event a condition', () => {
    expect(withCondition(probe, format, 'next_pid > 3')!.definition.line).toMatch(/ p=\$prev_pid:s32 if next_pid > 3$/);
  });

  it('refuses what is neither, and a condition for a kprobe', () => {
    expect(() => withCondition(probe, format, 'p > 3 && next_pid > 3')).toThrow(/has no field next_pid/);
    const twoLines = 'next_comm == "a\nb"';
    expect(() => withCondition(probe, format, twoLines)).toThrow(/the line of a definition ends here/);
    const atFunction = build('syscalls:sys_enter_openat', ['file=filename:string']);
    const openat = formatOf('syscalls', 'sys_enter_openat');
    expect(() => withCondition(atFunction, openat, 'flags == 0')).toThrow(/has no field flags/);
  });
});

describe('what kernels offer', () => {
  it.each(versions)('%s', (version) => {
    const readme = setUp(version).tracefs.top.read('README');
    expect(offersEventProbes(readme)).toBe(version !== '5.10');
    const require = () => requireFprobes(readme, 'x');
    if (version === '6.12' || version === '7.2') expect(require).not.toThrow();
    else expect(require).toThrow(UnsupportedError);
  });

  it('knows the functions of system calls', () => {
    expect(syscallFunction('syscalls', 'sys_enter_openat', 'aarch64')).toBe('__arm64_sys_openat');
    expect(syscallFunction('syscalls', 'sys_exit_openat', 'x86-64')).toBeUndefined();
    expect(syscallFunction('sched', 'sys_enter_openat', 'x86-64')).toBeUndefined();
    expect(syscallFunction('syscalls', 'sys_enter_openat', 'i386')).toBeUndefined();
  });
});

describe('buildTracepointProbe', () => {
  const support = parseFetchArgSupport(top.read('README'));
  const events = ['sched:sched_switch', 'syscalls:sys_enter_openat', 'ftui_8:mine'];
  const lineOf = (name: string, words: readonly string[]) =>
    buildTracepointProbe('ftui_7', new Set(), { name, words, events }, support).definition.line;

  it.each([
    ['sched_switch', ['prev->pid'], 't:ftui_7/sched_switch sched_switch arg1=prev->pid'],
    ['sched:sched_switch', ['n=next->comm:string'], 't:ftui_7/sched_switch sched_switch n=next->comm:string'],
    ['sys_enter', ['id'], 't:ftui_7/sys_enter sys_enter id=id'],
  ])('%s %j', (name, words, line) => {
    expect(lineOf(name, words)).toBe(line);
  });

  it.each(['sched_swich', 'sys_enter_openat', 'mine'])('refuses %s, which the kernel would take', (name) => {
    expect(() => lineOf(name, ['x'])).toThrow(/no event of this kernel has this name/);
  });
});
