/** Addresses of a recording as labels of frames: `name`, `name [module]`, or the address. */
import type { EventSource } from '../event-source.ts';

/** Labels kept at a time; a recording may have any number of addresses. */
const cacheLimit = 50_000;

export class FunctionNames {
  readonly #source: Pick<EventSource, 'symbolName'>;
  readonly #labels = new Map<bigint, string>();

  constructor(source: Pick<EventSource, 'symbolName'>) {
    this.#source = source;
  }

  /** The label of the function around an address; a frame that is a name already stays as it is. */
  labelOf(frame: bigint | string): string {
    if (typeof frame === 'string') return frame;
    const known = this.#labels.get(frame);
    if (known !== undefined) return known;
    const symbol = this.#source.symbolName(frame);
    const label =
      symbol === undefined
        ? `0x${BigInt.asUintN(64, frame).toString(16)}`
        : symbol.module === undefined
          ? symbol.name
          : `${symbol.name} [${symbol.module}]`;
    if (this.#labels.size >= cacheLimit) this.#labels.clear();
    this.#labels.set(frame, label);
    return label;
  }
}
