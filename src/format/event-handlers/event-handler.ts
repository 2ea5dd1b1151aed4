/** A handler writes an event's text in place of its print fmt, or in front of it. */
import type { WriteEventText } from '../event-text.ts';

export type EventHandler =
  | { readonly alone: true; readonly write: WriteEventText }
  /** Returns whether the text of the print fmt follows. */
  | { readonly alone: false; readonly write: (...record: Parameters<WriteEventText>) => boolean };
