/**
 * `--filter` of live commands takes two languages: chips (`pid:12 text:passwd`, filter-chips.ts) and that of the kernel's
 * `filter` files (`prev_prio < 100`). A colon tells chips: outside quotes the kernel's language has none.
 */
import { UsageError } from '../../base/errors.ts';
import { chipParts, type FilterChip, parseChips, splitChipWords } from './filter-chips.ts';
import { parseFilter } from './parse-filter.ts';

export type AskedFilter =
  | { readonly kind: 'chips'; readonly chips: readonly FilterChip[] }
  | { readonly kind: 'kernel'; readonly filter: string };

/**
 * Tells which language a filter is in, and reads its chips. Throws UsageError for a wrong chip, and for what could be
 * either: `ret<0`, which is a return value to one and a field to the other.
 */
export function readAskedFilter(text: string): AskedFilter {
  const words = splitChipWords(withoutTexts(text)).map(({ word }) => word);
  if (words.some((word) => /^!?[a-z]+:/.test(word))) return { kind: 'chips', chips: parseChips(text) };
  const isShort = words.length > 0 && words.every((word) => chipParts(word) !== undefined);
  const chips = isShort ? chipsOrNothing(text) : undefined;
  if (chips === undefined) return { kind: 'kernel', filter: text };
  const asFields = words.map(spellComparison).join(' && ');
  if ('problem' in parseFilter(asFields)) return { kind: 'chips', chips };
  throw new UsageError({
    attempted: `reading the filter '${text}'`,
    why: 'it can be read in two ways',
    remedy: `${words.map(spellChip).join(' ')} is what ftui knows of every event, ${asFields} a field of these events`,
  });
}

/** Texts of the kernel's language may hold anything: the same length without them. */
function withoutTexts(text: string): string {
  return text.replace(/(?<![:=])"[^"]*"|'[^']*'/g, (quoted) => '"'.padEnd(quoted.length - 1, '_').concat('"'));
}

function chipsOrNothing(text: string): readonly FilterChip[] | undefined {
  try {
    return parseChips(text);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

function spellChip(word: string): string {
  const { field, operator, value } = chipParts(word)!;
  return `${word.startsWith('!') ? '!' : ''}${field}:${operator === '=' ? '' : operator}${value}`;
}

function spellComparison(word: string): string {
  const [, not, name, operator, value] = /^(!?)([a-z]+)([<>=]+)(.*)$/.exec(word)!;
  const comparison = `${name} ${operator === '=' ? '==' : operator} ${value}`;
  return not === '' ? comparison : `!(${comparison})`;
}
