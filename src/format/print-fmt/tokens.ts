/**
 * The words of a `print fmt`: C expressions as the preprocessor left them (include/trace/stages/stage3_trace_output.h).
 * Adjacent strings are one token; their escapes are kept, for the two readers of escapes differ.
 */

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'character' | 'mark' | 'end';
  /** The text without quotes. */
  readonly text: string;
}

/** What cannot be parsed; never leaves this folder. */
export class PrintFmtError extends Error {}

const endToken: Token = { kind: 'end', text: '' };
const longestText = 1 << 20;
const word =
  /\s+|([A-Za-z_$][\w$]*)|(\d[\w.]*)|(->|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%&|^~!<>=?:()[\]{},;.#])|(["'])/y;

/** Splits a text to tokens, the last of which is the end; throws PrintFmtError. */
export function splitTokens(text: string): Token[] {
  if (text.length > longestText) throw new PrintFmtError(`it has ${text.length} characters`);
  const tokens: Token[] = [];
  word.lastIndex = 0;
  while (word.lastIndex < text.length) {
    const start = word.lastIndex;
    const parts = word.exec(text);
    if (parts === null) throw new PrintFmtError(`character ${start} is not C`);
    const [, name, number, mark, quote] = parts;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else if (quote !== undefined) word.lastIndex = pushQuoted(tokens, text, start);
  }
  tokens.push(endToken);
  return tokens;
}

/** Appends the quoted token at `start`, joined with a string before it; returns where it ends. */
function pushQuoted(tokens: Token[], text: string, start: number): number {
  const quote = text[start]!;
  let at = start + 1;
  while (at < text.length && text[at] !== quote) at += text[at] === '\\' ? 2 : 1;
  if (at >= text.length) throw new PrintFmtError('a quote is not closed');
  const inner = text.slice(start + 1, at);
  const last = tokens.at(-1);
  if (quote === "'") tokens.push({ kind: 'character', text: inner });
  else if (last?.kind === 'string') tokens[tokens.length - 1] = { kind: 'string', text: last.text + inner };
  else tokens.push({ kind: 'string', text: inner });
  return at + 1;
}

/** Walks over tokens. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get next(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? endToken;
  }

  take(): Token {
    const token = this.next;
    this.#at += 1;
    return token;
  }

  isMark(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'mark' && token.text === text;
  }

  takeMark(text: string): boolean {
    if (!this.isMark(text)) return false;
    this.#at += 1;
    return true;
  }

  expectMark(text: string): void {
    if (!this.takeMark(text)) throw new PrintFmtError(`there is ${shown(this.next)} instead of '${text}'`);
  }

  expectName(): string {
    const token = this.take();
    if (token.kind !== 'name') throw new PrintFmtError(`there is ${shown(token)} instead of a name`);
    return token.text;
  }
}

export function shown(token: Token): string {
  return token.kind === 'end' ? 'the end' : `'${token.text.slice(0, 40)}'`;
}
