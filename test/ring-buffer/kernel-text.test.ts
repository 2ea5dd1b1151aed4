/** Decoded pages against the text that the same kernel printed for them, record by record. */
import { describe, expect, it } from 'vitest';
import {
  readCommonFlags,
  readCommonPid,
  readCommonPreemptCount,
  readCommonType,
} from '../../src/format/common-header.ts';
import { decodeEvent, type EventFields } from '../../src/format/decoded-event.ts';
import { type CapturedPages, capturedCases, loadCapturedPages } from './captured-pages.ts';

const eventLine = /^\s*\S.*-(\d+)\s+\[(\d+)\] (\S+)\s+(\d+\.\d{6}): (.*)$/;

interface Decoded {
  readonly name: string;
  readonly pid: number;
  readonly flags: number;
  readonly preemptDepth: number;
  /** Seconds with six digits, as the kernel prints them. */
  readonly seconds: string;
  readonly fields: EventFields;
}

function decodeAll({ items, header, formats, layout }: CapturedPages): Decoded[] {
  return items.map((item) => {
    if (item.kind !== 'record') throw new Error(`an item is ${item.kind}`);
    const format = formats.get(readCommonType(header, item.bytes))!;
    const microseconds = Math.floor((item.time + 500) / 1000);
    return {
      name: format.name,
      pid: readCommonPid(header, item.bytes),
      flags: readCommonFlags(header, item.bytes),
      preemptDepth: readCommonPreemptCount(header, item.bytes) & 15,
      seconds: `${Math.floor(microseconds / 1e6)}.${String(microseconds % 1e6).padStart(6, '0')}`,
      fields: decodeEvent(format, item.bytes, layout),
    };
  });
}

/** Checks a record against its line, and hands back what the line says after the time. */
function checkCommon(record: Decoded, line: string): string {
  const parts = eventLine.exec(line);
  if (!parts) throw new Error(`no event line: ${line}`);
  const [, pid, cpu, context, seconds, rest] = parts;
  expect({ pid: record.pid, seconds: record.seconds, cpu: 0 }, line).toEqual({
    pid: Number(pid),
    seconds,
    cpu: Number(cpu),
  });
  expect((record.flags & 8) !== 0, line).toBe(/[hH]/.test(context![2]!));
  expect(record.preemptDepth, line).toBe(context![3] === '.' ? 0 : Number(context![3]));
  return rest!;
}

/** The `key=value` pairs of sched events; the state is a text only the print format knows. */
function checkPairs(record: Decoded, rest: string): void {
  expect(rest.startsWith(`${record.name}: `)).toBe(true);
  for (const [, key, value] of rest.matchAll(/(\w+)=(\S+)/g)) {
    const field = record.fields[key!];
    if (field === undefined || key === 'prev_state') continue;
    expect(typeof field === 'number' ? Number(value) : value, `${rest} ${key}`).toBe(field);
  }
}

function checkSyscall(record: Decoded, rest: string): void {
  const { fields } = record;
  if (record.name === 'sys_exit_openat') {
    expect(rest).toBe(`sys_openat -> 0x${BigInt.asUintN(64, BigInt(fields.ret as number)).toString(16)}`);
    return;
  }
  const [, filename, text] = /filename: (\w+)(?: "(.*?)")?/.exec(rest)!;
  const address = BigInt(fields.filename as number);
  expect([address.toString(16), address.toString()], rest).toContain(filename!.replace(/^0x/, ''));
  if (text !== undefined) expect(fields.__filename_val).toBe(text);
}

describe('pages of events', () => {
  const cases = capturedCases('events');
  it('were captured on four kernels', () => expect(cases).toHaveLength(4));
  it.each(cases)('%s agrees with the text of the kernel', (folder) => {
    const pages = loadCapturedPages(folder);
    const records = decodeAll(pages);
    expect(records.length).toBeGreaterThan(50);
    for (const [index, record] of records.entries()) {
      const rest = checkCommon(record, pages.lines[index]!);
      if (record.name.startsWith('sys_')) checkSyscall(record, rest);
      else checkPairs(record, rest);
    }
    expect(new Set(records.map(({ name }) => name))).toContain('sys_exit_openat');
  });
});

describe('pages of kprobes', () => {
  const cases = capturedCases('kprobe');
  it('were captured on four kernels', () => expect(cases).toHaveLength(4));
  it.each(cases)('%s agrees with the text of the kernel', (folder) => {
    const pages = loadCapturedPages(folder);
    const records = decodeAll(pages);
    expect(records).toHaveLength(pages.lines.length);
    for (const [index, record] of records.entries()) {
      const rest = checkCommon(record, pages.lines[index]!);
      const { dfd, name, bad, how, bytes, low, ret } = record.fields;
      const shown =
        record.name === 'opened'
          ? `ret=${ret}`
          : `dfd=${dfd} name="${name}" bad=${bad ?? '(fault)'} how=0x${how!.toString(16)} bytes={${bytes}} low=${low}`;
      expect(rest).toMatch(new RegExp(`^${record.name}: \\(.*\\) `));
      expect(rest.slice(rest.indexOf(') ') + 2)).toBe(shown);
    }
  });
});
