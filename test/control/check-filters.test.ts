/** Filters checked against the fields of events and of probes that are not defined yet. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { checkEventFilters, checkProbeFilter } from '../../src/control/check-filters.ts';
import { formatOfProbe } from '../../src/control/probe-format.ts';
import type { ProbeDefinition } from '../../src/control/trace-plan.ts';
import { errorFrom, setUp, versions } from './tracefs-setup.ts';

const probe = (line: string): ProbeDefinition => ({ file: 'kprobe_events', group: 'ftui_7', event: 'sell', line });
const sell = probe(
  'p:ftui_7/sell /bin/shop:0x10 amount=%di:s32 size=%dx:u64 name=+0(%si):string bytes=+0(%si):u8[4] bit=%ax:b3@1/8 raw=%cx task=$comm',
);
const filterOf = (filter: string) => () => checkProbeFilter([sell], filter);
const refusalOf = (filter: string): UsageError => errorFrom(UsageError, filterOf(filter));

describe('checkProbeFilter', () => {
  it.each([
    'amount > 3',
    'amount == -1 && name ~ "p*m"',
    'name == "plum" || size & 0x10',
    'raw < 0',
    'bit == 2',
    'task == "cat"',
    'comm != "bash" && common_pid == 77',
    '__probe_ip != 0',
    '!(amount == 3)',
    '0',
  ])('takes %s', (filter) => {
    expect(filterOf(filter)).not.toThrow();
  });

  it.each([
    ['amuont > 3', 'sell has no field amuont', 0, 'did you mean amount?'],
    ['amount > 3 && nme == "x"', 'has no field nme', 14, 'did you mean name?'],
    ['name > 3', 'name is a text', 0, undefined],
    ['name == plum', 'a number or a text in quotes is expected here', 8, 'did you mean "plum"?'],
    ['name == "plum', '', 8, undefined],
    ['amount == "3"', 'amount is a number', 10, 'did you mean 3?'],
    ['size < -1', 'size is unsigned: it is never below 0', 7, undefined],
    ['amount > 3 &&', '', 13, undefined],
    ['(amount > 3', '', 0, undefined],
    ['amount = 3', 'an operator is expected', 7, 'did you mean ==?'],
    ['name =~ "p.*"', 'the kernel has no regular expressions', 5, 'did you mean ~?'],
    ['', '', 0, undefined],
  ])('refuses %s', (filter, why, position, remedy) => {
    const error = refusalOf(filter);
    expect(error.why).toContain(why);
    const [, shown, caret] = error.why.split('\n');
    expect(shown).toBe(`  ${filter}`);
    expect(caret!.indexOf('^') - 2).toBe(position);
    if (remedy !== undefined) expect(error.remedy).toBe(remedy);
    expect(error.message).not.toContain('ftui_7');
  });

  it('passes over probes that are never hit', () => {
    expect(() => checkProbeFilter([{ ...sell, isCounter: true }], 'nothing == 1')).not.toThrow();
    expect(() => checkProbeFilter([sell], undefined)).not.toThrow();
  });
});

describe('formatOfProbe', () => {
  it('has the fields that the simulated kernel gives the event', () => {
    const { tracefs } = setUp('6.12');
    const line = 'p:mine/opened vfs_open a=$arg1 b=$arg2:s32 c=+0($arg1):string d=+0($arg1):x8[4] e=$comm';
    tracefs.top.write('kprobe_events', `${line}\n`, 'append');
    const text = tracefs.top.read('events/mine/opened/format');
    const names = formatOfProbe({ file: 'kprobe_events', group: 'mine', event: 'opened', line }).fields;
    for (const { name, size, isString } of names) {
      expect(text).toMatch(new RegExp(`field:[^;]* ${name}(?:\\[\\d+\\])?;\\s*offset:\\d+;\\s*size:${size};`));
      expect(isString).toBe(/^[ce]$/.test(name));
    }
  });

  it('knows what a return has, and where the condition of an event probe begins', () => {
    const fieldsOf = (line: string) => formatOfProbe(probe(line)).fields.map(({ name }) => name);
    expect(fieldsOf('r:ftui_7/sell vfs_open ret=$retval:s64')).toEqual(['__probe_func', '__probe_ret_ip', 'ret']);
    expect(fieldsOf('e:ftui_7/x sched.sched_switch a=$prev_pid:s32 if prev_pid > 0')).toEqual(['__probe_ip', 'a']);
  });
});

describe('checkEventFilters', () => {
  it.each(versions)('checks against the events of %s', (version) => {
    const { top } = setUp(version).tracefs;
    const check = (filter: string) => () =>
      checkEventFilters(top, [{ system: 'sched', event: 'sched_switch', filter }]);
    expect(check('prev_pid == 1 && next_comm ~ "ba*"')).not.toThrow();
    const error = errorFrom(UsageError, check('prev_prioo < 100'));
    expect(error.message).toMatch(/^filtering sched:sched_switch: sched:sched_switch has no field prev_prioo\n/);
    expect(error.remedy).toContain('prev_prio');
  });

  it('says how many of several events do not have the field', () => {
    const { top } = setUp('6.12').tracefs;
    const filter = 'prev_pid == 1';
    const events = ['sched_switch', 'sched_waking', 'sched_wakeup'].map((event) => ({
      system: 'sched',
      event,
      filter,
    }));
    const error = errorFrom(UsageError, () => checkEventFilters(top, events));
    expect(error.attempted).toBe('filtering sched:sched_waking, and 1 more of the 3 events');
  });
});
