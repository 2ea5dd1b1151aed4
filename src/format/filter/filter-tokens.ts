/** Cuts a filter expression into tokens; in time proportional to its length. */
import type { FilterDialect, TextSpan } from './filter-ast.ts';
import { FilterFault, longestFilter } from './filter-problem.ts';

export interface FilterToken extends TextSpan {
  readonly kind: 'word' | 'number' | 'text' | 'operator' | 'cpus' | 'end';
  /** As written; of a text without its quotes. */
  readonly text: string;
  readonly quote?: '"' | "'";
}

const space = /\s+/y;
const word = /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?/y;
const number = /\d\w*/y;
const cpus = /CPUS\{([^}]*)\}/y;
const operator = /&&|\|\||==|!=|=~|!~|<=|>=|<<|>>|[-+*/%&|^<>~!(),=]/y;

/** The tokens of `text`, the last of kind `end`; throws FilterFault. */
export function readFilterTokens(text: string, dialect: FilterDialect): FilterToken[] {
  if (text.length > longestFilter) {
    throw new FilterFault(`it is longer than ${longestFilter} characters`, { position: longestFilter, length: 0 });
  }
  const tokens: FilterToken[] = [];
  for (let position = 0; ; ) {
    position += matchAt(space, text, position)?.[0].length ?? 0;
    if (position >= text.length) break;
    const token = readToken(text, position, dialect);
    tokens.push(token);
    position += token.length;
  }
  tokens.push({ kind: 'end', text: '', position: text.length, length: 0 });
  return tokens;
}

function readToken(text: string, position: number, dialect: FilterDialect): FilterToken {
  const first = text[position]!;
  if (first === '"' || first === "'") return readText(text, position, first, dialect);
  const set = matchAt(cpus, text, position);
  if (set !== null) return { kind: 'cpus', text: set[1]!, position, length: set[0].length };
  for (const [kind, pattern] of [
    ['word', word],
    ['number', number],
    ['operator', operator],
  ] as const) {
    const found = matchAt(pattern, text, position)?.[0];
    if (found !== undefined) return { kind, text: found, position, length: found.length };
  }
  throw new FilterFault('this character has no meaning here', { position, length: 1 });
}

/**
 * The kernel takes every character up to the closing quote as it is. trace-cmd keeps backslashes, too, but a quote behind
 * one does not close; there it stands for the quote alone.
 */
function readText(text: string, position: number, quote: '"' | "'", dialect: FilterDialect): FilterToken {
  const parts: string[] = [];
  let from = position + 1;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === quote) {
      parts.push(text.slice(from, at));
      return { kind: 'text', text: parts.join(''), position, length: at + 1 - position, quote };
    }
    if (dialect === 'trace-cmd' && text[at] === '\\') {
      if (text[at + 1] === quote) {
        parts.push(text.slice(from, at));
        from = at + 1;
      }
      at += 1;
    }
  }
  throw new FilterFault(`the closing ${quote} is missing`, { position, length: text.length - position });
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}
