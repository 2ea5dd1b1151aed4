/** events/ and set_event of one instance: enable at three levels, filter, trigger. */

import { compileGlob } from '../base/glob.ts';
import type { SimulatedErrorLog } from './error-log.ts';
import type { EventCatalog, EventDefinition } from './event-catalog.ts';
import { findFilterProblem } from './event-filter.ts';
import { normaliseTrigger } from './event-trigger.ts';
import { makeFile, refuse, type SimulatedFile, type SimulatedFolder } from './file-nodes.ts';
import { makeFixedFile, parseKernelNumber } from './setting-files.ts';

interface EventState {
  isEnabled: boolean;
  filter: string;
  triggers: string[];
}

interface EventFilesParts {
  readonly folder: SimulatedFolder;
  readonly catalog: EventCatalog;
  readonly errorLog: SimulatedErrorLog;
  /** Text of a trigger file without triggers: `# Available triggers:` and a line of words. */
  readonly triggerHelp: string;
  /** Text of a system's filter file before the first write. */
  readonly systemFilterHelp: string;
  /** An event was enabled or disabled. */
  readonly changed: () => void;
}

export class SimulatedEvents {
  readonly #parts: EventFilesParts;
  readonly #states = new Map<EventDefinition, EventState>();
  readonly #listener = {
    added: (event: EventDefinition) => this.#add(event),
    removed: (event: EventDefinition) => this.#remove(event),
  };

  constructor(parts: EventFilesParts) {
    this.#parts = parts;
    for (const event of parts.catalog.definitions) this.#add(event);
    parts.catalog.listeners.add(this.#listener);
    parts.folder.put(
      'events/enable',
      this.#makeEnableFile(() => true),
    );
    parts.folder.put('set_event', this.#makeSetEventFile());
  }

  /** Forgets the instance that these belong to. */
  dispose(): void {
    this.#parts.catalog.listeners.delete(this.#listener);
  }

  get hasEnabled(): boolean {
    return [...this.#states.values()].some(({ isEnabled }) => isEnabled);
  }

  get hasTriggersOfOthers(): boolean {
    return [...this.#states.values()].some(({ triggers }) => triggers.some((trigger) => trigger.includes('onmatch')));
  }

  /** Whether this instance keeps the event from being removed. */
  uses(event: EventDefinition): boolean {
    const state = this.#states.get(event);
    return state !== undefined && (state.isEnabled || state.triggers.length > 0);
  }

  #add(event: EventDefinition): void {
    const { folder } = this.#parts;
    const state: EventState = { isEnabled: false, filter: 'none', triggers: [] };
    this.#states.set(event, state);
    const base = `events/${event.system}`;
    if (folder.find(base) === undefined) {
      folder.put(
        `${base}/enable`,
        this.#makeEnableFile(({ system }) => system === event.system),
      );
      folder.put(`${base}/filter`, this.#makeSystemFilterFile(event.system));
    }
    const files: Readonly<Record<string, SimulatedFile>> = {
      enable: this.#makeEnableFile((other) => other === event),
      filter: this.#makeFilterFile(event, state),
      format: makeFixedFile(event.format),
      id: makeFixedFile(`${event.id}\n`),
      trigger: this.#makeTriggerFile(event, state),
      hist: makeFixedFile(''),
    };
    for (const name of event.files) folder.put(`${base}/${event.name}/${name}`, files[name] ?? makeFixedFile(''));
  }

  #remove(event: EventDefinition): void {
    const { folder, catalog } = this.#parts;
    this.#states.delete(event);
    folder.remove(`events/${event.system}/${event.name}`);
    if (!catalog.definitions.some(({ system }) => system === event.system)) folder.remove(`events/${event.system}`);
  }

  #makeEnableFile(covers: (event: EventDefinition) => boolean): SimulatedFile {
    const covered = () => [...this.#states].filter(([event]) => covers(event)).map(([, state]) => state);
    return makeFile({
      read() {
        const states = covered();
        const values = new Set(states.map(({ isEnabled }) => (isEnabled ? '1' : '0')));
        const soft = states.length === 1 && states[0]!.triggers.length > 0 ? '*' : '';
        return `${values.size > 1 ? 'X' : ([...values][0] ?? '?')}${soft}\n`;
      },
      write: (text) => {
        const value = parseKernelNumber(text);
        if (value > 1) refuse('EINVAL');
        for (const state of covered()) state.isEnabled = value === 1;
        this.#parts.changed();
      },
    });
  }

  #makeFilterFile(event: EventDefinition, state: EventState): SimulatedFile {
    return makeFile({
      read: () => `${state.filter}\n`,
      write: (text) => {
        const filter = text.trim();
        const problem = filter === '0' ? undefined : findFilterProblem(filter, event.fields);
        if (problem === undefined) {
          state.filter = filter === '0' ? 'none' : filter;
          return;
        }
        state.filter = `${filter}\n${' '.repeat(problem.at)}^\nparse_error: ${problem.message}\n`;
        this.#parts.errorLog.add('event filter parse error', problem.message, filter, problem.at);
        refuse(problem.code);
      },
    });
  }

  #makeSystemFilterFile(system: string): SimulatedFile {
    let shown = this.#parts.systemFilterHelp;
    return makeFile({
      read: () => shown,
      write: (text) => {
        const filter = text.trim();
        let count = 0;
        for (const [event, state] of this.#states) {
          if (event.system !== system || (filter !== '0' && findFilterProblem(filter, event.fields))) continue;
          state.filter = filter === '0' ? 'none' : filter;
          count += 1;
        }
        if (count === 0) refuse('EINVAL');
        shown = filter === '0' ? this.#parts.systemFilterHelp : `${filter}\n`;
      },
    });
  }

  #makeTriggerFile(event: EventDefinition, state: EventState): SimulatedFile {
    const help = this.#parts.triggerHelp;
    const offered = help.split('\n')[1]?.replace('# ', '').split(' ') ?? [];
    return makeFile({
      truncate: () => {
        state.triggers = [];
      },
      read: () => (state.triggers.length === 0 ? help : state.triggers.map((trigger) => `${trigger}\n`).join('')),
      write(text) {
        const wanted = text.trim();
        const trigger = normaliseTrigger(wanted.replace(/^!/, ''), offered, event);
        const isSame =
          wanted.startsWith('!hist') || !wanted.startsWith('!')
            ? (other: string) => other === trigger
            : (other: string) => other.split(':')[0] === trigger.split(':')[0];
        if (wanted.startsWith('!')) state.triggers = state.triggers.filter((other) => !isSame(other));
        else if (state.triggers.some(isSame)) refuse('EEXIST');
        else state.triggers.push(trigger);
      },
    });
  }

  /** set_event: one `[!]SYSTEM:EVENT` a write(2), at once. */
  #makeSetEventFile(): SimulatedFile {
    return makeFile({
      truncate: () => {
        for (const state of this.#states.values()) state.isEnabled = false;
        this.#parts.changed();
      },
      read: () =>
        [...this.#states]
          .filter(([, { isEnabled }]) => isEnabled)
          .map(([event]) => `${event.system}:${event.name}\n`)
          .join(''),
      openWriter: () => ({
        write: (text) => {
          const [taken, word = ''] = /^\s*(\S*)\s?/.exec(text)!;
          if (word !== '') this.#setEvents(word);
          return taken.length;
        },
      }),
    });
  }

  #setEvents(word: string): void {
    const [first = '', second] = word.replace(/^!/, '').split(':');
    const matches = (pattern: string | undefined) =>
      compileGlob(pattern === undefined || pattern === '' ? '*' : pattern);
    const found = [...this.#states].filter(([{ system, name }]) =>
      second === undefined
        ? matches(first)(system) || matches(first)(name)
        : matches(first)(system) && matches(second)(name),
    );
    if (found.length === 0) refuse('EINVAL');
    for (const [, state] of found) state.isEnabled = !word.startsWith('!');
    this.#parts.changed();
  }
}
