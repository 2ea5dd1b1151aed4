import { describe, expect, it } from 'vitest';
import { readCommonType } from '../../../src/format/common-header.ts';
import { parseEventFormat } from '../../../src/format/event-format.ts';
import { parseReportFilter, type ReportFilter, selectsEvent } from '../../../src/format/filter/parse-filter.ts';
import { findUnknownEvent, findUnknownField, ReportFilters } from '../../../src/format/filter/report-filters.ts';
import { capturedCases, loadCapturedPages } from '../../ring-buffer/captured-pages.ts';
import { formatText } from '../format-text.ts';
import { contextOf, everyKind, recordOf } from './filter-records.ts';

function reportFilter(text: string): ReportFilter {
  const parsed = parseReportFilter(text);
  if ('problem' in parsed) throw new Error(parsed.problem.why);
  return parsed;
}

/** `-v TEXT` hides. */
const chosen = (texts: readonly string[]) =>
  texts.map((text) => ({ filter: reportFilter(text.replace(/^-v /, '')), hides: text.startsWith('-v ') }));

describe('ReportFilters', () => {
  const stack = parseEventFormat('ftrace', formatText('kernel_stack', 4, []));
  const record = recordOf({ pid: 5 });

  /** Which of the records are shown: `5` is an event with that pid, `s` a stack trace; behind a slash on CPU 1. */
  const shown = (texts: readonly string[], sequence: string): string => {
    const filters = new ReportFilters(chosen(texts), contextOf());
    const tests = { event: filters.testOf(everyKind), stack: filters.testOf(stack) };
    return sequence
      .split(' ')
      .filter((step) => {
        const { bytes, view, start, end } = step.startsWith('s') ? record : recordOf({ pid: Number(step[0]) });
        return tests[step.startsWith('s') ? 'stack' : 'event'](bytes, view, start, end, step.endsWith('/') ? 1 : 0, 0n);
      })
      .join(' ');
  };

  it.each<[filters: string[], sequence: string, expected: string]>([
    [[], '1 5 s', '1 5 s'],
    [['every_kind: pid == 5'], '1 5 1', '5'],
    [['test: pid == 5', 'test: pid == 1'], '1 5 2', '1 5'],
    [['-v test: pid == 5'], '1 5 2', '1 2'],
    [['test: pid < 5', '-v test: pid == 1'], '1 2 5', '2'],
    [['-v test: pid == 1', 'test: pid < 5'], '1 2 5', '2'],
    [['sched'], '1 5', ''],
    [['-v sched'], '1 5', '1 5'],
    // A stack trace belongs to the record before it on its CPU; a second one to the first trace, which does not count.
    [['every_kind: pid == 5'], '5 s 1 s', '5 s'],
    [['every_kind: pid == 5'], '5 s s', '5 s'],
    [['every_kind: pid == 5'], '5 1/ s s/', '5 s'],
    [['every_kind: pid == 5', '-v every_kind: pid == 5'], '5 s', ''],
    [['-v every_kind: pid == 5'], '5 s', 's'],
    [['kernel_stack'], '5 s s', 's s'],
  ])('%j of %s: %s', (texts, sequence, expected) => {
    expect(shown(texts, sequence)).toBe(expected);
  });
});

describe('findUnknownEvent', () => {
  const known = [
    { system: 'sched', name: 'sched_switch' },
    { system: 'kmem', name: 'kmalloc' },
  ];

  it.each<[text: string, fault: string | undefined, candidate: string | undefined]>([
    ['sched,kmalloc', undefined, undefined],
    ['sched, kmaloc : x == 1', 'kmaloc', 'kmalloc'],
    ['sched/sched_swich', 'sched/sched_swich', 'sched_switch'],
    ['kmem/sched_switch', 'kmem/sched_switch', 'sched_switch'],
    ['shed', 'shed', 'sched'],
  ])('%s: %s', (text, fault, candidate) => {
    const problem = findUnknownEvent(reportFilter(text), known);
    expect(problem && text.slice(problem.position, problem.position + problem.length)).toBe(fault);
    expect(problem?.candidates[0]).toBe(candidate);
  });
});

describe('findUnknownField', () => {
  const number = (name: string): string => `field:int ${name};\toffset:8;\tsize:4;\tsigned:1;`;
  const known = [
    parseEventFormat('sched', formatText('sched_switch', 1, [number('prev_pid')], '""')),
    parseEventFormat('kmem', formatText('kmalloc', 2, [number('bytes_req')], '""')),
  ];

  it.each<[text: string, fault: string | undefined, candidate?: string]>([
    ['sched', undefined],
    ['sched: prev_pid == 1 && COMM == "sh" || common_pid & 1', undefined],
    ['.*: prev_pid > 1 || bytes_req > 1', undefined],
    ['sched: prev_pid > 1 || bytes_req > 1', 'bytes_req'],
    ['sched: !(prev_pd + 1 == 2)', 'prev_pd', 'prev_pid'],
    ['sched: COMM == sh', 'sh'],
    ['sched: comm =~ "sh"', 'comm', 'COMM'],
    ['.*: bytes', 'bytes', 'bytes_req'],
  ])('%s: %s', (text, fault, candidate) => {
    const filter = reportFilter(text);
    const problem = findUnknownField(filter, () =>
      known.filter(({ system, name }) => selectsEvent(filter, system, name)),
    );
    expect(problem && text.slice(problem.position, problem.position + problem.length)).toBe(fault);
    expect(problem?.candidates[0]).toBe(candidate);
  });
});

describe.each(capturedCases('events'))('records of a real kernel (%s) against the text it printed', (folder) => {
  const { items, formats, header, lines, layout } = loadCapturedPages(folder);
  const records = items.filter((item) => item.kind === 'record');

  it.each<[filter: string, line: RegExp]>([
    ['sched_switch: prev_pid == 0', / sched_switch: .*prev_pid=0 /],
    ['sched_switch: next_pid != 0 && next_prio == 120', / sched_switch: .*next_pid=[1-9]\d* next_prio=120$/],
    ['sched_switch: prev_comm == "bash"', / sched_switch: prev_comm=bash /],
    ['sched_switch: next_comm =~ "^KWORKER/[0-9]\\+:"', / sched_switch: .*next_comm=kworker\/\d+:/],
    ['sched_wakeup,sched_switch: comm !~ "kworker"', / sched_wakeup: (?!comm=\S*kworker)/],
    ['sched: bogus == 1', /^never$/],
    ['sched_process_exec: filename =~ "."', / sched_process_exec: filename=./],
    ['sched_process_exec: filename !~ "bin/"', / sched_process_exec: (?!filename=\S*bin\/)/],
    ['sys_enter_openat: flags == 0', / sys_openat\(.*flags: (?:0|O_RDONLY)[,)]/],
    [
      'sys_enter_openat: flags & 0x80000 || flags & 1',
      / sys_openat\(.*(?:O_CLOEXEC|O_WRONLY|flags: (?:0x)?(?:[0-9a-f]*[89a-f][0-9a-f]{4}|[0-9a-f]*[13579bdf])\b)/,
    ],
    ['sys_exit_openat: ret == -2', / sys_openat -> 0xfffffffffffffffe$/],
    ['sys_exit_openat: ret <= 0xfff', / sys_openat -> 0x[0-9a-f]{1,3}$/],
  ])('%s', (text, line) => {
    const filters = new ReportFilters(chosen([text]), { abi: layout, header, commOf: () => '<...>' });
    const tests = new Map([...formats].map(([id, format]) => [id, filters.testOf(format)]));
    for (const [index, { bytes, cpu }] of records.entries()) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const test = tests.get(readCommonType(header, bytes))!;
      expect(test(bytes, view, 0, bytes.length, cpu, 0n), lines[index]).toBe(line.test(lines[index]!));
    }
  });
});
