/** What both filter languages have in common: tokens in hand, and how conditions are joined. */
import type { FilterDialect, FilterNode, TextSpan } from './filter-ast.ts';
import { FilterFault } from './filter-problem.ts';
import { type FilterToken, readFilterTokens } from './filter-tokens.ts';

/** Parentheses and `!` within each other. */
const deepestNesting = 32;
/** Changes between && and || in one row, where each hangs all before it one level lower. */
const mostAlternations = 64;

export abstract class FilterParser {
  readonly #tokens: readonly FilterToken[];
  readonly #dialect: FilterDialect;
  #at = 0;
  #depth = 0;

  constructor(text: string, dialect: FilterDialect) {
    this.#tokens = readFilterTokens(text, dialect);
    this.#dialect = dialect;
  }

  /** The whole text as one condition; throws FilterFault. */
  parse(): FilterNode {
    const node = this.#parseRow();
    if (this.token.kind === 'end') return node;
    throw this.token.text === ')' ? new FilterFault('there is no ( for this )', this.token) : this.#notJoined();
  }

  /** The next token. */
  protected get token(): FilterToken {
    return this.#tokens[this.#at]!;
  }

  protected take(): FilterToken {
    const token = this.token;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  protected takeOperator(text: string): FilterToken | undefined {
    return this.token.kind === 'operator' && this.token.text === text ? this.take() : undefined;
  }

  /** One condition that is no row, no parentheses and has no `!` in front. */
  protected abstract parsePredicate(): FilterNode;

  /** What a parenthesised condition turns out to be once it is seen what follows. */
  protected continueAfter(node: FilterNode, _opening: TextSpan): FilterNode {
    return node;
  }

  /** Runs `parse` one level deeper. */
  protected nested<T>(opening: TextSpan, parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > deepestNesting) throw new FilterFault(`nested more than ${deepestNesting} deep`, opening);
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  protected expectClosing(opening: TextSpan): void {
    if (this.takeOperator(')') !== undefined) return;
    if (this.token.kind === 'end') throw new FilterFault('the ) for this ( is missing', opening);
    throw this.#notJoined();
  }

  #parseRow(): FilterNode {
    return this.#dialect === 'kernel' ? this.#parseAny() : this.#parseLeftToRight();
  }

  #parseAny(): FilterNode {
    const terms = [this.#parseAll()];
    while (this.takeOperator('||') !== undefined) terms.push(this.#parseAll());
    return joinTerms('any', terms);
  }

  #parseAll(): FilterNode {
    const terms = [this.#parseTerm()];
    while (this.takeOperator('&&') !== undefined) terms.push(this.#parseTerm());
    return joinTerms('all', terms);
  }

  #parseLeftToRight(): FilterNode {
    let terms = [this.#parseTerm()];
    let kind: 'all' | 'any' = 'all';
    for (let alternations = 0; ; ) {
      const joint = this.takeOperator('&&') ?? this.takeOperator('||');
      if (joint === undefined) return joinTerms(kind, terms);
      const wanted = joint.text === '&&' ? 'all' : 'any';
      if (wanted !== kind) {
        terms = [joinTerms(kind, terms)];
        kind = wanted;
        alternations += 1;
        if (alternations > mostAlternations) throw new FilterFault('too many changes between && and ||', joint);
      }
      terms.push(this.#parseTerm());
    }
  }

  #parseTerm(): FilterNode {
    const negation = this.takeOperator('!');
    if (negation !== undefined) return { kind: 'not', term: this.nested(negation, () => this.#parseTerm()) };
    const opening = this.takeOperator('(');
    if (opening === undefined) return this.parsePredicate();
    const inner = this.nested(opening, () => this.#parseRow());
    this.expectClosing(opening);
    return this.continueAfter(inner, opening);
  }

  #notJoined(): FilterFault {
    const written = this.token.text.toLowerCase();
    const joint = { and: '&&', or: '||', '&': '&&', '|': '||' }[written];
    return new FilterFault('&& or || is expected here', this.token, joint === undefined ? [] : [joint]);
  }
}

function joinTerms(kind: 'all' | 'any', terms: readonly FilterNode[]): FilterNode {
  return terms.length === 1 ? terms[0]! : { kind, terms };
}
