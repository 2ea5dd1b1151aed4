/**
 * POSIX basic regular expressions with the GNU additions (`\+ \? \| \w \W \s \S`), over bytes: what regcomp(3) makes of
 * the patterns in `trace-cmd report -F`. Parsed to a program for the automaton in text-pattern.ts, of bounded size.
 */
import { encodeKernelText } from '../../base/text.ts';
import { type ByteSet, caseless, readBracket, setOfClass, singleByte } from './byte-set.ts';
import { FilterFault } from './filter-problem.ts';

/**
 * One step. `byte` takes a byte of the set and goes on with the next step; `fork` goes on at all places; the anchors go
 * on where they hold; `match` ends.
 */
export type RegexStep =
  | { readonly kind: 'byte'; readonly set: ByteSet }
  | { readonly kind: 'fork'; readonly to: number[] }
  | { readonly kind: 'start' | 'end' | 'match' };

type RegexTree =
  | { readonly kind: 'byte'; readonly set: ByteSet }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: RegexTree[] }
  | { readonly kind: 'repeat'; readonly part: RegexTree; readonly least: number; readonly most: number };

const mostSteps = 2_000;
const longestPattern = 4_000;
const deepestGroup = 50;
/** RE_DUP_MAX of POSIX. */
const mostRepeats = 255;

/** The program of a pattern that matches regardless of case; throws FilterFault, with positions from `offset` on. */
export function compileBasicRegex(pattern: string, offset = 0): RegexStep[] {
  const tooLarge = (): never => {
    throw new FilterFault('this regular expression is too large', { position: offset, length: pattern.length });
  };
  if (pattern.length > longestPattern) tooLarge();
  const parser = new BasicRegexParser(pattern, offset);
  const tree = parser.parse();
  const steps: RegexStep[] = [];
  emitTree(tree, steps, tooLarge);
  steps.push({ kind: 'match' });
  return steps;
}

class BasicRegexParser {
  readonly #bytes: Uint8Array;
  readonly #offset: number;
  #at = 0;
  #depth = 0;

  constructor(pattern: string, offset: number) {
    this.#bytes = encodeKernelText(pattern);
    this.#offset = offset;
  }

  parse(): RegexTree {
    const tree = this.#choice();
    if (this.#at < this.#bytes.length) this.#fail('there is no \\( for this \\)', 2);
    return tree;
  }

  #choice(): RegexTree {
    const parts = [this.#sequence()];
    while (this.#looksAt('\\|')) {
      this.#at += 2;
      parts.push(this.#sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  #sequence(): RegexTree {
    const parts: RegexTree[] = [];
    if (this.#looksAt('^')) {
      parts.push({ kind: 'start' });
      this.#at += 1;
    }
    // A star with nothing to repeat is an ordinary character.
    for (let isFirst = true; this.#at < this.#bytes.length && !this.#atSequenceEnd(); isFirst = false) {
      const part = this.#atom(isFirst);
      parts.push(part.kind === 'end' ? part : this.#repeats(part));
    }
    return { kind: 'sequence', parts };
  }

  #atom(isFirst: boolean): RegexTree {
    const byte = this.#bytes[this.#at]!;
    const character = String.fromCharCode(byte);
    if (character === '\\') return this.#escape();
    if (character === '[') {
      const bracket = readBracket(this.#bytes, this.#at);
      if (typeof bracket === 'string') return this.#fail(bracket, this.#bytes.length - this.#at);
      this.#at = bracket.end;
      return { kind: 'byte', set: caseless(bracket.set) };
    }
    this.#at += 1;
    if (character === '.') return { kind: 'byte', set: setOfClass('any') };
    if (character === '$' && (this.#at === this.#bytes.length || this.#atSequenceEnd())) return { kind: 'end' };
    if (character === '*' && !isFirst) return this.#fail('nothing to repeat', 1);
    return { kind: 'byte', set: caseless(singleByte(byte)) };
  }

  #escape(): RegexTree {
    const byte = this.#bytes[this.#at + 1];
    if (byte === undefined) return this.#fail('a character is missing behind the backslash', 1);
    const character = String.fromCharCode(byte);
    if (character === '(') return this.#group();
    if (character === '{') return this.#fail('nothing to repeat', 2);
    if (/[1-9]/.test(character)) return this.#fail('back references are not supported', 2);
    if (/[bB<>`']/.test(character)) return this.#fail('word boundaries are not supported', 2);
    this.#at += 2;
    if (/[wWsS]/.test(character)) return { kind: 'byte', set: setOfClass(character as 'w' | 'W' | 's' | 'S') };
    return { kind: 'byte', set: caseless(singleByte(byte)) };
  }

  #group(): RegexTree {
    const start = this.#at;
    this.#at += 2;
    this.#depth += 1;
    if (this.#depth > deepestGroup) this.#fail(`groups are nested more than ${deepestGroup} deep`, 2);
    const tree = this.#choice();
    this.#depth -= 1;
    if (!this.#looksAt('\\)')) {
      this.#at = start;
      return this.#fail('the closing \\) is missing', 2);
    }
    this.#at += 2;
    return tree;
  }

  #repeats(part: RegexTree): RegexTree {
    let repeated = part;
    let count = 0;
    for (;;) {
      const bounds = this.#readBounds();
      if (bounds === undefined) return repeated;
      count += 1;
      if (count > deepestGroup) this.#fail('too many repetitions behind each other', 1);
      repeated = { kind: 'repeat', part: repeated, ...bounds };
    }
  }

  #readBounds(): { least: number; most: number } | undefined {
    for (const [sign, least, most] of [
      ['*', 0, Infinity],
      ['\\+', 1, Infinity],
      ['\\?', 0, 1],
    ] as const) {
      if (!this.#looksAt(sign)) continue;
      this.#at += sign.length;
      return { least, most };
    }
    if (!this.#looksAt('\\{')) return undefined;
    const rest = Buffer.from(this.#bytes.subarray(this.#at, this.#at + 16)).toString('latin1');
    const parts = /^\\\{(\d{0,3})(?:(,)(\d{0,3}))?\\\}/.exec(rest);
    if (parts === null || (parts[1] === '' && parts[2] === undefined)) return this.#fail('malformed \\{m,n\\}', 2);
    const least = Number(parts[1]);
    const most = parts[2] === undefined ? least : parts[3] === '' ? Infinity : Number(parts[3]);
    if (least > mostRepeats || (most !== Infinity && (most > mostRepeats || most < least))) {
      return this.#fail(`malformed \\{m,n\\}: m <= n <= ${mostRepeats}`, parts[0].length);
    }
    this.#at += parts[0].length;
    return { least, most };
  }

  #atSequenceEnd(): boolean {
    return this.#looksAt('\\|') || this.#looksAt('\\)');
  }

  #looksAt(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) {
      if (this.#bytes[this.#at + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  #fail(why: string, length: number): never {
    throw new FilterFault(why, { position: this.#offset + this.#at, length });
  }
}

function emitTree(tree: RegexTree, steps: RegexStep[], tooLarge: () => never): void {
  if (steps.length > mostSteps) tooLarge();
  switch (tree.kind) {
    case 'sequence':
      for (const part of tree.parts) emitTree(part, steps, tooLarge);
      return;
    case 'choice':
      return emitChoice(tree.parts, steps, tooLarge);
    case 'repeat':
      return emitRepeat(tree, steps, tooLarge);
    default:
      steps.push(tree);
  }
}

function emitChoice(parts: readonly RegexTree[], steps: RegexStep[], tooLarge: () => never): void {
  const fork: number[] = [];
  const exits: number[][] = [];
  steps.push({ kind: 'fork', to: fork });
  for (const part of parts) {
    fork.push(steps.length);
    emitTree(part, steps, tooLarge);
    const exit: number[] = [];
    exits.push(exit);
    steps.push({ kind: 'fork', to: exit });
  }
  for (const exit of exits) exit.push(steps.length);
}

function emitRepeat(
  { part, least, most }: { part: RegexTree; least: number; most: number },
  steps: RegexStep[],
  tooLarge: () => never,
): void {
  for (let count = 0; count < least; count += 1) emitRepeated(part, steps, tooLarge);
  if (most === Infinity) {
    const fork: number[] = [];
    const start = steps.length;
    steps.push({ kind: 'fork', to: fork });
    emitTree(part, steps, tooLarge);
    steps.push({ kind: 'fork', to: [start] });
    fork.push(start + 1, steps.length);
    return;
  }
  const skips: number[][] = [];
  for (let count = least; count < most; count += 1) {
    const fork = [steps.length + 1];
    skips.push(fork);
    steps.push({ kind: 'fork', to: fork });
    emitTree(part, steps, tooLarge);
  }
  for (const fork of skips) fork.push(steps.length);
}

/** An empty part adds no steps, so that nested counts of nothing could go on for ever: one step stands for it. */
function emitRepeated(part: RegexTree, steps: RegexStep[], tooLarge: () => never): void {
  steps.push({ kind: 'fork', to: [steps.length + 1] });
  emitTree(part, steps, tooLarge);
}
