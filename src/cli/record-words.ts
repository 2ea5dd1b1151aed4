/**
 * The words of `ftui record` as getopt_long(3) takes them for trace-cmd: options in an order that means something
 * (`-e sched -f FILTER -B other -e irq`), several letters in one word, a value in the same word or the next, and the
 * first word that is no option begins the command to run.
 */

import { UsageError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';

/** An option of `record` as the parser needs it. */
export interface RecordOptionShape {
  /** The long name, or the letter where it has none. */
  readonly name: string;
  readonly letter?: string | undefined;
  /** Whether a value follows; `optional` only as `--name=value`. */
  readonly value: 'none' | 'required' | 'optional';
}

/** One option as it was given. */
export interface GivenOption {
  readonly name: string;
  readonly value: string;
}

export interface RecordWords {
  readonly options: readonly GivenOption[];
  /** The command to run; undefined when there is none. */
  readonly command: readonly string[] | undefined;
}

/** Throws UsageError for an unknown option, and for a value that is missing or too much. */
export function parseRecordWords(words: readonly string[], shapes: readonly RecordOptionShape[]): RecordWords {
  const parser = new WordParser(words, shapes);
  return parser.parse();
}

class WordParser {
  readonly #words: readonly string[];
  readonly #shapes: readonly RecordOptionShape[];
  readonly #options: GivenOption[] = [];
  #next = 0;

  constructor(words: readonly string[], shapes: readonly RecordOptionShape[]) {
    this.#words = words;
    this.#shapes = shapes;
  }

  parse(): RecordWords {
    for (let word = this.#words[this.#next]; word !== undefined; word = this.#words[this.#next]) {
      if (word === '--') {
        this.#next += 1;
        break;
      }
      if (word === '-' || !word.startsWith('-')) break;
      this.#next += 1;
      if (word.startsWith('--')) this.#parseLong(word.slice(2));
      else this.#parseLetters(word.slice(1));
    }
    const command = this.#words.slice(this.#next);
    return { options: this.#options, command: command.length === 0 ? undefined : command };
  }

  #parseLong(text: string): void {
    const equals = text.indexOf('=');
    const name = equals < 0 ? text : text.slice(0, equals);
    const shape = this.#shapes.find((one) => one.name === name && name.length > 1);
    if (shape === undefined) throw this.#unknown(`--${name}`, name);
    const value = equals < 0 ? undefined : text.slice(equals + 1);
    if (shape.value === 'none' && value !== undefined) throw wrong(`--${name}`, 'it takes no value');
    const taken = shape.value === 'required' ? (value ?? this.#takeValue(`--${name}`)) : (value ?? '');
    this.#options.push({ name: shape.name, value: taken });
  }

  #parseLetters(letters: string): void {
    for (let at = 0; at < letters.length; at += 1) {
      const letter = letters[at]!;
      const shape = this.#shapes.find((one) => one.letter === letter || one.name === letter);
      if (shape === undefined) throw this.#unknown(`-${letter}`, letter);
      if (shape.value !== 'required') {
        this.#options.push({ name: shape.name, value: '' });
        continue;
      }
      const rest = letters.slice(at + 1);
      this.#options.push({ name: shape.name, value: rest === '' ? this.#takeValue(`-${letter}`) : rest });
      return;
    }
  }

  #takeValue(flag: string): string {
    const value = this.#words[this.#next];
    if (value === undefined) throw wrong(flag, 'its value is missing');
    this.#next += 1;
    return value;
  }

  #unknown(flag: string, name: string): UsageError {
    const names = this.#shapes.map((shape) => shape.name).filter((long) => long.length > 1);
    const near = name.length > 1 ? nearestNames(name, names, 1) : [];
    const remedy = near.length === 0 ? 'ftui record --help lists them' : `did you mean --${near[0]}?`;
    return new UsageError({ attempted: `reading ${flag}`, why: 'ftui record has no such option', remedy });
  }
}

function wrong(flag: string, why: string): UsageError {
  return new UsageError({ attempted: `reading ${flag}`, why });
}

/**
 * Hands the words of `record` past yargs, which knows no order of options: behind `--` it takes them as they are. Only a
 * call for help stays.
 */
export function protectRecordWords(words: readonly string[]): readonly string[] {
  const [first, ...rest] = words;
  const asksForHelp = rest.length === 1 && ['--help', '-h', '--version'].includes(rest[0]!);
  return first === 'record' && !asksForHelp ? ['record', '--', ...rest] : words;
}
