/** Captured function_graph pages against the text that the kernel printed, record by record and as whole trees. */
import { describe, expect, it } from 'vitest';
import { asPid } from '../../src/base/units.ts';
import type { CallTree } from '../../src/call-graph/call-tree.ts';
import { CallTreeBuilder } from '../../src/call-graph/call-tree-builder.ts';
import { type GraphRecord, GraphRecordReader } from '../../src/call-graph/graph-record.ts';
import { durationMark, formatCallTree } from '../../src/call-graph/tree-text.ts';
import { readCommonFlags, readCommonPid } from '../../src/format/common-header.ts';
import { type CapturedPages, capturedCases, loadCapturedPages } from '../ring-buffer/captured-pages.ts';

interface TimedRecord {
  readonly record: GraphRecord;
  readonly time: number;
  readonly pid: number;
  readonly flags: number;
}

function readGraphRecords({ items, formats, layout, header }: CapturedPages): TimedRecord[] {
  const named = (name: string) => [...formats.values()].find((format) => format.name === name);
  const reader = new GraphRecordReader(
    {
      entry: named('funcgraph_entry')!,
      exit: named('funcgraph_exit')!,
      retaddrEntry: named('fgraph_retaddr_entry'),
    },
    layout,
  );
  return items.flatMap((item) =>
    item.kind === 'record'
      ? {
          record: reader.read(item.bytes)!,
          time: item.time,
          pid: readCommonPid(header, item.bytes),
          flags: readCommonFlags(header, item.bytes),
        }
      : [],
  );
}

/** The kernel keeps seven characters of the number. */
function kernelDuration(duration: number): string {
  const microseconds = String(Math.floor(duration / 1000));
  const nanoseconds = String(duration % 1000).padStart(3, '0');
  return `${microseconds}.${nanoseconds.slice(0, Math.max(7 - microseconds.length, 0))} us`;
}

interface GraphLine {
  readonly seconds: string;
  readonly pid: number;
  readonly mark: string;
  readonly duration: string | undefined;
  readonly depth: number;
  readonly call: string;
}

const graphLine = /^\s*(\d+\.\d{6}) \|\s+0\)\s+.*?-(\d+)\s+\| (.) (.{9,}?)\s*\| {2}( *)(\S.*)$/;

function parseGraphLine(line: string): GraphLine | undefined {
  const parts = graphLine.exec(line);
  if (!parts || parts[6]!.includes('=====')) return undefined;
  const [, seconds, pid, mark, duration, indent, call] = parts;
  return {
    seconds: seconds!,
    pid: Number(pid),
    mark: mark!,
    duration: duration!.trim() || undefined,
    depth: indent!.length / 2,
    call: call!.replace(/ \/\*.*$/, ''),
  };
}

/** The lines that the kernel makes of the records: an entry followed by its own exit is one line. */
function expectedLines(records: readonly TimedRecord[], name: (func: bigint) => string): GraphLine[] {
  const lines: GraphLine[] = [];
  for (let index = 0; index < records.length; index += 1) {
    const { record, time, pid } = records[index]!;
    const next = records[index + 1]?.record;
    const isLeaf = record.kind === 'entry' && next?.kind === 'exit' && next.func === record.func;
    const exit = isLeaf ? next : record.kind === 'exit' ? record : undefined;
    if (isLeaf) index += 1;
    const duration = exit?.duration;
    const microseconds = Math.floor(time / 1000);
    lines.push({
      seconds: `${Math.floor(microseconds / 1e6)}.${String(microseconds % 1e6).padStart(6, '0')}`,
      pid,
      mark: duration === undefined ? ' ' : durationMark(duration),
      duration: duration === undefined ? undefined : kernelDuration(duration),
      depth: record.depth,
      call: record.kind === 'exit' ? '}' : `${name(record.func)}()${isLeaf ? ';' : ' {'}`,
    });
  }
  return lines;
}

/** `f(lock=0xff..)` -> `f()`. */
const withoutArguments = (line: GraphLine): GraphLine => ({ ...line, call: line.call.replace(/\(.*\)/, '()') });

const nameIn = (pages: CapturedPages) => (func: bigint) => pages.symbolName(func)?.name ?? '?';

function buildTrees(records: readonly TimedRecord[]): CallTree[] {
  const trees: CallTree[] = [];
  const builder = new CallTreeBuilder({ onTree: (tree) => trees.push(tree) });
  for (const { record, time, pid, flags } of records) builder.add(0 as never, asPid(pid), flags, time, record);
  return trees;
}

const cases = ['graph', 'graph-args', 'graph-lost'].flatMap(capturedCases);

describe('pages of function_graph', () => {
  it('were captured on four kernels, with arguments on the one that has them', () => expect(cases).toHaveLength(9));

  it.each(cases)('%s agrees with the text of the kernel, record by record', (folder) => {
    const pages = loadCapturedPages(folder);
    const printed = pages.lines.flatMap((line) => parseGraphLine(line) ?? []).map(withoutArguments);
    const records = readGraphRecords(pages);
    const decoded = expectedLines(records, nameIn(pages));
    expect(decoded.length).toBeGreaterThan(60);
    // The last entry's exit may be on the next page.
    expect(decoded.slice(0, -1)).toEqual(printed.slice(0, decoded.length - 1));
  });

  it.each(cases)('%s: whole trees print as the kernel printed them', (folder) => {
    const pages = loadCapturedPages(folder);
    const records = readGraphRecords(pages);
    const printed = pages.lines.flatMap((line) => parseGraphLine(line) ?? []).map(withoutArguments);
    const trees = buildTrees(records).filter(({ incomplete, root }) => !incomplete && root.cut === undefined);
    expect(trees.length).toBeGreaterThan(3);
    const expected = printed.map(({ depth, call }) => `${'  '.repeat(depth)}${call}`).join('\n');
    for (const tree of trees) {
      const lines = formatCallTree(tree, { ...pages, timeIsNanoseconds: true });
      const calls = lines.filter((line) => !line.includes('====')).map((line) => line.slice(line.indexOf('|') + 3));
      expect(expected).toContain(calls.map((call) => call.replace(/\(.*\)( \[\w+\])?/, '()$1')).join('\n'));
    }
  });

  it.each(capturedCases('graph-args'))('%s has the arguments as words', (folder) => {
    const pages = loadCapturedPages(folder);
    const [lines, records] = [pages.lines, readGraphRecords(pages)];
    const open = records.find(({ record }) => nameIn(pages)(record.func) === 'do_sys_openat2')!.record;
    const [, fileName, how] = /do_sys_openat2\(dfd=4294967196, filename=(\w+), how=(\w+)\)/.exec(lines.join('\n'))!;
    expect(open.kind === 'entry' && open.args?.slice(0, 3)).toEqual([0xffffff9cn, BigInt(fileName!), BigInt(how!)]);
  });
});
