import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { findBinary, findDebugFile, readElf, readUprobeBinary } from '../../src/symbols/files.ts';
import { resolveUprobeTarget } from '../../src/symbols/uprobe-target.ts';
import { buildElf, gnuNote } from './elf-builder.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ftui-symbols-')));
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
  return path;
};

describe('findBinary', () => {
  const path = join(folder, 'bin');
  const program = put('bin/program', buildElf({}));
  symlinkSync('program', join(path, 'link'));

  it('looks in $PATH and follows links', () => {
    expect(findBinary('program', { path: `/nonexistent::${path}` })).toEqual({ path: program, notes: [] });
    expect(findBinary('link', { path }).path).toBe(program);
    expect(findBinary(program).path).toBe(program);
  });

  it("gives a script's interpreter, with a note", () => {
    put('bin/script', `#!${program} -x\n`);
    put('bin/by-env', '#!/usr/bin/env -S A=1 program -x\n');
    put('bin/of-script', `#!${join(path, 'script')}\n`);
    for (const word of ['script', 'by-env', 'of-script']) {
      const found = findBinary(word, { path });
      expect(found.path).toBe(program);
      expect(found.notes).toEqual([
        expect.stringContaining(`${join(path, word)} is a script: the probe goes into its interpreter`),
      ]);
    }
    put('bin/endless', `#!${join(path, 'endless')}\n`);
    expect(() => findBinary('endless', { path })).toThrow('is a script whose interpreter was not found');
  });

  it('refuses what is no binary, with a hint', () => {
    put('bin/text', 'hello');
    expect(() => findBinary(folder)).toThrow('is a directory');
    expect(() => findBinary('/dev/null')).toThrow('is not a regular file');
    expect(() => findBinary('text', { path })).toThrow('is not an ELF file');
    expect(() => findBinary('/nonexistent/x')).toThrow('/nonexistent/x does not exist');
    expect(() => findBinary('progam', { path })).toThrow(
      expect.objectContaining({ remedy: 'did you mean program?', exitStatus: 2 }),
    );
    expect(() => findBinary('package.json', { path })).toThrow(
      expect.objectContaining({ remedy: 'for the file in this folder write ./package.json' }),
    );
    expect(() => findBinary('')).toThrow('the name is empty');
  });

  it('finds libraries in the usual folders of a system without a cache, musl too', () => {
    const newer = put('root/usr/lib/x86_64-linux-gnu/libz.so.1.10', buildElf({}));
    put('root/usr/lib/x86_64-linux-gnu/libz.so.1.9', buildElf({}));
    const musl = put('root/lib/ld-musl-x86_64.so.1', buildElf({}));
    const options = { path: '', root: join(folder, 'root'), machine: 'x86-64' } as const;
    expect(findBinary('libz', options).path).toBe(newer);
    expect(findBinary('libc', options).path).toBe(musl);
    expect(() => findBinary('libnone', options)).toThrow('nor a library of this name');
  });

  it('finds the programs and the libc of this system', () => {
    expect(readElf(findBinary('sh').path).layout.kind).toMatch(/shared|executable/);
    const libc = readElf(findBinary('libc').path);
    expect(libc.symbolsNamed('getenv').some(({ isDefined }) => isDefined)).toBe(true);
    const [site] = resolveUprobeTarget({ elf: libc }, 'getenv%return').sites;
    expect(libc.segmentOfFileOffset(site!.fileOffset)?.executable).toBe(true);
  });

  it('opens this very program without reading it whole', () => {
    const { elf } = readUprobeBinary(findBinary(process.execPath).path);
    expect(elf.layout.machine).toBe({ x64: 'x86-64', arm64: 'aarch64' }[process.arch as string]);
    expect(elf.interpreter ?? '/lib').toMatch(/^\/lib/);
    expect(elf.isGo).toBe(false);
  });

  it('recognises a program made by a Go compiler', () => {
    const require = createRequire(createRequire(import.meta.url).resolve('esbuild'));
    const esbuild = require.resolve(`@esbuild/linux-${process.arch}/bin/esbuild`);
    expect(() => resolveUprobeTarget(readUprobeBinary(esbuild), 'main.main%return')).toThrow('this is a Go program');
  });
});

describe('findDebugFile', () => {
  const id = { name: '.note.gnu.build-id', type: 7, bytes: gnuNote(3, 'abcdef01') };
  const otherId = { ...id, bytes: gnuNote(3, 'abcdef02') };
  const root = join(folder, 'debug-root');
  const debugBytes = buildElf({ sections: [id], symtab: [{ name: 'inner', address: 0x1240, size: 4 }] });

  it('finds it by build id and merges its symbols', () => {
    const program = put('a/program', buildElf({ sections: [id] }));
    expect(findDebugFile(readElf(program), program, root)).toBeUndefined();
    const debug = put('debug-root/usr/lib/debug/.build-id/ab/cdef01.debug', debugBytes);
    expect(findDebugFile(readElf(program), program, root)).toBe(debug);
    const site = resolveUprobeTarget(readUprobeBinary(program, root), 'inner').sites[0];
    expect(site).toMatchObject({ address: 0x1240, fileOffset: 0x240 });
  });

  it('does not take one of another build', () => {
    const program = put('b/program', buildElf({ sections: [id] }));
    put('other-root/usr/lib/debug/.build-id/ab/cdef01.debug', buildElf({ sections: [otherId] }));
    expect(findDebugFile(readElf(program), program, join(folder, 'other-root'))).toBeUndefined();
  });

  it('finds it by debuglink next to the program, checked by its CRC', () => {
    const debug = buildElf({ symtab: [{ name: 'inner', address: 0x1240 }] });
    const link = Buffer.alloc(16);
    link.write('prog.debug');
    link.writeUInt32LE(crc32(debug), 12);
    const program = put('c/prog', buildElf({ sections: [{ name: '.gnu_debuglink', bytes: link }] }));
    const wrong = put('c/prog.debug', debugBytes);
    expect(findDebugFile(readElf(program), program, root)).toBeUndefined();
    const right = put('c/.debug/prog.debug', debug);
    expect(findDebugFile(readElf(program), program, root)).toBe(right);
    copyFileSync(right, wrong);
    expect(findDebugFile(readElf(program), program, root)).toBe(wrong);
  });
});
