/** Pages captured from real kernels (tracefs-fixtures/pages) as a source that exports read. */
import { zstdDecompressSync } from 'node:zlib';
import { asCpuId, asPid } from '../../../src/base/units.ts';
import { GraphRecordReader } from '../../../src/call-graph/graph-record.ts';
import { commonHeaderOf, readCommonFlags, readCommonPid, readCommonType } from '../../../src/format/common-header.ts';
import { decodeEvent } from '../../../src/format/decoded-event.ts';
import { parseEventFormat } from '../../../src/format/event-format.ts';
import type { EventSource, SourceItem } from '../../../src/recording/event-source.ts';
import { parseHeaderPage } from '../../../src/ring-buffer/page-layout.ts';
import { readPageItems, readPageStamp } from '../../../src/ring-buffer/stream-item.ts';
import { loadFixture } from '../../../src/simulated/fixture-tree.ts';
import { parseKallsyms } from '../../../src/symbols/kallsyms.ts';
import { type CapturedPages, loadCapturedPages } from '../../ring-buffer/captured-pages.ts';
import { fixtureFiles, readFixture } from '../../simulated/fixtures.ts';
import { event, sourceOf } from './recorded-events.ts';

export function capturedSource(folder: string): EventSource {
  const pages = loadCapturedPages(folder);
  const { formats, header, layout, items } = pages;
  const named = (name: string) => [...formats.values()].find((format) => format.name === name);
  const [entry, exit] = [named('funcgraph_entry'), named('funcgraph_exit')];
  const retaddrEntry = named('fgraph_retaddr_entry');
  const reader =
    entry === undefined || exit === undefined
      ? undefined
      : new GraphRecordReader({ entry, exit, retaddrEntry }, layout);
  const comms = namesOfTasks(pages);
  const recorded = items.map((item): SourceItem => {
    if (item.kind !== 'record') return item;
    const { bytes, time, cpu } = item;
    const pid = asPid(readCommonPid(header, bytes));
    const format = formats.get(readCommonType(header, bytes))!;
    const graph = reader?.read(bytes);
    return event({
      time: time - items[0]!.time,
      cpu,
      pid,
      comm: comms.get(pid) ?? '<...>',
      flags: readCommonFlags(header, bytes),
      system: format.system,
      name: format.name,
      format,
      fields: decodeEvent(format, bytes, layout),
      graph,
    });
  });
  const symbolName: EventSource['symbolName'] = (address) => {
    const symbol = pages.symbolName(address);
    if (symbol === undefined) return undefined;
    return symbol.module === undefined
      ? { name: symbol.name, offset: 0 }
      : { name: symbol.name, module: symbol.module, offset: 0 };
  };
  return sourceOf(recorded, { symbolName, origin: BigInt(items[0]!.time) });
}

/** As the kernel printed them: `bash-12 ` and `bash-12  |`. */
function namesOfTasks({ lines }: CapturedPages): Map<number, string> {
  const names = new Map<number, string>();
  for (const line of lines) {
    const task = /(?:^\s*|\)\s+)(\S[^|]*?)-(\d+)\s+[[|]/.exec(line);
    if (task !== null) names.set(Number(task[2]), task[1]!);
  }
  return names;
}

/** The bundled recording of `graph do_sys_open -- ls /` on a 6.12 kernel: call trees of many levels. */
export function demoSource(): EventSource {
  const tree = new Map([...readFixture('6.12'), ...loadFixture(fixtureFiles('demo'))]);
  const textOf = (path: string) => tree.get(path)!.text!;
  const formatOf = (name: string) =>
    parseEventFormat('ftrace', textOf(`/sys/kernel/tracing/events/ftrace/${name}/format`));
  const layout = parseHeaderPage(textOf('/sys/kernel/tracing/events/header_page'));
  const formats = { entry: formatOf('funcgraph_entry'), exit: formatOf('funcgraph_exit') };
  const reader = new GraphRecordReader(formats, layout);
  const header = commonHeaderOf(formats.entry, layout);
  const symbols = parseKallsyms(Buffer.from(textOf('/proc/kallsyms')));
  const pages = zstdDecompressSync(fixtureFiles('demo').read('cpu1.pages.zst'));
  const origin = readPageStamp(pages, layout);
  const items: SourceItem[] = [];
  for (let at = 0; at < pages.length; at += layout.subBufferSize) {
    for (const item of readPageItems(pages.subarray(at, at + layout.subBufferSize), layout, asCpuId(1), origin)) {
      if (item.kind !== 'record') items.push(item);
      else {
        const { time, cpu, bytes } = item;
        const task = { cpu, pid: readCommonPid(header, bytes), comm: 'ls', flags: readCommonFlags(header, bytes) };
        items.push(event({ time, ...task, graph: reader.read(bytes) }));
      }
    }
  }
  return sourceOf(items, { origin, symbolName: (address) => symbols.nameOf(address) });
}
