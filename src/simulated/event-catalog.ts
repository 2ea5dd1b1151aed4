/** All events the simulated kernel knows, captured and dynamic; shared by the top level and every instance. */

import type { FixtureTree } from './fixture-tree.ts';

export interface EventDefinition {
  readonly system: string;
  readonly name: string;
  readonly id: number;
  readonly format: string;
  /** Names of its fields and whether they are strings; for filters and triggers. */
  readonly fields: ReadonlyMap<string, 'string' | 'number'>;
  /** Files of its folder: enable, filter, format, id, trigger, hist ... */
  readonly files: readonly string[];
}

/** Reads name and kind of each field out of a `format` text. */
function parseFieldKinds(format: string): Map<string, 'string' | 'number'> {
  const fields = new Map<string, 'string' | 'number'>();
  for (const [, type = '', name = '', array] of format.matchAll(/\tfield:(.*?)([\w.]+)(\[[^\]]*\])?;\toffset/g)) {
    const isText = (/\bchar\b/.test(type) && (array !== undefined || type.includes('['))) || /\bchar \*/.test(type);
    fields.set(name, isText ? 'string' : 'number');
  }
  return fields;
}

export class EventCatalog {
  readonly definitions: EventDefinition[] = [];
  /** Called with each definition that appears or goes. */
  readonly listeners = new Set<{ added(event: EventDefinition): void; removed(event: EventDefinition): void }>();
  readonly defaultFiles: readonly string[];
  #lastId = 0;

  constructor(fixture: FixtureTree, tracing: string) {
    const files = new Map<string, string[]>();
    for (const path of fixture.keys()) {
      const parts = path.startsWith(`${tracing}/events/`) ? path.slice(tracing.length + 8).split('/') : [];
      if (parts.length === 3)
        files.set(`${parts[0]}/${parts[1]}`, [...(files.get(`${parts[0]}/${parts[1]}`) ?? []), parts[2]!]);
    }
    for (const [key, names] of files) {
      if (!names.includes('enable')) continue;
      const [system = '', name = ''] = key.split('/');
      const format = fixture.get(`${tracing}/events/${key}/format`)?.text ?? '';
      const id = Number(fixture.get(`${tracing}/events/${key}/id`)?.text ?? 0);
      this.definitions.push({ system, name, id, format, fields: parseFieldKinds(format), files: names });
      this.#lastId = Math.max(this.#lastId, id);
    }
    const order = (fixture.get(`${tracing}/available_events`)?.text ?? '').split('\n');
    const place = (event: EventDefinition) => order.indexOf(`${event.system}:${event.name}`);
    this.definitions.sort((a, b) => place(a) - place(b));
    const hasHist = this.definitions.some((event) => event.files.includes('hist'));
    this.defaultFiles = ['enable', 'filter', 'format', ...(hasHist ? ['hist'] : []), 'id', 'trigger'];
  }

  /** Adds a dynamic event; `fieldLines` are the lines between the common fields and print fmt. */
  add(system: string, name: string, fieldLines: string, printFormat: string): EventDefinition {
    this.#lastId += 1;
    const common =
      /\tfield:unsigned short common_type[\s\S]*?\n\n/.exec(this.definitions[0]?.format ?? '')?.[0] ?? '\n';
    const format = `name: ${name}\nID: ${this.#lastId}\nformat:\n${common}${fieldLines}\nprint fmt: ${printFormat}\n`;
    const fields = parseFieldKinds(format);
    const event = { system, name, id: this.#lastId, format, fields, files: this.defaultFiles };
    this.definitions.push(event);
    for (const listener of this.listeners) listener.added(event);
    return event;
  }

  remove(event: EventDefinition): void {
    this.definitions.splice(this.definitions.indexOf(event), 1);
    for (const listener of this.listeners) listener.removed(event);
  }
}
