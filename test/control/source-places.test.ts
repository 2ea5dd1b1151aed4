/** Lines of source of functions and probes: of programs, and of a kernel whose debug file is in a folder of the test. */
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findSourcePlace, readKernelIdentity, type SourceOptions } from '../../src/control/source-places.ts';
import { readElf } from '../../src/symbols/files.ts';
import type { KernelFiles } from '../../src/tracefs/kernel-files.ts';

const fixtures = join(import.meta.dirname, '../symbols/fixtures');
const fixture = (name: string) => join(fixtures, name);

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ftui-source-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const put = (from: string, ...path: string[]) => {
  const to = join(folder, ...path);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  return to;
};
const options = (): SourceOptions => ({ kernel: undefined, folder: join(folder, 'here') });

describe('the source of a program', () => {
  it('is found beside it, where the compiler was told relative names', () => {
    const subject = { kind: 'program-function', binary: fixture('probed-o2-dwarf5.so'), name: 'entry' } as const;
    expect(findSourcePlace(subject, options())).toEqual({
      what: 'entry',
      recorded: 'probed.c',
      line: 61,
      path: fixture('probed.c'),
    });
  });

  it('is named where it is not on this machine, and found under the current folder', () => {
    const binary = put(fixture('probed-o0-dwarf4.so'), 'bin', 'probed.so');
    const subject = { kind: 'program-function', binary, name: 'entry' } as const;
    expect(findSourcePlace(subject, options())).toMatchObject({ recorded: 'probed.c', line: 61, path: undefined });
    const source = put(fixture('probed.c'), 'here', 'probed.c');
    expect(findSourcePlace(subject, options()).path).toBe(source);
    rmSync(source);
  });

  it('is in a debug file of its own', () => {
    const subject = { kind: 'program-function', binary: fixture('probed-split.so'), name: 'entry' } as const;
    expect(findSourcePlace(subject, options()).line).toBe(61);
  });

  it('is found from a probe by its place in the file', () => {
    const path = fixture('probed-o2-dwarf5.so');
    const elf = readElf(path);
    const { address } = elf.symbolsNamed('entry')[0]!;
    const segment = elf.segmentOfAddress(address)!;
    const at = `${path}:0x${(address - segment.address + segment.fileOffset).toString(16)}`;
    for (const place of [at, `${at}(0x1234)`]) {
      const definition = `p:ftui_1/entry ${place} a=%di`;
      expect(findSourcePlace({ kind: 'probe', definition }, options())).toMatchObject({ what: at, line: 61 });
    }
  });

  it('cannot be found without debug information, and that is said with what would help', () => {
    const subject = { kind: 'program-function', binary: fixture('usdt.so'), name: 'sell' } as const;
    expect(() => findSourcePlace(subject, options())).toThrow(
      expect.objectContaining({
        why: expect.stringContaining('has no debug information'),
        remedy: expect.stringContaining('build it with -g'),
      }),
    );
  });
});

describe('the source of the kernel', () => {
  const { buildId } = readElf(fixture('probed-o2-dwarf5.so'));
  const kernel = (release: string, id = buildId) => ({ ...options(), root: folder, kernel: { release, buildId: id } });
  const subject = { kind: 'kernel-function', name: 'entry' } as const;

  it.each([
    ['6.1', 'usr/lib/debug/boot/vmlinux-6.1'],
    ['6.2', 'usr/lib/debug/lib/modules/6.2/vmlinux'],
    ['6.3', 'lib/modules/6.3/build/vmlinux'],
    ['6.4', `usr/lib/debug/.build-id/${buildId!.slice(0, 2)}/${buildId!.slice(2)}.debug`],
  ])('%s is known by %s', (release, file) => {
    const path = put(fixture('probed-o2-dwarf5.so'), file);
    expect(findSourcePlace(subject, kernel(release))).toMatchObject({ what: 'entry', recorded: 'probed.c', line: 61 });
    const probe = { kind: 'probe', definition: 'r4:ftui_1/entry__return entry+0 $retval' } as const;
    expect(findSourcePlace(probe, kernel(release)).line).toBe(61);
    expect(findSourcePlace({ kind: 'probe', definition: 'f:g/e entry%return' }, kernel(release)).line).toBe(61);
    rmSync(path);
  });

  it('is found in the tree that the modules were built from', () => {
    put(fixture('probed-o2-dwarf5.so'), 'usr/lib/debug/boot/vmlinux-6.1');
    const source = put(fixture('probed.c'), 'lib/modules/6.1/source/probed.c');
    expect(findSourcePlace(subject, kernel('6.1')).path).toBe(source);
  });

  it('is not taken from a file of another build, or without debug information', () => {
    put(fixture('probed-o2-dwarf5.so'), 'usr/lib/debug/boot/vmlinux-6.5');
    put(fixture('usdt.so'), 'usr/lib/debug/lib/modules/6.5/vmlinux');
    writeFileSync(put(fixture('probed.c'), 'lib/modules/6.5/build/vmlinux'), 'no ELF');
    expect(() => findSourcePlace(subject, kernel('6.5', 'aa'.repeat(20)))).toThrow(
      expect.objectContaining({
        why: expect.stringContaining(
          'no debug information of the kernel 6.5 is here (looked for /usr/lib/debug/.build-id/aa/',
        ),
        remedy: expect.stringContaining('linux-image-6.5-dbg'),
      }),
    );
  });

  it.each([
    [{ ...subject, module: 'ext4' }, 'it is in the module ext4'],
    [{ kind: 'kernel-function', name: 'nowhere' } as const, 'has no line for it'],
    [{ kind: 'probe', definition: 't:g/e sched_switch' } as const, 'it is at no place in code'],
    [{ kind: 'probe', definition: 'e:g/e sched/sched_switch a=$x' } as const, 'it is at no place in code'],
  ])('%j has none, which is said', (asked, why) => {
    expect(() => findSourcePlace(asked, kernel('6.1'))).toThrow(why);
  });

  it('is that of the running kernel by its release and its notes', () => {
    const notes = readElf(fixture('probed-o2-dwarf5.so')).sectionBytes('.note.gnu.build-id')!;
    const files: Readonly<Record<string, Uint8Array>> = {
      '/proc/sys/kernel/osrelease': Buffer.from('6.1\n'),
      '/sys/kernel/notes': notes,
    };
    const running = {
      readText: (path: string) => Buffer.from(files[path]!).toString(),
      readBytes: (path: string) => files[path]!,
      exists: (path: string) => path in files,
    } as KernelFiles;
    expect(readKernelIdentity(running)).toEqual({ release: '6.1', buildId });
  });

  it('is not guessed for a recording that does not say its kernel', () => {
    expect(() => findSourcePlace(subject, options())).toThrow('does not say which kernel it is of');
  });
});
