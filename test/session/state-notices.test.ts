/** Each state of a session is said once. */
import { describe, expect, it } from 'vitest';
import { StateNotices } from '../../src/session/state-notices.ts';

const calm = {
  lost: { total: 0, byCpu: new Map<number, number>(), causes: { overrun: 0, nested: 0, full: 0 } },
  oneOf: 1,
  rate: 199_999,
};

describe('StateNotices', () => {
  it('says each cause of a loss once, with what helps', () => {
    const notices = new StateNotices();
    const losing = (overrun: number, full: number) =>
      notices.listNew({ ...calm, lost: { ...calm.lost, causes: { overrun, nested: 0, full } } });
    expect(notices.listNew(calm)).toEqual([]);
    expect(losing(1204, 0)).toEqual([
      '1,204 events lost: overwritten unread (a larger buffer or a filter); try :buffer 16M',
    ]);
    expect(losing(5000, 0)).toEqual([]);
    expect(losing(5000, 2)).toEqual([
      '2 events lost: the buffer was full (a larger buffer, or fewer events); try :buffer 16M',
    ]);
  });

  it('says once that more come than can be shown', () => {
    const notices = new StateNotices();
    expect(notices.listNew({ ...calm, rate: 300_000, oneOf: 8 })).toEqual([
      '300,000 events a second: the screen is drawn less often (a filter helps)',
      expect.stringMatching(/^showing 1 of 8: /),
    ]);
    expect(notices.listNew({ ...calm, rate: 400_000, oneOf: 9 })).toEqual([]);
  });
});
