/** Pages gathered for the recorder. */

import { describe, expect, it } from 'vitest';
import { WaitingPages } from '../../src/session/waiting-pages.ts';

describe('waiting pages', () => {
  it('come in order by buffer and CPU, whole, with zeros where a page was short', () => {
    const waiting = new WaitingPages();
    const bytes: Record<string, number[]> = {};
    for (let index = 0; index < 300; index += 1) {
      const place = { bufferIndex: index % 2, cpu: index % 3, subBufferSize: 4096 };
      const page = new Uint8Array(index % 5 === 0 ? 100 : 4096).fill(1 + (index % 200));
      waiting.add(place, page, 10);
      const whole = new Uint8Array(4096);
      whole.set(page);
      bytes[`${place.bufferIndex}.${place.cpu}`] = [...(bytes[`${place.bufferIndex}.${place.cpu}`] ?? []), ...whole];
    }
    expect(waiting.size).toBe(300 * 4096);
    const { pages, events } = waiting.take();
    expect(events).toBe(3_000);
    for (const [key, expected] of Object.entries(bytes)) {
      const own = pages.filter(({ bufferIndex, cpu }) => `${bufferIndex}.${cpu}` === key);
      expect(Buffer.concat(own.map(({ bytes }) => bytes)).equals(Buffer.from(expected))).toBe(true);
    }
    expect([waiting.size, waiting.take()]).toEqual([0, { pages: [], events: 0 }]);
  });
});
