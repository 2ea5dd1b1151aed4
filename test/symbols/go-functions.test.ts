/** Functions of stripped Go programs, from tables made for the test as Go's linker lays them out. */
import { describe, expect, it } from 'vitest';
import { ElfNumbers } from '../../src/symbols/elf-layout.ts';
import { parseGoFunctions } from '../../src/symbols/go-functions.ts';
import { resolveUprobeTarget } from '../../src/symbols/uprobe-target.ts';
import { buildElf } from './elf-builder.ts';
import { elfOf } from './fixture-files.ts';

const names = ['_rt0_amd64_linux', 'main.main', 'main.(*T).Do'];
const code = { codeAddress: 0x401000, code: new Uint8Array(0x100).fill(0x90) };

/** A table of functions of 16 bytes each; `textStart` 0 is what Go 1.25 and later write. */
function buildTable({ textStart = 0, magic = 0xfffffff1, count = names.length } = {}): Uint8Array {
  const bytes = Buffer.alloc(512);
  bytes.writeUInt32LE(magic, 0);
  bytes.set([1, 8], 6);
  const [nameTable, functions] = [0x50, 0x100];
  const fields = [count, 0, textStart, nameTable, 0, 0, 0, functions];
  for (const [index, value] of fields.entries()) bytes.writeBigUInt64LE(BigInt(value), 8 + index * 8);
  let nameOffset = 0;
  for (const [index, name] of names.entries()) {
    const described = 0x40 + index * 8;
    bytes.writeUInt32LE(index * 16, functions + index * 8);
    bytes.writeUInt32LE(described, functions + index * 8 + 4);
    bytes.writeUInt32LE(nameOffset, functions + described + 4);
    bytes.write(`${name}\0`, nameTable + nameOffset, 'latin1');
    nameOffset += name.length + 1;
  }
  bytes.writeUInt32LE(names.length * 16, functions + names.length * 8);
  return bytes;
}

const parse = (bytes: Uint8Array, entryPoint = 0x401000) =>
  parseGoFunctions(bytes, new ElfNumbers(bytes, 64, true), { textAddress: 0x401000, entryPoint });

describe('parseGoFunctions', () => {
  it.each([{ textStart: 0 }, { textStart: 0x401000 }, { textStart: 0x401000, magic: 0xfffffff0 }])('%o', (table) => {
    expect(parse(buildTable(table))).toEqual(
      names.map((name, index) => ({ name, address: 0x401000 + 16 * index, size: 16 })),
    );
  });

  it('trusts a table that does not say where the code begins only if the entry point is among them', () => {
    expect(parse(buildTable(), 0x402000)).toEqual([]);
    expect(parse(buildTable({ textStart: 0x401000 }), 0x402000)).toHaveLength(3);
  });

  it('is empty for other versions and for damage', () => {
    expect(parse(buildTable({ magic: 0xfffffffb }))).toEqual([]);
    expect(parse(buildTable({ count: 2 ** 40 }))).toEqual([]);
    expect(parse(new Uint8Array(0))).toEqual([]);
    expect(parse(new Uint8Array(100).fill(0xff))).toEqual([]);
  });
});

describe('a stripped Go program', () => {
  const bytes = buildElf({
    ...code,
    sections: [
      { name: '.text', bytes: new Uint8Array(1), address: 0x401000 },
      { name: '.gopclntab', bytes: buildTable() },
    ],
  });
  Buffer.from(bytes.buffer).writeBigUInt64LE(0x401000n, 24);
  const binary = { elf: elfOf(bytes, 'app') };

  it('is probed by the names of its functions', () => {
    const [site] = resolveUprobeTarget(binary, 'main.main').sites;
    expect(site).toMatchObject({ symbol: 'main.main', address: 0x401010, offsetInSymbol: 0 });
    expect(resolveUprobeTarget(binary, 'main.*').sites).toHaveLength(2);
    expect(() => resolveUprobeTarget(binary, 'main.mian')).toThrow('there is no such symbol');
  });

  it('is not probed at returns, unless it must be', () => {
    expect(() => resolveUprobeTarget(binary, 'main.main%return')).toThrow('this is a Go program: its stacks move');
    expect(resolveUprobeTarget(binary, 'main.main%return', { force: true }).sites).toHaveLength(1);
  });
});
