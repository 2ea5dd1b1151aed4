/**
 * Parses the expressions of a `print fmt`. Two grammars: C's, and for what libtraceevent 1.8.4 does differently its own
 * (grouping.ts; a cast needs a name, a number or a bracket behind it).
 */
import type { Expression, TableEntry } from './expression.ts';
import { groupAsC, groupAsLibtraceevent, isBinaryOperator, type Operator } from './grouping.ts';
import { PrintFmtError, shown, type Token, type TokenReader } from './tokens.ts';
import { looksLikeType } from './type-names.ts';

type Grammar = 'c' | 'libtraceevent';

const deepestNesting = 100;

export class ExpressionParser {
  readonly #reader: TokenReader;
  readonly #grammar: Grammar;
  /** What the variables of a GCC statement expression stand for. */
  readonly #variables = new Map<string, Expression>();
  #depth = 0;

  constructor(reader: TokenReader, grammar: Grammar) {
    this.#reader = reader;
    this.#grammar = grammar;
  }

  /** An expression up to a comma, bracket, colon or the end. */
  parse(): Expression {
    this.#depth += 1;
    if (this.#depth > deepestNesting) throw new PrintFmtError('brackets are nested too deeply');
    const operands = [this.#operand()];
    const operators: Operator[] = [];
    while (this.#reader.next.kind === 'mark' && isBinaryOperator(this.#reader.next.text)) {
      operators.push(this.#operator());
      operands.push(this.#operand());
    }
    this.#depth -= 1;
    return this.#grammar === 'c' ? groupAsC(operands, operators) : groupAsLibtraceevent(operands, operators);
  }

  #operator(): Operator {
    const { text } = this.#reader.take();
    if (text !== '?') return { text };
    const middle = this.parse();
    this.#reader.expectMark(':');
    return { text, middle };
  }

  #operand(): Expression {
    const signs: string[] = [];
    while (this.#reader.next.kind === 'mark' && /^[-+!~*&]$/.test(this.#reader.next.text)) {
      signs.push(this.#reader.take().text);
    }
    if (signs.length > deepestNesting) throw new PrintFmtError('too many signs follow each other');
    let operand = this.#postfix(this.#primary());
    for (const operator of signs.reverse()) operand = { kind: 'unary', operator, operand };
    return operand;
  }

  #postfix(base: Expression): Expression {
    let value = base;
    for (;;) {
      if (this.#reader.takeMark('[')) {
        const index = this.parse();
        this.#reader.expectMark(']');
        value = { kind: 'index', base: value, index };
      } else if (this.#reader.isMark('->') && isRecord(value)) {
        this.#reader.take();
        value = { kind: 'field', name: this.#reader.expectName() };
        // Newer kernels write `ent.pid` for common_pid.
        if (value.name === 'ent' && this.#reader.takeMark('.')) {
          value = { kind: 'field', name: `common_${this.#reader.expectName()}` };
        }
      } else return value;
    }
  }

  #primary(): Expression {
    const token = this.#reader.take();
    switch (token.kind) {
      case 'number':
        return numberOf(token.text);
      case 'string':
        return { kind: 'string', text: token.text };
      case 'character':
        return { kind: 'number', value: BigInt(characterCode(token.text)), isUnsigned: false, isLong: false };
      case 'name':
        return this.#named(token);
      default:
        if (token.text === '(') return this.#reader.takeMark('{') ? this.#statements() : this.#bracketed();
        throw new PrintFmtError(`there is ${shown(token)} instead of a value`);
    }
  }

  #named({ text }: Token): Expression {
    if (this.#reader.takeMark('(')) return this.#call(text);
    const known = this.#variables.get(text);
    if (known !== undefined) return known;
    let name = text;
    // `unsigned long` outside of a cast: a word like any other.
    while (this.#reader.next.kind === 'name') name += ` ${this.#reader.take().text}`;
    return { kind: 'name', name };
  }

  #bracketed(): Expression {
    const type = this.#takeCast();
    if (type !== undefined) return { kind: 'cast', type, operand: this.#castOperand() };
    const inner = this.parse();
    this.#reader.expectMark(')');
    return inner;
  }

  /** In C a cast is over what has signs and indexes; libtraceevent puts indexes over the cast. */
  #castOperand(): Expression {
    this.#depth += 1;
    if (this.#depth > deepestNesting) throw new PrintFmtError('casts are nested too deeply');
    const operand = this.#grammar === 'c' ? this.#operand() : this.#primary();
    this.#depth -= 1;
    if (this.#grammar === 'libtraceevent' && this.#reader.isMark('->') && isRecord(operand)) {
      return this.#postfix(operand);
    }
    return operand;
  }

  /** Takes `TYPE )` when that is a cast. */
  #takeCast(): string | undefined {
    let length = 0;
    while (this.#reader.peek(length).kind === 'name') length += 1;
    const words = length;
    while (this.#reader.isMark('*', length)) length += 1;
    if (words === 0 || !this.#reader.isMark(')', length)) return undefined;
    const texts = Array.from({ length }, (_, at) => this.#reader.peek(at).text);
    if (texts[0] === 'REC' || (length === words && this.#variables.has(texts[0]!))) return undefined;
    if (!this.#isCast(texts, this.#reader.peek(length + 1))) return undefined;
    for (let taken = 0; taken <= length; taken += 1) this.#reader.take();
    return texts.join(' ');
  }

  #isCast(texts: readonly string[], after: Token): boolean {
    if (['name', 'number', 'string', 'character'].includes(after.kind) || after.text === '(') return true;
    return this.#grammar === 'c' && /^[-+~!*&]$/.test(after.text) && looksLikeType(texts);
  }

  #call(name: string): Expression {
    if (name === '__print_flags' || name === '__print_symbolic') return this.#table(name);
    if (name === 'sizeof') return this.#sizeof();
    const args: Expression[] = [];
    while (!this.#reader.takeMark(')')) {
      if (args.length > 0) this.#reader.expectMark(',');
      args.push(this.parse());
    }
    const first = args[0];
    return name === '__builtin_expect' && first !== undefined ? first : { kind: 'call', name, args };
  }

  #sizeof(): Expression {
    const words: string[] = [];
    while (this.#reader.next.kind === 'name' || this.#reader.isMark('*')) words.push(this.#reader.take().text);
    if (words[0] === 'REC' && this.#reader.takeMark('->')) words.push('->', this.#reader.expectName());
    this.#reader.expectMark(')');
    return { kind: 'sizeof', type: words.join(' ') };
  }

  #table(name: string): Expression {
    const value = this.parse();
    let delimiter = '';
    this.#reader.expectMark(',');
    if (name === '__print_flags') {
      if (!this.#reader.isMark(',')) delimiter = this.#text();
      this.#reader.expectMark(',');
    }
    const entries: TableEntry[] = [];
    do {
      this.#reader.expectMark('{');
      // GCC allows an empty table.
      if (this.#reader.takeMark('}')) continue;
      const mask = this.parse();
      this.#reader.expectMark(',');
      entries.push({ value: mask, text: textOf(this.parse()) });
      this.#reader.expectMark('}');
    } while (this.#reader.takeMark(','));
    this.#reader.expectMark(')');
    return { kind: 'table', name, value, delimiter, entries };
  }

  #text(): string {
    const token = this.#reader.take();
    if (token.kind === 'string' || token.kind === 'name') return token.text;
    throw new PrintFmtError(`there is ${shown(token)} instead of a text`);
  }

  /** `({ int x = (1); int y = (2); x < y ? x : y; })`, which min() leaves behind. */
  #statements(): Expression {
    for (;;) {
      let length = 0;
      while (this.#reader.peek(length).kind === 'name') length += 1;
      if (length < 2 || !this.#reader.isMark('=', length)) break;
      const words = Array.from({ length }, () => this.#reader.take().text);
      this.#reader.take();
      const operand = this.parse();
      this.#reader.expectMark(';');
      this.#variables.set(words.pop()!, { kind: 'cast', type: words.join(' '), operand });
    }
    const value = this.parse();
    for (const mark of [';', '}', ')']) this.#reader.expectMark(mark);
    return value;
  }
}

/** The name in a table's entry; the table ends where there is NULL. */
function textOf(expression: Expression): string | undefined {
  if (expression.kind === 'string') return expression.text;
  if (expression.kind === 'name') return expression.name === 'NULL' ? undefined : expression.name;
  if (expression.kind === 'cast') return textOf(expression.operand);
  if (expression.kind === 'number' && expression.value === 0n) return undefined;
  throw new PrintFmtError('a table has an entry without a text');
}

/** REC, in brackets and casts too. */
function isRecord(value: Expression): boolean {
  if (value.kind === 'cast') return isRecord(value.operand);
  return value.kind === 'name' && value.name === 'REC';
}

function numberOf(text: string): Expression {
  const parts = /^(0[xX][\da-fA-F]+|\d+)([uUlLzZ]*)$/.exec(text);
  const digits = parts?.[1];
  if (parts === null || digits === undefined) throw new PrintFmtError(`'${text.slice(0, 40)}' is no number`);
  const isOctal = /^0[0-7]+$/.test(digits);
  const value = BigInt.asUintN(64, BigInt(isOctal ? `0o${digits}` : digits));
  const isLong = /[lLzZ]/.test(parts[2]!) || value > 0xffffffffn;
  const isHex = /^0/.test(digits);
  return {
    kind: 'number',
    value,
    isLong: isLong || (!isHex && value > 0x7fffffffn),
    isUnsigned: /[uU]/.test(parts[2]!) || (isHex && (isLong ? value > 0x7fffffffffffffffn : value > 0x7fffffffn)),
  };
}

const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, '0': 0, a: 7, b: 8, f: 12, v: 11, e: 27 };

function characterCode(text: string): number {
  if (text[0] !== '\\') return text.charCodeAt(0) & 0xff;
  return escapes[text[1] ?? ''] ?? text.charCodeAt(1) & 0xff;
}
