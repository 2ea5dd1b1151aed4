/** The event formats that a recording carries, parsed when an event of the kind is met: a file holds up to 2,500 of them. */

import { FtuiError } from '../../base/errors.ts';
import { type EventFormat, parseEventFormat } from '../../format/event-format.ts';
import type { TraceDatLayout } from './file-layout.ts';

interface FormatText {
  readonly system: string;
  readonly name: string;
  readonly text: string;
}

export class RecordedFormats {
  readonly #texts = new Map<number, FormatText>();
  readonly #parsed = new Map<number, EventFormat | undefined>();
  readonly #problem: (why: string) => void;

  /** `problem` is told of formats that cannot be read. */
  constructor({ ftraceFormats, eventFormats }: TraceDatLayout, problem: (why: string) => void) {
    this.#problem = problem;
    for (const text of ftraceFormats) this.#add('ftrace', text);
    for (const { system, formats } of eventFormats) for (const text of formats) this.#add(system, text);
  }

  /** The format of an event id; undefined when the recording does not have it, or it cannot be read. */
  byId(id: number): EventFormat | undefined {
    if (this.#parsed.has(id)) return this.#parsed.get(id);
    const found = this.#texts.get(id);
    const format = found === undefined ? undefined : this.#parse(found);
    this.#parsed.set(id, format);
    return format;
  }

  byName(system: string, name: string): EventFormat | undefined {
    for (const [id, text] of this.#texts) if (text.system === system && text.name === name) return this.byId(id);
    return undefined;
  }

  /** Any format that can be read: the common fields are the same in all. */
  any(): EventFormat | undefined {
    for (const id of this.#texts.keys()) {
      const format = this.byId(id);
      if (format !== undefined) return format;
    }
    return undefined;
  }

  /** Ids, systems and names of all, in the order of the file. */
  *list(): Iterable<{ id: number; system: string; name: string; text: string }> {
    for (const [id, text] of this.#texts) yield { id, ...text };
  }

  #add(system: string, text: string): void {
    const name = /^name:\s*(\S+)/m.exec(text)?.[1];
    const id = /^ID:\s*(\d{1,9})\s*$/m.exec(text)?.[1];
    if (name === undefined || id === undefined) this.#problem(`a format of ${system} has no name or no ID`);
    else if (!this.#texts.has(Number(id))) this.#texts.set(Number(id), { system, name, text });
  }

  #parse({ system, name, text }: FormatText): EventFormat | undefined {
    try {
      return parseEventFormat(system, text);
    } catch (error) {
      if (!(error instanceof FtuiError)) throw error;
      this.#problem(`the format of ${system}:${name} cannot be read: ${error.why}`);
      return undefined;
    }
  }
}
