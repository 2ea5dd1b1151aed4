/** Globs for kprobes: what they match, what is left out and said, and how many are too many. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { parseFetchArgSupport } from '../../src/control/fetch-arg.ts';
import { listMatchedFunctions, mostKprobes } from '../../src/control/kprobe-pattern.ts';
import { resolveKprobePatterns } from '../../src/control/kprobe-request.ts';
import { type KernelFunctions, readKernelFunctions } from '../../src/control/kprobe-target.ts';
import { errorFrom, setUp } from './tracefs-setup.ts';

const inModule = new Set(['ext4_open']);
const shared = new Set(['vfs_twice']);
const blacklisted = new Set(['vfs_forbidden']);
const names = ['vfs_open', 'vfs_read', 'vfs_twice', 'vfs_forbidden', 'ext4_open'];
const few: KernelFunctions = {
  ...readKernelFunctions(setUp('6.12').tracefs),
  names: () => names,
  exists: (name) => names.includes(name),
  isTraceable: (name) => names.includes(name),
  isShared: (name) => shared.has(name),
  isBlacklisted: (name) => blacklisted.has(name),
  moduleOf: (name) => (inModule.has(name) ? 'ext4' : undefined),
};

describe('listMatchedFunctions', () => {
  it.each([
    ['vfs_open', ['vfs_open']],
    ['vfs_*', ['vfs_open', 'vfs_read']],
    ['vfs_*%return', ['vfs_open%return', 'vfs_read%return']],
    ['*_open', ['vfs_open', 'ext4_open']],
    ['ext4:*', ['ext4:ext4_open']],
    ['vfs_[or]*', ['vfs_open', 'vfs_read']],
    // One function: nothing is looked up.
    ['vfs_opne+8', ['vfs_opne+8']],
  ])('%s', (spec, specs) => {
    expect(listMatchedFunctions(few, spec, { force: false }).specs).toEqual(specs);
  });

  it('says what it leaves out', () => {
    expect(listMatchedFunctions(few, 'vfs_*', { force: false }).notes).toEqual([
      'left out, because they have a name that several functions share: vfs_twice',
      'left out, because they are on the kprobes blacklist: vfs_forbidden',
    ]);
  });

  it.each(['nope_*', 'nope:vfs_*', 'vfs_*+8', 'vfs_*%returns'])('refuses %s', (spec) => {
    expect(() => listMatchedFunctions(few, spec, { force: false })).toThrow(UsageError);
  });

  it('refuses too many without --force', () => {
    const many = { ...few, names: () => Array.from({ length: mostKprobes + 1 }, (_, index) => `f${index}`) };
    const error = errorFrom(UsageError, () => listMatchedFunctions(many, 'f*', { force: false }));
    expect(error.message).toContain(`matches ${mostKprobes + 1} functions, more than ${mostKprobes}`);
    expect(error.remedy).toContain('--force');
    expect(listMatchedFunctions(many, 'f*', { force: true }).specs).toHaveLength(mostKprobes + 1);
  });
});

describe('resolveKprobePatterns', () => {
  const supportOf = (version: '6.1' | '6.12') => parseFetchArgSupport(setUp(version).tracefs.top.read('README'));
  const resolve = (spec: string, more: object = {}, args: readonly string[] = ['%di:x64']) =>
    resolveKprobePatterns(few, 'ftui_7', new Set(), supportOf('6.12'), { spec, args, force: false, ...more });
  const linesOf = (...parts: Parameters<typeof resolve>) =>
    resolve(...parts).probes.map((probe) => probe.definition.line);

  it('makes an event of each function', () => {
    expect(linesOf('vfs_*')).toEqual([
      'p:ftui_7/vfs_open vfs_open arg1=%di:x64',
      'p:ftui_7/vfs_read vfs_read arg1=%di:x64',
    ]);
    expect(linesOf('vfs_open%return', { maxActive: 5 }, ['$retval:s64'])).toEqual([
      'r5:ftui_7/vfs_open__return vfs_open arg1=$retval:s64',
    ]);
  });

  it('leaves out functions that the arguments do not fit, unless that is all of them', () => {
    const nameOnlyOpen = (place: { symbol: string | undefined }) => {
      if (place.symbol === 'vfs_open') return ['path=%di:x64'];
      throw new UsageError({ attempted: 'naming', why: 'it has no argument path\n  path\n  ^' });
    };
    const request = { spec: 'vfs_*', args: ['path'], force: false };
    const { probes, notes } = resolveKprobePatterns(few, 'g', new Set(), supportOf('6.12'), request, nameOnlyOpen);
    expect(probes.map(({ label }) => label)).toEqual(['vfs_open']);
    expect(notes.at(-1)).toBe('1 of 2 functions left out, the first because it has no argument path');
    const none = () =>
      resolveKprobePatterns(few, 'g', new Set(), supportOf('6.12'), { ...request, spec: 'vfs_r*' }, nameOnlyOpen);
    expect(none).toThrow('it has no argument path');
  });

  it('makes one fprobe of a glob, which says the function at each hit', () => {
    const [probe, ...others] = resolve('vfs_*', { fprobe: true }, ['$arg1']).probes;
    expect(others).toEqual([]);
    expect(probe!.definition).toMatchObject({ file: 'dynamic_events', line: 'f:ftui_7/vfs__ vfs_* arg1=$arg1' });
    expect(probe!.fields[0]).toEqual({ name: '__probe_ip', style: 'symbol' });
    expect(linesOf('vfs_open%return', { fprobe: true }, ['$retval:s64'])[0]).toMatch(/^f:\S+ vfs_open%return /);
  });

  it.each([
    ['vfs_open', { maxActive: 5 }, '--maxactive is for returns'],
    ['vfs_open+8', { fprobe: true }, 'an fprobe is at the start or the return'],
    ['0xffffffff81000000', { fprobe: true }, 'an fprobe is at the start or the return'],
  ])('refuses %s with %j', (spec, more, why) => {
    expect(() => resolve(spec, more)).toThrow(why);
  });

  it('refuses a name for all functions of an fprobe', () => {
    expect(() => resolve('vfs_*', { fprobe: true }, ['path->dentry'])).toThrow(/named by the prototype/);
  });

  it('takes arguments at a return where the kernel keeps them, and there only', () => {
    expect(linesOf('vfs_open%return', {}, ['$arg1:x64'])[0]).toMatch(/ arg1=\$arg1:x64$/);
    const old = { spec: 'vfs_open%return', args: ['$arg1:x64'], force: false };
    expect(() => resolveKprobePatterns(few, 'g', new Set(), supportOf('6.1'), old)).toThrow(
      /gone when the function returns/,
    );
  });
});
