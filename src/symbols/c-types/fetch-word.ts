/**
 * An argument as a person writes it, after perf probe: `[NAME=]PATH[:TYPE]` with PATH like `how->flags`,
 * `file->f_path.dentry->d_name.name`, `fds[3].events` or `$retval->size`. Read before anything is written to the kernel.
 */

import { UsageError } from '../../base/errors.ts';

/** A word that cannot be read or compiled; `position` counts characters from 0. The message shows the place. */
export class FetchWordError extends UsageError {
  readonly position: number;

  constructor(word: string, position: number, why: string, remedy: string) {
    super({
      attempted: `reading the argument '${word}'`,
      why: `${why}\n  ${word}\n  ${' '.repeat(position)}^`,
      remedy,
    });
    this.position = position;
  }
}

export type PathPart =
  | { readonly kind: 'member'; readonly name: string; readonly isArrow: boolean; readonly position: number }
  | { readonly kind: 'index'; readonly index: number; readonly position: number };

export interface RequestedType {
  readonly text: string;
  readonly position: number;
  /** Elements asked for: `u8[4]`. */
  readonly count: number | undefined;
}

export interface FetchWord {
  readonly text: string;
  /** Given in front of `=`. */
  readonly name: string | undefined;
  /** The variable, `$retval` and other variables of the kernel included. */
  readonly root: string;
  readonly rootPosition: number;
  readonly parts: readonly PathPart[];
  readonly type: RequestedType | undefined;
}

const longestWord = 1024;
const mostParts = 32;
const kernelVariable = /\$(?:retval|comm|stack\d{0,4}|arg\d{1,3})(?![A-Za-z0-9_])/y;
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const typeName = /^(?:[sux](?:8|16|32|64)|char|string|ustring|symbol|symstr|b\d{1,3}@\d{1,3}\/(?:8|16|32|64))$/;
const typeRemedy = 'types are s8..s64, u8..u64, x8..x64, char, string, ustring, symbol and bWIDTH@OFFSET/SIZE';
const pathRemedy = 'write [NAME=]ARGUMENT[->MEMBER|.MEMBER|[N]...][:TYPE], e.g. how->flags or filename:string';

/** Whether `word` is in the kernel's own syntax (`name=+0(%si):string`), which needs no types to be compiled. */
export function isKernelFetchArg(word: string): boolean {
  return /^(?:[A-Za-z_]\w*=)?[%@\\+-]/.test(word);
}

/** Throws FetchWordError with the position of the mistake and what to write instead. */
export function parseFetchWord(word: string): FetchWord {
  return new FetchWordParser(word).parse();
}

class FetchWordParser {
  readonly #word: string;
  #at = 0;

  constructor(word: string) {
    this.#word = word;
  }

  parse(): FetchWord {
    const word = this.#word;
    if (word === '') this.#refuse(0, 'the argument is empty', pathRemedy);
    if (word.length > longestWord) this.#refuse(longestWord, 'the argument is too long', 'shorten it');
    const space = word.search(/\s/);
    if (space >= 0) this.#refuse(space, 'an argument holds no blanks', 'write each argument as its own word');
    const name = this.#parseName();
    const rootPosition = this.#at;
    const root = this.#parseRoot();
    const parts: PathPart[] = [];
    while (this.#at < word.length && word[this.#at] !== ':') {
      if (parts.length === mostParts) this.#refuse(this.#at, 'the path is too long', `stop after ${mostParts} members`);
      parts.push(this.#parsePart());
    }
    const type = word[this.#at] === ':' ? this.#parseType() : undefined;
    return { text: word, name, root, rootPosition, parts, type };
  }

  #parseName(): string | undefined {
    const equals = this.#word.indexOf('=');
    if (equals < 0) return undefined;
    const name = this.#word.slice(0, equals);
    const wrong = /^[0-9]/.test(name) ? 0 : name.search(/[^A-Za-z0-9_]/);
    if (name === '') this.#refuse(0, "the name in front of '=' is missing", 'write NAME=ARGUMENT');
    if (wrong >= 0) this.#refuse(wrong, `'${name}' is no name for a field`, 'use letters, digits and _');
    if (name.length > 31) this.#refuse(31, 'the name is too long for the kernel', 'use at most 31 characters');
    this.#at = equals + 1;
    return name;
  }

  #parseRoot(): string {
    const next = this.#word[this.#at];
    const [at, word] = [this.#at, this.#word];
    if (next === undefined || next === ':') this.#refuse(at, 'the argument itself is missing', pathRemedy);
    if (next === '$') {
      const known = '$retval, $comm, $stack, $stackN and $argN';
      return this.#take(kernelVariable) ?? this.#refuse(at, 'there is no such variable', `the kernel has ${known}`);
    }
    if (next === '*' || next === '&') {
      this.#refuse(at, `'${next}' is not offered`, 'write pointer->member or pointer[0] for what it points to');
    }
    if (/[0-9]/.test(next!)) this.#refuse(at, 'an argument cannot start with a digit', pathRemedy);
    if (word.startsWith('->', at)) this.#refuse(at, "the variable in front of '->' is missing", pathRemedy);
    return this.#take(identifier) ?? this.#refuse(at, `an argument cannot start with '${next}'`, pathRemedy);
  }

  #parsePart(): PathPart {
    const position = this.#at;
    if (this.#word[position] === '[') return this.#parseIndex(position);
    const isArrow = this.#word.startsWith('->', position);
    if (!isArrow && this.#word[position] !== '.') this.#refuse(position, ...this.#unexpected(position));
    this.#at += isArrow ? 2 : 1;
    const at = this.#at;
    const name = this.#take(identifier);
    if (name === undefined) this.#refuse(at, `a member's name is missing behind '${isArrow ? '->' : '.'}'`, pathRemedy);
    return { kind: 'member', name: name!, isArrow, position: at };
  }

  #unexpected(position: number): [string, string] {
    const character = this.#word[position]!;
    if (character === '-') return ["a lone '-' means nothing here", "write '->' to go through a pointer"];
    if (character === '(') return ['functions are not called here', 'name a variable and its members'];
    if (character === ']') return ["']' has no '[' in front of it", pathRemedy];
    if (character === '+') return ['sums are not offered', 'write pointer[N] for the Nth element'];
    if (character === '@') return ['places in files are not part of an argument', 'give the place with the function'];
    return [`'${character}' is not expected here`, pathRemedy];
  }

  #parseIndex(position: number): PathPart {
    const close = this.#word.indexOf(']', position);
    if (close < 0) this.#refuse(position, "the ']' of this '[' is missing", 'write [NUMBER]');
    const digits = this.#word.slice(position + 1, close);
    if (digits === '') this.#refuse(position + 1, 'the number of the element is missing', 'write [NUMBER]');
    const isNumber = /^(?:\d+|0x[0-9a-fA-F]+)$/.test(digits);
    if (!isNumber) this.#refuse(position + 1, `'${digits}' is no number`, 'only fixed elements can be read: [0], [1]');
    const index = Number(digits);
    if (index > 0x7fffffff) this.#refuse(position + 1, 'the number is too large', 'elements are numbered from 0');
    this.#at = close + 1;
    return { kind: 'index', index, position };
  }

  #parseType(): RequestedType {
    const position = this.#at + 1;
    const text = this.#word.slice(position);
    const [, base = '', array] = /^([^[]*)(\[.*)?$/s.exec(text)!;
    if (base === '') this.#refuse(position, "the type behind ':' is missing", typeRemedy);
    if (!typeName.test(base)) this.#refuse(position, `'${base}' is no type`, typeRemedy);
    const at = position + base.length;
    const size = array === undefined ? undefined : Number(/^\[(\d{1,9})\]$/.exec(array)?.[1] ?? Number.NaN);
    if (Number.isNaN(size)) this.#refuse(at, `'${array}' is no array size`, 'write TYPE[N]');
    if (size !== undefined && (size < 1 || size > 64)) {
      this.#refuse(at, `an array of ${size} elements does not fit`, 'the kernel takes 1 to 64 elements');
    }
    this.#checkBitField(base, position);
    return { text: base, position, count: size };
  }

  #checkBitField(base: string, position: number): void {
    const [, width, offset, container] = /^b(\d+)@(\d+)\/(\d+)$/.exec(base) ?? [];
    if (width === undefined) return;
    const remedy = 'WIDTH + OFFSET of bWIDTH@OFFSET/SIZE may not exceed SIZE';
    if (Number(width) === 0) this.#refuse(position, 'a bit field of no bits holds nothing', remedy);
    if (Number(width) + Number(offset) > Number(container)) {
      this.#refuse(position, 'the bits lie outside of their container', remedy);
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#word)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #refuse(position: number, why: string, remedy: string): never {
    throw new FetchWordError(this.#word, position, why, remedy);
  }
}
