/**
 * Pieces of a `print fmt` to the source of a function. Literals and plain numbers are written straight into the array `t`
 * at place `p`, with the room for a run of them made at once; whatever has no bound is written through `out`.
 */
import type { FunctionSource } from './function-source.ts';
import type { RecordScope } from './record-scope.ts';

/** Longer literals are copied, shorter ones stored byte by byte. */
const longestStored = 40;

export class Emitter {
  readonly scope: RecordScope;
  readonly source: FunctionSource;
  #room = 0;
  #pending: string[] = [];

  constructor(scope: RecordScope) {
    this.scope = scope;
    this.source = scope.source;
  }

  /** Code that writes at most `room` bytes at `p`. Locals that it needs are in the source already. */
  direct(room: number, code: string): void {
    this.#room += room;
    this.#pending.push(code);
  }

  literal(bytes: Uint8Array): void {
    if (bytes.length > longestStored)
      return this.calling(() => this.source.line(`out.copy(${this.source.constant(bytes)});`));
    const stores = Array.from(bytes, (byte, index) => `t[p${index === 0 ? '' : `+${index}`}]=${byte};`);
    this.direct(bytes.length, `${stores.join('')}p+=${bytes.length};`);
  }

  /** Lines that write through `out`. */
  calling(emit: () => void): void {
    this.flush();
    this.source.line('out.length=p;');
    emit();
    this.source.line('t=out.bytes;p=out.length;');
  }

  /** Ends a run of direct writes. */
  flush(): void {
    if (this.#pending.length === 0) return;
    this.source.line(`out.length=p;out.reserve(${this.#room});t=out.bytes;`);
    for (const code of this.#pending) this.source.line(code);
    this.#pending = [];
    this.#room = 0;
  }
}
