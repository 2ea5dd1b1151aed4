/**
 * JavaScript source of one function under construction. It is made from fixed text and from numbers; whatever comes from
 * a format file (texts, tables, names) goes into constants and never into the source.
 */
import type { WriteTextPart } from '../event-text.ts';
import { PrintFmtError } from './tokens.ts';

const longestSource = 1 << 20;

export class FunctionSource {
  readonly #constants: unknown[] = [];
  readonly #names = new Map<unknown, string>();
  readonly #lines: string[] = [];
  #length = 0;
  #locals = 0;
  /** Where the record must reach for the loads without checks. */
  #needed = 0;
  /** True when each load checks the record's end: the variant for records that are cut short. */
  readonly checked: boolean;

  constructor(checked: boolean) {
    this.checked = checked;
  }

  get needed(): number {
    return this.#needed;
  }

  /** The name of a constant in the source. */
  constant(value: unknown): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `k${this.#constants.length}`;
    this.#constants.push(value);
    this.#names.set(value, name);
    return name;
  }

  local(): string {
    this.#locals += 1;
    return `x${this.#locals}`;
  }

  line(code: string): void {
    this.#length += code.length;
    if (this.#length > longestSource) throw new PrintFmtError('it is too long');
    this.#lines.push(code);
  }

  /** An expression that reads up to offset `end` of the record, 0 in its place where the record is shorter. */
  load(code: string, end: number, zero = '0'): string {
    this.#needed = Math.max(this.#needed, end);
    return this.checked ? `(s+${end}<=e?${code}:${zero})` : code;
  }

  /** A local with the value of `code`, or `code` itself when that is a name or a number. */
  named(code: string): string {
    if (/^\w+$/.test(code)) return code;
    const name = this.local();
    this.line(`const ${name}=${code};`);
    return name;
  }

  compile(): WriteTextPart {
    const constants = this.#constants.map((_, index) => `k${index}=K[${index}]`).join(',');
    const head = constants === '' ? '' : `const ${constants};`;
    const body = `'use strict';${head}return function(out,b,v,s,e){let t=out.bytes,p=out.length;${this.#lines.join('\n')}\nout.length=p;}`;
    return new Function('K', body)(this.#constants);
  }
}
