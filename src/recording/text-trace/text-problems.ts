/** What a text trace could not tell, as sentences: a bounded number of them, with a count of what they leave out. */
import { visibleText } from '../../base/text.ts';
import { decodeByteText } from './byte-text.ts';

const namedLines = 20;
const shownLength = 80;

export class TextProblems {
  readonly #notes = new Set<string>();
  #named: string[] = [];
  #unreadable = 0;
  #cut = 0;

  /** Lines that could not be read so far. */
  get unreadable(): number {
    return this.#unreadable;
  }

  /** Says something about the whole trace, once. */
  note(sentence: string): void {
    this.#notes.add(sentence);
  }

  /** Counts a line that could not be read. */
  addUnreadable(lineNumber: number, line: string, why: string): void {
    this.#unreadable += 1;
    if (this.#named.length >= namedLines) return;
    const shown = visibleText(decodeByteText(line.slice(0, shownLength)));
    this.#named.push(`line ${lineNumber}: ${why}: ${shown}${line.length > shownLength ? '…' : ''}`);
  }

  /** Counts a line whose end was left out. */
  addCut(lineNumber: number, limit: number): void {
    this.#cut += 1;
    if (this.#cut === 1) this.note(`line ${lineNumber} has more than ${limit} bytes, and is cut there`);
  }

  /** Another reading of the file begins, and will meet the same lines. */
  restart(): void {
    this.#named = [];
    this.#unreadable = 0;
    this.#cut = 0;
  }

  list(): string[] {
    const sentences = [...this.#notes, ...this.#named];
    if (this.#cut > 1) sentences.push(`${this.#cut} lines in all are cut for their length`);
    if (this.#unreadable > this.#named.length) sentences.push(`${this.#unreadable} lines in all could not be read`);
    return sentences;
  }
}
