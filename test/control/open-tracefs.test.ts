/** How tracefs is found, mounted and refused: each message in full, with its exit status. */
import { describe, expect, it } from 'vitest';
import { FtuiError } from '../../src/base/errors.ts';
import { openTracefs } from '../../src/control/open-tracefs.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import type { SimulatedKernelOptions } from '../../src/simulated/simulation-options.ts';
import { readFixture } from '../simulated/fixtures.ts';
import { errorFrom, root } from './tracefs-setup.ts';

interface Attempt {
  readonly directory?: string;
  readonly isRoot?: boolean;
  readonly mountFailure?: string;
}

function open(options: SimulatedKernelOptions, { directory, isRoot = true, mountFailure }: Attempt = {}) {
  const kernel = new SimulatedKernel(readFixture('6.12'), options);
  const notices: string[] = [];
  const mount = (at: string) => {
    expect(at).toBe(root);
    if (mountFailure === undefined) kernel.mountAt('tracefs');
    return mountFailure;
  };
  const tracefs = openTracefs(kernel, { directory, isRoot, mount, notice: (text) => notices.push(text) });
  return { root: tracefs.root, notices };
}

function refusal(options: SimulatedKernelOptions, attempt?: Attempt): string {
  const error = errorFrom(FtuiError, () => open(options, attempt));
  return `${error.exitStatus} ${error.message} (${error.remedy})`;
}

describe('openTracefs', () => {
  it('finds it, below debugfs too, without a word', () => {
    expect(open({})).toEqual({ root, notices: [] });
    expect(open({ mount: 'debugfs' })).toEqual({ root: '/sys/kernel/debug/tracing', notices: [] });
  });

  it('mounts it as root, and says so', () => {
    expect(open({ mount: 'none' })).toEqual({ root, notices: [`mounted tracefs at ${root}`] });
  });

  it('takes the folder it is told, slashes at its end or not', () => {
    expect(open({ mount: 'debugfs' }, { directory: '/sys/kernel/debug/tracing//' }).root).toBe(
      '/sys/kernel/debug/tracing',
    );
  });

  it('says what is in the way', () => {
    expect(refusal({ mount: 'none' }, { isRoot: false })).toBe(
      `4 looking for tracefs: none is mounted, and only root may mount it (as root: mount -t tracefs nodev ${root})`,
    );
    expect(refusal({ mount: 'none' }, { mountFailure: 'mount: permission denied.' })).toBe(
      `4 looking for tracefs: none is mounted, and mount: permission denied. (as root: mount -t tracefs nodev ${root})`,
    );
    expect(refusal({ uid: 1000 }, { isRoot: false })).toBe(
      `4 opening tracefs: ${root} may not be read (EACCES) (run ftui as root)`,
    );
    expect(refusal({ readOnly: true })).toBe(
      `4 opening tracefs: ${root} is mounted read-only (mount -o remount,rw ${root})`,
    );
    expect(refusal({}, { directory: '/none' })).toBe('2 using /none as tracefs: there is no such folder (undefined)');
    const files = { '/sys/kernel/security/lockdown': 'none integrity [confidentiality]\n' };
    expect(refusal({ files })).toBe(
      '4 opening tracefs: the kernel is locked down (confidentiality) (boot without lockdown=confidentiality)',
    );
  });

  it('tells a folder that is no tracefs from one that may not be read', () => {
    const files = { '/tmp/empty/x': '' };
    expect(refusal({ files }, { directory: '/tmp/empty' })).toBe(
      '2 using /tmp/empty as tracefs: it is none: there is no current_tracer in it (undefined)',
    );
  });

  it('knows a kernel without tracing', () => {
    const kernel = new SimulatedKernel(readFixture('6.12'), { mount: 'none' });
    const exists = kernel.exists.bind(kernel);
    kernel.exists = (path) => path !== root && exists(path);
    const options = { directory: undefined, isRoot: true, mount: () => undefined, notice: () => {} };
    expect(errorFrom(FtuiError, () => openTracefs(kernel, options))).toMatchObject({
      exitStatus: 3,
      message: `looking for tracefs: none is mounted, and there is no ${root} to mount it at`,
      remedy: 'a kernel with CONFIG_TRACING; `ftui demo` shows a recording of one',
    });
  });
});
