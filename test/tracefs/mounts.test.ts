import { describe, expect, it } from 'vitest';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { findTracefsRoot, isMountedReadOnly, parseMountinfo } from '../../src/tracefs/mounts.ts';
import { readFixture } from '../simulated/fixtures.ts';

const fixture = readFixture('6.12');

describe('parseMountinfo', () => {
  it('reads mount point, file system and both kinds of options', () => {
    const line = '37 25 0:13 / /sys/kernel/tracing rw,nosuid,relatime shared:18 master:3 - tracefs nodev rw,gid=103';
    expect(parseMountinfo(`${line}\n`)).toEqual([
      {
        mountPoint: '/sys/kernel/tracing',
        fileSystem: 'tracefs',
        options: ['rw', 'nosuid', 'relatime', 'rw', 'gid=103'],
      },
    ]);
  });

  it('undoes the escapes of spaces, tabs and backslashes, UTF-8 included', () => {
    const [mount] = parseMountinfo('1 2 0:1 / /mnt/a\\040b\\011c\\134d rw - tmpfs none rw\n');
    expect(mount?.mountPoint).toBe('/mnt/a b\tc\\d');
    expect(parseMountinfo('1 2 0:1 / /mnt/ä rw - tmpfs none rw')[0]?.mountPoint).toBe('/mnt/ä');
  });

  it('leaves out lines that are none', () => {
    expect(parseMountinfo('\nnonsense\n1 2 3\n')).toEqual([]);
  });
});

function kernelWith(mountinfo: string, folders: readonly string[]): SimulatedKernel {
  const kernel = new SimulatedKernel(fixture, { mount: 'none' });
  for (const folder of folders) kernel.setFile(`${folder}/tracing_on`, '1\n');
  kernel.setFile('/proc/self/mountinfo', mountinfo);
  return kernel;
}

describe('findTracefsRoot', () => {
  it.each([
    ['tracefs' as const, '/sys/kernel/tracing'],
    ['debugfs' as const, '/sys/kernel/debug/tracing'],
    ['none' as const, undefined],
  ])('finds it mounted by %s', (mount, root) => {
    expect(findTracefsRoot(new SimulatedKernel(fixture, { mount }))).toBe(root);
  });

  it('prefers the usual place, whatever the order, then any tracefs, then debugfs', () => {
    const other = '1 2 0:1 / /mnt/trace rw - tracefs none rw\n';
    const usual = '3 2 0:1 / /sys/kernel/tracing rw - tracefs none rw\n';
    const debug = '4 2 0:1 / /sys/kernel/debug rw - debugfs none rw\n';
    const folders = ['/mnt/trace', '/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
    expect(findTracefsRoot(kernelWith(debug + other + usual, folders))).toBe('/sys/kernel/tracing');
    expect(findTracefsRoot(kernelWith(debug + other, folders))).toBe('/mnt/trace');
    expect(findTracefsRoot(kernelWith(debug, folders))).toBe('/sys/kernel/debug/tracing');
    expect(findTracefsRoot(kernelWith(debug + other, ['/sys/kernel/debug/tracing']))).toBe('/sys/kernel/debug/tracing');
  });
});

describe('isMountedReadOnly', () => {
  it('asks the mount that holds the path, not one that begins with the same letters', () => {
    const text = ['/ rw', '/sys ro', '/sys/kernel/tracing rw', '/sys/kernel/trac ro']
      .map((line) => line.split(' '))
      .map(([point, option]) => `1 2 0:1 / ${point} ${option} - tmpfs none rw\n`)
      .join('');
    const kernel = kernelWith(text, []);
    expect(isMountedReadOnly(kernel, '/sys/kernel/tracing')).toBe(false);
    expect(isMountedReadOnly(kernel, '/sys/kernel')).toBe(true);
    expect(isMountedReadOnly(kernel, '/home')).toBe(false);
  });

  it('sees a read-only tracefs, also where only the super block says so', () => {
    expect(isMountedReadOnly(new SimulatedKernel(fixture, { readOnly: true }), '/sys/kernel/tracing')).toBe(true);
    const kernel = kernelWith('1 2 0:1 / /t rw - tracefs none ro\n', []);
    expect(isMountedReadOnly(kernel, '/t')).toBe(true);
  });

  it('takes the last of two mounts on one point, which covers the other', () => {
    const kernel = kernelWith('1 2 0:1 / /t ro - tracefs none rw\n2 2 0:1 / /t rw - tracefs none rw\n', []);
    expect(isMountedReadOnly(kernel, '/t')).toBe(false);
  });
});
