/**
 * kprobe_events, uprobe_events, dynamic_events, synthetic_events and the probe profiles: definitions come, go and show
 * up as events everywhere. Several probes may share one event when their arguments are the same.
 */

import type { SimulatedErrorLog } from './error-log.ts';
import type { EventCatalog, EventDefinition } from './event-catalog.ts';
import { makeFile, refuse, type SimulatedFile, type SimulatedFolder, splitWords } from './file-nodes.ts';
import { ProbeProblem } from './probe-argument.ts';
import {
  formatProbeDefinition,
  formatProbeEvent,
  type ProbeContext,
  type ProbeDefinition,
  type ProbeKind,
  parseProbeDefinition,
} from './probe-definition.ts';

interface DynamicEventsParts extends Omit<ProbeContext, 'kind'> {
  readonly folder: SimulatedFolder;
  readonly catalog: EventCatalog;
  readonly errorLog: SimulatedErrorLog;
  /** Whether any instance has the event enabled or triggered. */
  readonly isUsed: (event: EventDefinition) => boolean;
}

interface ArmedProbe {
  readonly definition: ProbeDefinition;
  readonly event: EventDefinition;
  hits: number;
  misses: number;
}

interface Synthetic {
  readonly text: string;
  readonly event: EventDefinition;
}

export class DynamicEvents {
  readonly #parts: DynamicEventsParts;
  #probes: ArmedProbe[] = [];
  #synthetics: Synthetic[] = [];

  constructor(parts: DynamicEventsParts) {
    this.#parts = parts;
    const put = (name: string, file: SimulatedFile) => {
      if (parts.folder.entries.has(name)) parts.folder.put(name, file);
    };
    put('kprobe_events', this.#makeListFile('kprobe'));
    put('uprobe_events', this.#makeListFile('uprobe'));
    put('dynamic_events', this.#makeListFile(undefined));
    put('synthetic_events', this.#makeSyntheticFile());
    put('kprobe_profile', makeFile({ mode: 0o440, read: () => this.#profileText('kprobe') }));
    put('uprobe_profile', makeFile({ mode: 0o440, read: () => this.#profileText('uprobe') }));
  }

  /** Sets what the profile says about the event `GROUP/EVENT`. */
  setHits(name: string, hits: number, misses = 0): void {
    for (const probe of this.#probes) {
      if (`${probe.definition.group}/${probe.definition.event}` === name) Object.assign(probe, { hits, misses });
    }
  }

  #ofKind(kind: ProbeKind | undefined): ArmedProbe[] {
    return this.#probes.filter(({ definition }) => kind === undefined || definition.kind === kind);
  }

  #makeListFile(kind: ProbeKind | undefined): SimulatedFile {
    return makeFile({
      truncate: () => this.#removeAll(kind),
      read: () => {
        const probes = this.#ofKind(kind).map(({ definition }) =>
          formatProbeDefinition(definition, this.#parts.traits),
        );
        const synthetics = kind === undefined ? this.#synthetics.map(({ text }) => `s:${text.replace('\t', ' ')}`) : [];
        return [...probes, ...synthetics].map((line) => `${line}\n`).join('');
      },
      write: (text) => {
        for (const line of text.split(/[\n;]/)) this.#command(line, kind);
      },
    });
  }

  #removeAll(kind: ProbeKind | undefined): void {
    const probes = this.#ofKind(kind);
    if (probes.some(({ event }) => this.#parts.isUsed(event))) refuse('EBUSY');
    this.#drop(probes);
  }

  #drop(gone: readonly ArmedProbe[]): void {
    this.#probes = this.#probes.filter((probe) => !gone.includes(probe));
    for (const event of new Set(gone.map((probe) => probe.event))) {
      if (!this.#probes.some((probe) => probe.event === event)) this.#parts.catalog.remove(event);
    }
  }

  #command(line: string, kind: ProbeKind | undefined): void {
    const words = splitWords(line);
    if (words.length === 0 || words[0]!.startsWith('#')) return;
    if (words[0]!.startsWith('-')) {
      this.#removeNamed(words[0]!, kind);
      return;
    }
    const probed = kind ?? (words[1]?.startsWith('/') ? 'uprobe' : 'kprobe');
    try {
      this.#define(parseProbeDefinition(words, { ...this.#parts, kind: probed }), words);
    } catch (error) {
      if (!(error instanceof ProbeProblem)) throw error;
      this.#parts.errorLog.add(`trace_${probed}`, error.message, words.join(' '), error.at);
      refuse(error.code);
    }
  }

  #removeNamed(word: string, kind: ProbeKind | undefined): void {
    const [, group, event = ''] = /^-:(?:([^/.]*)[/.])?(.*)$/.exec(word) ?? refuse('EINVAL');
    const found = this.#ofKind(kind).filter(
      ({ definition }) =>
        (group === undefined || definition.group === group) && (event === '' || definition.event === event),
    );
    if (found.length === 0) refuse('ENOENT');
    if (found.some((probe) => this.#parts.isUsed(probe.event))) refuse('EBUSY');
    this.#drop(found);
  }

  #define(definition: ProbeDefinition, words: readonly string[]): void {
    const siblings = this.#probes.filter(
      (probe) => probe.definition.group === definition.group && probe.definition.event === definition.event,
    );
    for (const { definition: other } of siblings) checkSibling(definition, other, words);
    const { fieldLines, printFormat } = formatProbeEvent(definition);
    const { catalog } = this.#parts;
    const isTaken = catalog.definitions.some(
      ({ system, name }) => system === definition.group && name === definition.event,
    );
    if (isTaken && siblings.length === 0)
      throw new ProbeProblem(
        'EEXIST',
        'Given group/event name is already used by another event',
        words[0]!.indexOf(':') + 1,
      );
    const event = siblings[0]?.event ?? catalog.add(definition.group, definition.event, fieldLines, printFormat);
    this.#probes.push({ definition, event, hits: 0, misses: 0 });
  }

  #profileText(kind: ProbeKind): string {
    return this.#ofKind(kind)
      .map(({ definition, hits, misses }) => {
        const name = definition.event.padEnd(44);
        if (kind === 'kprobe') return `  ${name} ${pad(hits)} ${pad(misses)}\n`;
        return `  ${definition.place.slice(0, definition.place.lastIndexOf(':'))} ${name} ${pad(hits)}\n`;
      })
      .join('');
  }

  /** synthetic_events: `NAME TYPE FIELD; ...`, `!NAME` removes. */
  #makeSyntheticFile(): SimulatedFile {
    return makeFile({
      truncate: () => {
        for (const { event } of this.#synthetics) this.#parts.catalog.remove(event);
        this.#synthetics = [];
      },
      read: () => this.#synthetics.map(({ text }) => `${text}\n`).join(''),
      write: (written) => {
        const [, isRemoval, name = '', fields = ''] = /^\s*(!?)(\w+)\s*(.*?);?\s*$/s.exec(written) ?? refuse('EINVAL');
        const found = this.#synthetics.find(({ event }) => event.name === name);
        if (isRemoval === '!') {
          if (found === undefined) return refuse('ENOENT');
          if (this.#parts.isUsed(found.event)) refuse('EBUSY');
          this.#parts.catalog.remove(found.event);
          this.#synthetics = this.#synthetics.filter((other) => other !== found);
        } else this.#addSynthetic(name, fields, found !== undefined);
      },
    });
  }

  #addSynthetic(name: string, fields: string, isThere: boolean): void {
    if (isThere) refuse('EEXIST');
    if (fields === '') refuse('EINVAL');
    const declarations = fields.split(';').map((field) => field.trim());
    const lines = declarations.map(
      (field, index) => `\tfield:${field};\toffset:${8 + 8 * index};\tsize:8;\tsigned:0;\n`,
    );
    const names = declarations.map(
      (field) =>
        field
          .replace(/\[.*\]$/, '')
          .split(/\s+/)
          .at(-1)!,
    );
    const format = `"${names.map((field) => `${field}=%llu`).join(', ')}", ${names.map((field) => `REC->${field}`).join(', ')}`;
    const event = this.#parts.catalog.add('synthetic', name, lines.join(''), format);
    this.#synthetics.push({ text: `${name}\t${declarations.join('; ')}`, event });
  }
}

/** Whether `definition` may share the event of `other`: same kind and arguments, another place. */
function checkSibling(definition: ProbeDefinition, other: ProbeDefinition, words: readonly string[]): void {
  const refuseAt = (message: string, at: number): never => {
    throw new ProbeProblem('EEXIST', message, at);
  };
  if (definition.kind !== other.kind || definition.isReturn !== other.isReturn) {
    refuseAt('Probe type is different from existing probe', 0);
  }
  const differing = firstDifference(definition, other);
  if (differing !== undefined) {
    const before = words.slice(0, 2 + differing).join(' ');
    refuseAt('Argument type or name is different from existing probe', before.length + 1);
  }
  if (
    definition.place === other.place &&
    definition.args.every(({ text }, index) => text === other.args[index]!.text)
  ) {
    refuseAt('There is already the exact same probe event', 0);
  }
}

function firstDifference(definition: ProbeDefinition, other: ProbeDefinition): number | undefined {
  const longest = Math.max(definition.args.length, other.args.length);
  for (let index = 0; index < longest; index += 1) {
    const mine = definition.args[index];
    const theirs = other.args[index];
    if (mine?.name !== theirs?.name || mine?.type !== theirs?.type || mine?.count !== theirs?.count) return index;
  }
  return undefined;
}

function pad(count: number): string {
  return `${count}`.padStart(15);
}
