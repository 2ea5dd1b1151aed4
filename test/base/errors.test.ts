import { describe, expect, it } from 'vitest';
import {
  BusyError,
  errnoOf,
  FtuiError,
  NotPermittedError,
  TracefsError,
  UnsupportedError,
  UsageError,
} from '../../src/base/errors.ts';

const parts = { attempted: 'tracing x', why: 'no', remedy: 'do y' };

describe('errors', () => {
  it.each([
    [FtuiError, 1],
    [UsageError, 2],
    [UnsupportedError, 3],
    [NotPermittedError, 4],
    [BusyError, 5],
  ])('%o ends with its own exit status', (Kind, status) => {
    expect(new Kind(parts)).toMatchObject({
      exitStatus: status,
      message: 'tracing x: no',
      remedy: 'do y',
      name: Kind.name,
    });
  });

  it('name operation, file, value and errno of a refused operation', () => {
    const file = '/sys/kernel/tracing/current_tracer';
    const error = new TracefsError({ operation: 'write', file, value: 'x\n', code: 'EINVAL' });
    expect(error.message).toBe(`write 'x' to ${file}: EINVAL`);
    expect(new TracefsError({ operation: 'rmdir', file, code: 'EBUSY' }).message).toBe(`rmdir ${file}: EBUSY`);
  });

  it.each([
    ['/t/current_tracer', 'EPERM', 4],
    ['/t/current_tracer', 'EACCES', 4],
    ['/t/current_tracer', 'EROFS', 4],
    ['/t/current_tracer', 'EINVAL', 1],
    ['/t/events/a/b/filter', 'EPERM', 2],
    ['/t/events/a/b/filter', 'EINVAL', 2],
    ['/t/events/a/b/trigger', 'EINVAL', 2],
    ['/t/events/a/b/filter', 'EROFS', 4],
    ['/t/events/a/b/filter', 'EACCES', 4],
  ])('%s refused with %s: exit %i', (file, code, status) => {
    expect(new TracefsError({ operation: 'write', file, value: 'v', code }).exitStatus).toBe(status);
  });

  it('carry the words of the kernel below the errno', () => {
    const error = new TracefsError({
      operation: 'write',
      file: '/t/f',
      value: 'v',
      code: 'EINVAL',
      kernelMessage: 'a\nb',
    });
    expect(error.message).toBe("write 'v' to /t/f: EINVAL\na\nb");
  });

  it('are told from errors of others', () => {
    expect(errnoOf(Object.assign(new Error(''), { code: 'EIO' }))).toBe('EIO');
    for (const other of [new Error('x'), null, undefined, 'EIO', { code: 5 }]) expect(errnoOf(other)).toBeUndefined();
  });
});
