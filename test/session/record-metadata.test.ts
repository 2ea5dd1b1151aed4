/** What a recording holds beside its pages, from the simulated kernels. */
import { describe, expect, it } from 'vitest';
import {
  addSystems,
  composeMetadata,
  formatTraceClock,
  readStaticMetadata,
  readSubBufferSize,
} from '../../src/session/record-metadata.ts';
import { RecordedNames } from '../../src/session/record-names.ts';
import { setUp, versions } from '../control/tracefs-setup.ts';

const changing = { producer: 'ftui', date: undefined, offset: undefined, otherOptions: [] };
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

describe('readStaticMetadata', () => {
  it.each(versions)('reads headers and formats of %s, ftrace apart', (version) => {
    const { tracefs } = setUp(version);
    const all = readStaticMetadata(tracefs, undefined);
    expect(text(all.headerPage)).toContain('commit');
    expect(all.ftraceFormats.some((format) => text(format).startsWith('name: function\n'))).toBe(true);
    expect(all.eventFormats.map(({ system }) => system)).not.toContain('ftrace');
    expect(all.eventFormats.map(({ system }) => system)).toContain('sched');
    const some = readStaticMetadata(tracefs, new Set(['sched']));
    expect(some.eventFormats.map(({ system }) => system)).toEqual(['sched']);
    expect(some.ftraceFormats).toEqual(all.ftraceFormats);
  });

  it('takes systems that came later in place of what was known of them', () => {
    const { tracefs } = setUp();
    const known = readStaticMetadata(tracefs, new Set(['irq']));
    expect(addSystems(tracefs, known, ['sched', 'irq']).map(({ system }) => system)).toEqual(['sched', 'irq']);
  });
});

describe('composeMetadata', () => {
  const { tracefs } = setUp();
  const fixed = readStaticMetadata(tracefs, new Set());
  const compose = (subBufferSize: number) =>
    composeMetadata(tracefs, fixed, {
      ...changing,
      savedCmdlines: Buffer.from('1 init\n'),
      buffers: [
        { directory: tracefs.top, name: '', clock: 'mono', subBufferSize, stats: new Map([[1, 'entries: 0\n']]) },
      ],
    });

  it('has the clock in brackets and the counters of each CPU', () => {
    const { traceClock, buffers } = compose(4096);
    expect(traceClock).toContain('[mono]');
    expect(buffers).toEqual([{ name: '', clock: 'mono', pageSize: 4096, cpuStats: ['CPU: 1\nentries: 0\n'] }]);
  });

  it('tells readers the size of the sub-buffers that the file holds, not that of the top level', () => {
    expect(text(compose(8192).headerPage)).toMatch(/data;\s*offset:16;\s*size:8176;/);
    expect(compose(4096).headerPage).toBe(fixed.headerPage);
  });
});

describe('readSubBufferSize', () => {
  it('is that of header_page where a directory does not tell its own', () => {
    const { tracefs } = setUp('5.10');
    const { headerPage } = readStaticMetadata(tracefs, new Set());
    expect(readSubBufferSize(tracefs.top, headerPage)).toBe(4096);
  });
});

describe('formatTraceClock', () => {
  it.each([
    ['[local] global mono\n', 'mono', 'local global [mono]'],
    ['local [global]', 'global', 'local [global]'],
    ['[local]', 'x86-tsc', 'local [x86-tsc]'],
    ['', 'mono', ' [mono]'],
  ])('%j with %s', (before, clock, after) => expect(formatTraceClock(before, clock).trim()).toBe(after.trim()));
});

describe('RecordedNames', () => {
  it('keeps names that the kernel forgets, the latest of each, bytes as they are', () => {
    const { tracefs } = setUp();
    let lines = Buffer.from('12 a b\n13 \xff\n14 <...>\n', 'latin1');
    tracefs.top.kernel.readBytes = () => lines;
    const names = new RecordedNames(tracefs.top);
    names.refresh();
    lines = Buffer.from('13 new\n15 c\n');
    names.refresh();
    expect(Buffer.from(names.bytes()).toString('latin1')).toBe('12 a b\n13 new\n15 c\n');
  });

  it('does without where they cannot be read', () => {
    const { tracefs } = setUp();
    tracefs.top.kernel.readBytes = () => {
      throw new Error('no');
    };
    const names = new RecordedNames(tracefs.top);
    names.refresh();
    expect(names.bytes()).toHaveLength(0);
  });
});
