/**
 * Filters as people add and remove them, one by one (docs/filters.md): `task:bash`, `cpu:0-3`, `dur>1ms`, `!fn:irq*`. One
 * grammar for the interactive session, `replay`, `report`, and `--filter` of the live commands.
 */
import { UsageError } from '../../base/errors.ts';
import {
  type ChipClock,
  type ChipField,
  type ChipParts,
  type ChipSubject,
  type CompiledChip,
  compileChip,
  type Refuse,
} from './chip-tests.ts';

export interface FilterChip extends Omit<CompiledChip, 'test'> {
  /** As it was written. */
  readonly text: string;
  readonly field: ChipField;
  readonly isNegated: boolean;
  accepts(subject: ChipSubject): boolean;
}

const fieldsByName: Readonly<Record<string, ChipField>> = {
  task: 'task',
  comm: 'task',
  pid: 'pid',
  tid: 'pid',
  cpu: 'cpu',
  dur: 'dur',
  duration: 'dur',
  ret: 'ret',
  retval: 'ret',
  fn: 'fn',
  func: 'fn',
  function: 'fn',
  event: 'event',
  text: 'text',
  time: 'time',
};

/** The clock of a source that counts ns since 0, for chips that are only looked at. */
const plainClock: ChipClock = { origin: 0n, timeIsNanoseconds: true, start: undefined };

/** The chips of a line; throws UsageError naming the one that is wrong, where it begins and what can stand there. */
export function parseChips(line: string, clock: ChipClock = plainClock): FilterChip[] {
  return splitChipWords(line).map(({ word, column }) => parseChip(word, column, clock));
}

export interface ChipWord {
  readonly word: string;
  /** 1 is the first. */
  readonly column: number;
}

/** Blanks part chips, but not between quotes. */
export function splitChipWords(line: string): ChipWord[] {
  return [...line.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(({ 0: word, index }) => ({ word, column: index + 1 }));
}

/** `FIELD OPERATOR VALUE` of a word, without the `!` before it; undefined where it names no field of the chips. */
export function chipParts(word: string) {
  const [, name = '', operator = '', value = ''] =
    /^([a-z]+)(:|>=|<=|>|<|=(?!=))(.*)$/s.exec(word.replace(/^!/, '')) ?? [];
  return Object.hasOwn(fieldsByName, name) ? { field: fieldsByName[name]!, operator, value } : undefined;
}

const examples =
  'task:bash pid:12,13 cpu:0-3 dur:>1ms ret:<0 fn:vfs_* event:sched* text:WORD time:1.5-2, ! before it for not';

function parseChip(word: string, column: number, clock: ChipClock): FilterChip {
  const refuse: Refuse = (why, remedy) => {
    throw new UsageError({ attempted: `reading the filter '${word}' at column ${column}`, why, remedy });
  };
  const isNegated = word.startsWith('!');
  const parts = chipParts(word) ?? textParts(isNegated ? word.slice(1) : word, refuse);
  if (parts.value.split('"').length % 2 === 0) return refuse('the closing " is missing', `${parts.field}:"two words"`);
  const value = parts.value.replaceAll('"', '');
  if (value === '') return refuse('nothing stands behind it', examples);
  const { test, ...about } = compileChip(parts.field, { ...parts, value }, clock, refuse);
  return {
    text: word,
    field: parts.field,
    isNegated,
    ...about,
    accepts: isNegated ? (subject) => !test(subject) : test,
  };
}

/** A word without a field is searched for, unless it was meant as something else. */
function textParts(bare: string, refuse: Refuse): ChipParts {
  const unknown = /^([a-z]+)(?::(?!:)|>=|<=|>|<)./.exec(bare)?.[1];
  if (unknown !== undefined) refuse(`there is no field ${unknown}`, `${Object.keys(fieldsByName).join(' ')}`);
  if (/^[&|<>=~()!]+$/.test(bare)) {
    refuse('that is of the kernel’s filter language', `chips stand side by side, and all must hold: ${examples}`);
  }
  return { field: 'text', operator: ':', value: bare };
}

/** Chips as they are written, one behind the other. */
export function formatChips(chips: readonly FilterChip[]): string {
  return chips.map(({ text }) => text).join(' ');
}
