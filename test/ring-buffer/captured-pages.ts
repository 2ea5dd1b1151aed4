/** The folders of tracefs-fixtures/pages: raw sub-buffers with what the kernel printed for them (capture-pages.sh). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeKernelText } from '../../src/base/text.ts';
import { asCpuId } from '../../src/base/units.ts';
import { type CommonHeader, commonHeaderOf } from '../../src/format/common-header.ts';
import { type EventFormat, parseEventFormat } from '../../src/format/event-format.ts';
import { type PageLayout, parseHeaderPage } from '../../src/ring-buffer/page-layout.ts';
import { readPageItems, type StreamItem } from '../../src/ring-buffer/stream-item.ts';

const root = join(import.meta.dirname, '../../tracefs-fixtures/pages');

export interface CapturedPages {
  readonly layout: PageLayout;
  readonly formats: ReadonlyMap<number, EventFormat>;
  readonly header: CommonHeader;
  /** The lines that the kernel printed, without its comments. */
  readonly lines: readonly string[];
  readonly stats: string;
  /** Items of all pages, times in ns since boot. */
  readonly items: readonly StreamItem[];
  /** The symbol around an address, of those that the text names. */
  readonly symbolName: (address: bigint) => { readonly name: string; readonly module: string | undefined } | undefined;
}

/** `5.10-graph`, ... of one case. */
export function capturedCases(name: string): string[] {
  return readdirSync(root).filter((folder) => folder.slice(folder.indexOf('-') + 1) === name);
}

export function loadCapturedPages(folder: string): CapturedPages {
  const at = join(root, folder);
  const layout = parseHeaderPage(readFileSync(join(at, 'header_page'), 'utf8'));
  const formats = readdirSync(at)
    .filter((file) => file.endsWith('.format'))
    .map((file) => parseEventFormat(file.split('.')[0]!, readFileSync(join(at, file), 'utf8')));
  const pages = readFileSync(join(at, 'page.bin'));
  const items: StreamItem[] = [];
  for (let start = 0; start < pages.length; start += layout.subBufferSize) {
    items.push(...readPageItems(pages.subarray(start, start + layout.subBufferSize), layout, asCpuId(0), 0n));
  }
  const lines = decodeKernelText(readFileSync(join(at, 'trace.txt'))).split('\n');
  return {
    layout,
    formats: new Map(formats.map((format) => [format.id, format])),
    header: commonHeaderOf(formats[0]!, layout),
    lines: lines.filter((line) => line !== '' && !line.startsWith('#')),
    stats: existsSync(join(at, 'stats')) ? readFileSync(join(at, 'stats'), 'utf8') : '',
    items,
    symbolName: symbolLookup(readFileSync(join(at, 'kallsyms'), 'utf8')),
  };
}

function symbolLookup(kallsyms: string): CapturedPages['symbolName'] {
  const symbols = kallsyms
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/))
    .map(([address, , name, module]) => ({
      address: BigInt(`0x${address}`),
      name: name!,
      module: module?.slice(1, -1),
    }));
  return (address) => symbols.filter((symbol) => address >= symbol.address && address < symbol.address + 16n).at(-1);
}
