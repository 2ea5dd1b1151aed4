/** Records of real kernels, in style 'kernel', against the text that the same kernels printed for them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../src/base/byte-writer.ts';
import { decodeKernelText } from '../../src/base/text.ts';
import { readCommonType } from '../../src/format/common-header.ts';
import { type AddressName, compileEventText, type EventTextContext } from '../../src/format/event-text.ts';
import { type CapturedPages, capturedCases, loadCapturedPages } from '../ring-buffer/captured-pages.ts';

const root = join(import.meta.dirname, '../../tracefs-fixtures/pages');

/** The symbol before an address, of the few that were kept. */
function symbolLookup(folder: string): EventTextContext['nameOfHalves'] {
  const symbols = readFileSync(join(root, folder, 'kallsyms'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map(([address, , name]) => ({ address: BigInt(`0x${address}`), name: name! }));
  return (high, low): AddressName | undefined => {
    const address = (BigInt(high) << 32n) | BigInt(low);
    const found = symbols.findLast((symbol) => symbol.address <= address);
    return found && { name: found.name, offset: Number(address - found.address) };
  };
}

/** The lines of our own, `name: text`, for the records of a capture; syscall events have a form of their own there. */
function printRecords(captured: CapturedPages, folder: string): string[] {
  const context = {
    abi: captured.layout,
    style: 'kernel' as const,
    nameOfHalves: symbolLookup(folder),
    addressOf: () => undefined,
    printkFormat: () => undefined,
  };
  const out = new ByteWriter();
  return captured.items.flatMap((item) => {
    if (item.kind !== 'record') return [];
    const { bytes: data } = item;
    const format = captured.formats.get(readCommonType(captured.header, data))!;
    out.clear();
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    compileEventText(format, context).write(out, data, view, 0, data.length);
    return [`${format.name}: ${decodeKernelText(out.written())}`];
  });
}

/** What the kernel printed behind the time, without the sizes of functions. */
function printedTexts({ lines }: CapturedPages): string[] {
  return lines
    .filter((line) => !line.startsWith('CPU:'))
    .map((line) => line.replace(/^.*?\d+\.\d{6}: /, '').replace(/(\+0x[0-9a-f]+)\/0x[0-9a-f]+/g, '$1'));
}

describe.each(['events', 'kprobe'])('pages with %s', (name) => {
  it.each(capturedCases(name))('%s', (folder) => {
    const captured = loadCapturedPages(folder);
    const ours = printRecords(captured, folder);
    const theirs = printedTexts(captured).slice(0, ours.length);
    const isSyscall = (text: string): boolean => /^sys_\w+(?:\(| -> )/.test(text);
    expect(ours.filter((_text, index) => !isSyscall(theirs[index]!))).toEqual(
      theirs.filter((text) => !isSyscall(text)),
    );
    expect(theirs.filter((text) => !isSyscall(text)).length).toBeGreaterThan(10);
  });
});
