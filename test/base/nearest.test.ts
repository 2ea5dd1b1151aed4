import { describe, expect, it } from 'vitest';
import { nearestNames } from '../../src/base/nearest.ts';
import { readThreadMs } from '../../src/base/thread-time.ts';
import { readFixture } from '../simulated/fixtures.ts';

const functions = readFixture('6.12')
  .get('/sys/kernel/tracing/available_filter_functions')!
  .text!.split('\n')
  .map((line) => line.split(' ')[0]!)
  .filter((name) => name !== '');

describe('nearestNames', () => {
  it('finds a slip of the finger among real functions', () => {
    expect(nearestNames('vfs_opne', functions)).toContain('vfs_open');
    expect(nearestNames('vfs_opne', functions).length).toBeLessThanOrEqual(3);
    expect(nearestNames('do_sys_openat', functions)[0]).toBe('do_sys_openat2');
  });

  it('orders: contained first, then by distance, then shorter, then by name', () => {
    expect(nearestNames('read', ['vfs_read', 'raed', 'bead', 'dead', 'write'], 5)).toEqual([
      'vfs_read',
      'bead',
      'dead',
      'raed',
    ]);
  });

  it('leaves out what has nothing in common, and names each once', () => {
    expect(nearestNames('qqqqqqqq', functions)).toEqual([]);
    expect(nearestNames('open', ['open2', 'open2'])).toEqual(['open2']);
    expect(nearestNames('', [])).toEqual([]);
  });

  it('is quick on as many names as a kernel has', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `some_function_${index}`);
    const begun = readThreadMs();
    nearestNames('some_funktion_9999', many);
    expect(readThreadMs() - begun).toBeLessThan(3_000);
  });
});
