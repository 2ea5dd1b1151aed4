/** The bodies that versions 6 and 7 share: header_page and header_event, formats, and the texts with their lengths. */
import { type ByteCursor, RecordingDamage } from './byte-cursor.ts';
import type { SystemFormats } from './file-layout.ts';

/** More systems or events than any kernel has: a count beyond this is damage. */
const mostFormats = 1_000_000;

/** `header_page\0` with its text, and `header_event\0` with its. */
export function readHeaderTexts(cursor: ByteCursor): { headerPage: string; headerEvent: string } {
  return { headerPage: readTagged(cursor, 'header_page'), headerEvent: readTagged(cursor, 'header_event') };
}

export function readFtraceFormats(cursor: ByteCursor): string[] {
  return readFormats(cursor);
}

/** Formats by system; what is there before damage is kept, and `damaged` told why it ends. */
export function readEventFormats(cursor: ByteCursor, damaged: (why: string) => void): SystemFormats[] {
  const systems: SystemFormats[] = [];
  try {
    const count = readCount(cursor);
    for (let index = 0; index < count; index += 1) {
      const system = cursor.text();
      const formats: string[] = [];
      systems.push({ system, formats });
      readFormats(cursor, formats);
    }
  } catch (error) {
    if (!(error instanceof RecordingDamage)) throw error;
    damaged(error.message);
  }
  return systems;
}

function readTagged(cursor: ByteCursor, tag: string): string {
  const found = cursor.bytes(tag.length + 1).toString('latin1');
  if (found !== `${tag}\0`) throw new RecordingDamage(`there is no ${tag} where it should be`);
  return cursor.bytes(cursor.offset()).toString('latin1');
}

function readFormats(cursor: ByteCursor, formats: string[] = []): string[] {
  const count = readCount(cursor);
  for (let index = 0; index < count; index += 1) formats.push(cursor.bytes(cursor.offset()).toString('latin1'));
  return formats;
}

function readCount(cursor: ByteCursor): number {
  const count = cursor.u32();
  if (count > mostFormats) throw new RecordingDamage(`${count} formats`);
  return count;
}
