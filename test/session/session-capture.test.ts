import { afterEach, beforeEach, expect, it } from 'vitest';
import { SessionCapture } from '../../src/session/session-capture.ts';
import { type RecordedSession, recordedSession } from './recorded-session.ts';

let session: RecordedSession;
beforeEach(() => {
  session = recordedSession();
});
afterEach(() => session.dispose());

it('tells whether buffers have overflown since it was asked last', () => {
  const capture = new SessionCapture(session.tracefs.top, undefined, 'mono', session.consumer);
  try {
    expect(capture.hasLostMore()).toBe(false);
    session.kernel.setStats(1, { entries: 1_000, overrun: 5 });
    expect(capture.hasLostMore()).toBe(true);
    session.kernel.setStats(1, { entries: 2_000 });
    expect(capture.hasLostMore()).toBe(false);
    session.kernel.setStats(0, { dropped: 1 });
    expect(capture.hasLostMore()).toBe(true);
  } finally {
    capture.close();
  }
});
