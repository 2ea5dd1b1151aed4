/**
 * Fetch args of dynamic probes, Documentation/trace/kprobetrace.rst and uprobetracer.rst:
 *
 *     [NAME=]VALUE[:TYPE]
 *     VALUE  %REG | $stackN | $stack | $retval | $argN | $comm | @ADDR | @SYMBOL[+|-OFF] | @+FILEOFF | \IMM
 *            | +|-[u]OFF(VALUE) | NAME[->MEMBER|.MEMBER...]   (NAME: kernels with BTF arguments only)
 *     TYPE   u8..s64, x8..x64, char, string, ustring, symbol, symstr, bW@O/S, each with an optional [N]
 *
 * Parsed before anything is written, because the kernel accepts some nonsense silently and explains little of the rest.
 */

import { UsageError } from '../base/errors.ts';

export interface FetchArg {
  readonly name: string;
  /** The argument as the kernel takes it: `name=value:type`. */
  readonly text: string;
  readonly value: string;
  readonly type: string | undefined;
}

/** What the kernel at hand takes, from its README (`readFetchArgSupport`) and the probe's kind. */
export interface FetchArgContext {
  readonly probe: 'kprobe' | 'uprobe';
  readonly isReturn: boolean;
  readonly types: ReadonlySet<string>;
  /** `$argN` works (the kernel knows its own calling convention). */
  readonly numberedArguments: boolean;
  /** Arguments may be named as in the source (BTF, Linux 6.6 and later). */
  readonly namedArguments: boolean;
  /** A return probe can show the arguments of the entry (Linux 6.9 and later). */
  readonly keepsArguments?: boolean | undefined;
}

/** What tracefs's README says about fetch args; base types every kernel has are always in. */
export function parseFetchArgSupport(
  readme: string,
): Pick<FetchArgContext, 'types' | 'numberedArguments' | 'namedArguments' | 'keepsArguments'> {
  const block = /\n\s*type: ([\s\S]*?)(?=\n\s*(?:\w+:|events\/)|$)/.exec(readme)?.[1] ?? '';
  const types = new Set(['s8', 's16', 's32', 's64', 'u8', 'u16', 'u32', 'u64', 'x8', 'x16', 'x32', 'x64', 'string']);
  for (const word of ['char', 'symbol', 'symstr', 'ustring', '%pd', '%pD']) {
    if (new RegExp(`(^|[\\s,/])${word}([\\s,/]|$)`).test(block)) types.add(word);
  }
  if (/array-size/.test(block)) types.add('array');
  return {
    types,
    numberedArguments: readme.includes('$arg<N>'),
    namedArguments: readme.includes('<argname>'),
    keepsArguments: /kernel return probes support: .*\$arg<N>/.test(readme),
  };
}

/** The types that only make sense on memory, i.e. an address: `+0(...)`, `@...`, or an array. */
const textTypes = new Set(['string', 'ustring']);

const shape = 'write [NAME=]VALUE[:TYPE], e.g. fd=%di:s32 or name=+0(%si):string';

/** Parses and checks one argument word; `index` names it argN when it has no name. Throws UsageError with the position. */
export function parseFetchArg(word: string, index: number, context: FetchArgContext): FetchArg {
  return new FetchArgParser(word, index, context).parse();
}

class FetchArgParser {
  private readonly word: string;
  private readonly index: number;
  private readonly context: FetchArgContext;
  private at = 0;

  constructor(word: string, index: number, context: FetchArgContext) {
    this.word = word;
    this.index = index;
    this.context = context;
  }

  parse(): FetchArg {
    const named = /^([^=:()]*)=/.exec(this.word);
    if (named !== null && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(named[1]!)) {
      this.refuse(`'${named[1]}' is no name for an argument`, 'use letters, digits and _');
    }
    this.at = named?.[0].length ?? 0;
    const start = this.at;
    this.parseValue();
    const value = this.word.slice(start, this.at);
    const type = this.parseType(value);
    if (this.at < this.word.length) this.refuse(`'${this.word.slice(this.at)}' is left over`);
    const name = named?.[1] ?? this.defaultName(value);
    const suffix = type === undefined ? '' : `:${type}`;
    return { name, text: `${name}=${value}${suffix}`, value, type };
  }

  /** A bare argument name names the field too, as perf probe does; anything else is argN. */
  private defaultName(value: string): string {
    return /^[A-Za-z_]\w*$/.test(value) ? value : `arg${this.index + 1}`;
  }

  private parseValue(): void {
    const next = this.word[this.at];
    if (next === '+' || next === '-') return this.parseDereference();
    if (next === '%') return this.take(/%[a-z][a-z0-9_]*/y, 'a register such as %di');
    if (next === '$') return this.parseVariable();
    if (next === '@') return this.parseMemory();
    if (next === '\\') {
      // The kernel takes words apart at spaces, and commands at line ends: inside of quotes as well.
      return this.take(
        /\\(?:-?\d+|0x[0-9a-fA-F]+|"[^"\s]*")/y,
        'a number, or a "text" without spaces, behind the backslash',
      );
    }
    if (next === undefined) this.refuse('a value is missing');
    if (!/[A-Za-z_]/.test(next!))
      this.refuse(`a value cannot start with '${next}'`, 'values start with % $ @ + - or \\');
    this.parseNamedArgument();
  }

  private parseDereference(): void {
    this.take(/[+-]u?(?:0x[0-9a-fA-F]+|\d+)/y, 'an offset such as +8 or -0x10');
    if (this.word[this.at] !== '(') this.refuse("'(' is missing", 'write it as +OFFSET(VALUE)');
    this.at += 1;
    this.parseValue();
    if (this.word[this.at] !== ')') this.refuse("')' is missing");
    this.at += 1;
  }

  private parseVariable(): void {
    const start = this.at;
    this.take(/\$(?:retval|comm|stack\d*|arg\d+|arg\*)/y, '$retval, $comm, $stack, $stackN or $argN');
    const variable = this.word.slice(start, this.at);
    const { probe, isReturn, numberedArguments } = this.context;
    this.at = start;
    if (variable === '$retval' && !isReturn)
      this.refuse('$retval exists only where the function returns', 'add %return');
    if (variable.startsWith('$arg') && (probe === 'uprobe' || !numberedArguments)) {
      this.refuse(`${variable} is not offered for a ${probe} by this kernel`, 'name the register, e.g. %di');
    }
    if (variable.startsWith('$arg') && isReturn && this.context.keepsArguments !== true) {
      this.refuse('arguments are gone when the function returns', 'probe the entry for them');
    }
    this.at = start + variable.length;
  }

  private parseMemory(): void {
    if (this.context.probe === 'uprobe') {
      return this.take(/@(?:\+(?:0x[0-9a-fA-F]+|\d+)|0x[0-9a-fA-F]+)/y, '@0xADDRESS or @+FILEOFFSET');
    }
    this.take(/@(?:0x[0-9a-fA-F]+|[A-Za-z_][\w.]*(?:[+-](?:0x[0-9a-fA-F]+|\d+))?)/y, '@ADDRESS or @SYMBOL+OFFSET');
  }

  private parseNamedArgument(): void {
    const start = this.at;
    this.take(/[A-Za-z_]\w*(?:(?:->|\.)[A-Za-z_]\w*)*/y, 'a name');
    if (this.context.probe === 'uprobe' || !this.context.namedArguments) {
      this.at = start;
      this.refuse(
        `'${this.word.slice(start)}' names an argument, which this kernel cannot resolve for a ${this.context.probe}`,
        'name the register, e.g. %di, or +0(%si):string for the text it points to',
      );
    }
  }

  private parseType(value: string): string | undefined {
    if (this.word[this.at] !== ':') return undefined;
    this.at += 1;
    const start = this.at;
    const [type, base, array] = /^([^[\s]*)(\[\d*\])?/.exec(this.word.slice(start)) ?? [];
    if (base === undefined || base === '') this.refuse("a type is missing behind ':'");
    if (!this.isOffered(base!)) {
      this.refuse(`this kernel offers no type '${base}'`, `it has ${[...this.context.types].join(' ')}`);
    }
    this.checkBits(base!, start);
    if (array !== undefined) this.checkArray(array, start + base!.length);
    const onMemory = /^[+\-@]/.test(value) || value === '$comm' || value === '$stack';
    if (textTypes.has(base!) && !onMemory && !/^[A-Za-z_\\]/.test(value)) {
      this.at = start;
      this.refuse(`:${base} needs an address`, `+0(${value}):${base} is the text that ${value} points to`);
    }
    this.at = start + type!.length;
    return type;
  }

  private isOffered(base: string): boolean {
    return this.context.types.has(base) || /^b\d+@\d+\/(8|16|32|64)$/.test(base);
  }

  /** The kernel refuses these with a bare EINVAL. */
  private checkBits(base: string, position: number): void {
    const [, width, offset, container] = /^b(\d+)@(\d+)\/(\d+)$/.exec(base) ?? [];
    if (width === undefined) return;
    if (Number(width) > 0 && Number(width) + Number(offset) <= Number(container)) return;
    this.at = position;
    this.refuse('the bits lie outside of their container', 'WIDTH + OFFSET of bWIDTH@OFFSET/SIZE may not exceed SIZE');
  }

  private checkArray(array: string, position: number): void {
    const size = Number(array.slice(1, -1));
    if (array.length > 2 && size >= 1 && size <= 64 && this.context.types.has('array')) return;
    this.at = position;
    this.refuse(`the array size ${array} does not fit`, 'the kernel takes [1] to [64]');
  }

  private take(pattern: RegExp, expected: string): void {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.word);
    if (found === null) this.refuse(`${expected} is expected`);
    this.at += found![0].length;
  }

  private refuse(why: string, remedy = shape): never {
    throw new UsageError({
      attempted: `reading the argument ${this.word}`,
      why: `${why}\n  ${this.word}\n  ${' '.repeat(this.at)}^`,
      remedy,
    });
  }
}
