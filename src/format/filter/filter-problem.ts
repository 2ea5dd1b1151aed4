/** What is wrong with a filter expression, and where. Shown as the text with a caret line below it. */
import { visibleText } from '../../base/text.ts';

export interface FilterProblem {
  /** Index of the first character at fault in the text that was parsed; its length when something is missing at the end. */
  readonly position: number;
  /** How many characters are at fault; 0 when something is missing. */
  readonly length: number;
  readonly why: string;
  /** What could have been meant, best first. */
  readonly candidates: readonly string[];
}

/** Longer expressions are refused; the kernel takes one page. */
export const longestFilter = 65_536;

/** How parsers leave on the first problem; never leaves this folder. */
export class FilterFault extends Error {
  readonly problem: FilterProblem;

  constructor(why: string, at: { position: number; length: number }, candidates: readonly string[] = []) {
    super(why);
    this.problem = { position: at.position, length: at.length, why, candidates };
  }
}

/** Runs a parser that may leave by FilterFault. */
export function catchFault<T>(parse: () => T): T | { readonly problem: FilterProblem } {
  try {
    return parse();
  } catch (error) {
    if (error instanceof FilterFault) return { problem: error.problem };
    throw error;
  }
}

/** Characters shown on either side of the fault of a long text. */
const shownAround = 60;

/**
 * Three lines without a line end: the text (cut around the fault when it is long), carets below the fault, and why, with
 * the candidates. Safe for a terminal.
 */
export function formatProblem(text: string, { position, length, why, candidates }: FilterProblem): string {
  const from = position > shownAround ? position - shownAround : 0;
  const to = Math.min(text.length, position + Math.min(length, shownAround) + shownAround);
  const before = `${from > 0 ? '...' : ''}${visibleText(text.slice(from, position))}`;
  const fault = visibleText(text.slice(position, Math.min(position + length, to)));
  const after = `${visibleText(text.slice(position + length, to))}${to < text.length ? '...' : ''}`;
  const meant = candidates.length === 0 ? '' : ` (did you mean ${candidates.map(visibleText).join(', ')}?)`;
  return `${before}${fault}${after}\n${' '.repeat(before.length)}${'^'.repeat(Math.max(fault.length, 1))}\n${visibleText(why)}${meant}`;
}
