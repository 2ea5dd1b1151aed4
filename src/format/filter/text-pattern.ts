/**
 * Tests of texts: whole, by glob, or by regular expression. All take time in proportion to the text: regular expressions
 * run as an automaton whose states are made as they are met, so that no pattern can go through a text twice.
 */
import { compileGlob } from '../../base/glob.ts';
import { encodeKernelText } from '../../base/text.ts';
import { compileBasicRegex, type RegexStep } from './basic-regex.ts';

export interface TextPattern {
  test(text: string): boolean;
  /** The same of bytes[from..to). */
  testBytes(bytes: Uint8Array, from: number, to: number): boolean;
}

/** Takes that text and no other. */
export function wholeText(text: string): TextPattern {
  const wanted = encodeKernelText(text);
  return {
    test: (candidate) => candidate === text,
    testBytes(bytes, from, to) {
      if (to - from !== wanted.length) return false;
      for (let index = 0; index < wanted.length; index += 1) if (bytes[from + index] !== wanted[index]) return false;
      return true;
    },
  };
}

/** Takes texts that match a kernel glob as a whole. */
export function globPattern(glob: string): TextPattern {
  // Byte by byte, like the kernel: one character of the string stands for one byte.
  const matches = compileGlob(Buffer.from(encodeKernelText(glob)).toString('latin1'));
  const testBytes = (bytes: Uint8Array, from: number, to: number): boolean =>
    matches(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1'));
  return { testBytes, test: (text) => testOfBytes(text, testBytes) };
}

/**
 * Takes texts in which a POSIX basic regular expression matches somewhere, regardless of case. Throws FilterFault with
 * positions from `offset` on.
 */
export function regexPattern(pattern: string, offset = 0): TextPattern {
  const automaton = new Automaton(compileBasicRegex(pattern, offset));
  const testBytes = (bytes: Uint8Array, from: number, to: number): boolean => automaton.matches(bytes, from, to);
  return { testBytes, test: (text) => testOfBytes(text, testBytes) };
}

function testOfBytes(text: string, testBytes: TextPattern['testBytes']): boolean {
  const bytes = encodeKernelText(text);
  return testBytes(bytes, 0, bytes.length);
}

interface AutomatonState {
  readonly steps: readonly number[];
  readonly accepts: boolean;
  readonly acceptsAtEnd: boolean;
  readonly next: (AutomatonState | undefined)[];
}

/** Entries of transitions; beyond it the states are thrown away and made anew. */
const mostStates = 2_000;

class Automaton {
  readonly #program: readonly RegexStep[];
  #states = new Map<string, AutomatonState>();
  #first: AutomatonState | undefined;

  constructor(program: readonly RegexStep[]) {
    this.#program = program;
  }

  matches(bytes: Uint8Array, from: number, to: number): boolean {
    this.#first ??= this.#stateOf([0], true);
    let state = this.#first;
    for (let at = from; at < to; at += 1) {
      if (state.accepts) return true;
      state = state.next[bytes[at]!] ?? this.#step(state, bytes[at]!);
    }
    return state.accepts || state.acceptsAtEnd;
  }

  #step(state: AutomatonState, byte: number): AutomatonState {
    const targets: number[] = [];
    for (const index of state.steps) {
      const step = this.#program[index]!;
      if (step.kind === 'byte' && step.set[byte] === 1) targets.push(index + 1);
    }
    // A match may begin behind every byte.
    targets.push(0);
    const next = this.#stateOf(targets, false);
    state.next[byte] = next;
    return next;
  }

  #stateOf(targets: readonly number[], atStart: boolean): AutomatonState {
    const reached = this.#reach(targets, atStart, false);
    const steps = reached.filter((index) => this.#program[index]!.kind !== 'fork');
    const key = `${atStart}${steps.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    if (this.#states.size >= mostStates) {
      this.#states = new Map();
      this.#first = undefined;
    }
    const state: AutomatonState = {
      steps,
      accepts: this.#accepts(reached),
      acceptsAtEnd: this.#accepts(this.#reach(targets, atStart, true)),
      next: [],
    };
    this.#states.set(key, state);
    return state;
  }

  #accepts(reached: readonly number[]): boolean {
    return reached.includes(this.#program.length - 1);
  }

  /** All steps that `targets` lead to without taking a byte, ascending. */
  #reach(targets: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const reached = new Set<number>();
    const open = [...targets];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (reached.has(index)) continue;
      reached.add(index);
      const step = this.#program[index]!;
      if (step.kind === 'fork') open.push(...step.to);
      else if ((step.kind === 'start' && atStart) || (step.kind === 'end' && atEnd)) open.push(index + 1);
    }
    return [...reached].sort((a, b) => a - b);
  }
}
