/** The filters of the session: one list, each of which can be turned off or taken away. */
import { type ChipClock, type ChipSubject, type FilterChip, parseChips } from '../../src/index.ts';
import type { NameFilter } from '../screens/graph/tree-filter.ts';
import type { FilterChange } from '../state/effect.ts';

interface Entry {
  readonly chip: FilterChip;
  readonly on: boolean;
}

export class Filters {
  /** Grows with every change. */
  version = 0;
  readonly #clock: ChipClock | undefined;
  #entries: readonly Entry[] = [];

  constructor(clock?: ChipClock) {
    this.#clock = clock;
  }

  /** `inKernel`: the chips that the source applies itself. */
  rows(
    inKernel: readonly FilterChip[],
  ): readonly { readonly name: string; readonly on: boolean; readonly note?: string }[] {
    return this.#entries.map(({ chip, on }) => ({
      name: chip.text,
      on,
      ...(on && inKernel.includes(chip) ? { note: 'in the kernel' } : {}),
    }));
  }

  /** The chips in force that a kernel may be able to apply. */
  get kernelChips(): readonly FilterChip[] {
    return this.chips.filter(({ field }) => kernelFields.has(field));
  }

  get isEmpty(): boolean {
    return !this.#entries.some(({ on }) => on);
  }

  accepts(subject: ChipSubject): boolean {
    return this.#entries.every(({ chip, on }) => !on || chip.accepts(subject));
  }

  /** What the filters say of names alone, for the tree, whose rows are of many tasks; undefined when they say nothing. */
  get names(): NameFilter | undefined {
    const about = this.chips.filter(({ field }) => field === 'fn' || field === 'text');
    if (about.length === 0) return undefined;
    const [hiding, wanting] = [about.filter((chip) => chip.isNegated), about.filter((chip) => !chip.isNegated)];
    return {
      version: this.version,
      hides: (name) => hiding.some((chip) => !chip.accepts({ function: name })),
      wants: wanting.length === 0 ? undefined : (name) => wanting.every((chip) => chip.accepts({ function: name })),
    };
  }

  /** The chips in force that a source can apply itself while reading. */
  get chips(): readonly FilterChip[] {
    return this.#entries.filter(({ on }) => on).map(({ chip }) => chip);
  }

  /** Throws UsageError for a filter that cannot be read. */
  change(change: FilterChange): void {
    this.version += 1;
    switch (change.what) {
      case 'add':
        this.#entries = [...this.#entries, ...parseChips(change.text, this.#clock).map((chip) => ({ chip, on: true }))];
        return;
      case 'toggle':
        this.#entries = this.#entries.map((entry, index) =>
          index === change.index ? { ...entry, on: !entry.on } : entry,
        );
        return;
      case 'remove':
        this.#entries = this.#entries.filter((_, index) => index !== change.index);
        return;
      case 'pop':
        this.#entries = this.#entries.slice(0, -1);
    }
  }
}

const kernelFields: ReadonlySet<FilterChip['field']> = new Set(['pid', 'cpu', 'task', 'event', 'ret']);
