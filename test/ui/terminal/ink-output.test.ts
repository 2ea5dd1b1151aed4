/** The body is whole after each of Ink's frames, whatever that has erased. */
import type { WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { BodyPainter } from '../../../ui/terminal/body-painter.ts';
import { InkOutput } from '../../../ui/terminal/ink-output.ts';

const [begin, end] = ['\u001b[?2026h', '\u001b[?2026l'];

describe('InkOutput', () => {
  it('paints the body again where Ink erases what it lay on, also after a late frame for what was before', () => {
    const painter = new BodyPainter();
    const written: string[] = [];
    const terminal = { columns: 20, rows: 5, writableLength: 0, write: (text: string) => written.push(text) };
    const output = new InkOutput(terminal as unknown as WriteStream, painter);
    const frame = (text: string) => {
      for (const part of [begin, text, end]) output.write(part);
    };
    painter.place({ top: 0, left: 0, width: 20, height: 2 });
    painter.want(['one', 'two']);
    frame('\u001b[1G\u001b[Kprompt');
    // The body takes the place of an overlay that is gone; Ink draws a little later.
    painter.place({ top: 0, left: 0, width: 20, height: 4 });
    painter.want(['one', 'two', 'three', 'four']);
    output.paintBody();
    for (const late of ['\u001b[3A', '\u001b[1G\u001b[Kprompt x', '\u001b[3;1H\u001b[K\u001b[4;1H\u001b[K']) {
      written.length = 0;
      frame(late);
    }
    expect(written.join('')).toMatch(/\u001b\[K.*three.*four/s);
    written.length = 0;
    frame('\u001b[1G\u001b[Kkeys');
    expect(written.join('')).not.toContain('three');
  });
});
