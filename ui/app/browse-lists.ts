/** The lists of names of the Browse screen: read when they are first asked for. */
import { type Catalogue, NameList, readProgramSymbols, visibleText } from '../../src/index.ts';
import type { BrowseRows, BrowseTab, LoadedList } from '../state/models.ts';

/** For the progress of reading them. */
const usualFunctions = 60_000;

export class BrowseLists {
  version = 0;
  #catalogue: Catalogue | undefined;
  readonly #descriptions = new Map<string, readonly string[]>();
  readonly #lists = new Map<BrowseTab, LoadedList<{ name: string }>>();

  list<Tab extends BrowseTab>(tab: Tab): LoadedList<BrowseRows[Tab]> {
    return (this.#lists.get(tab) ?? { state: 'absent' }) as LoadedList<BrowseRows[Tab]>;
  }

  /** Reads a list; what keeps it from being read is its state afterwards. */
  async load(tab: BrowseTab, open: () => Catalogue, binary: string | undefined): Promise<void> {
    const known = this.#lists.get(tab)?.state;
    if (known === 'loading' || (known === 'loaded' && tab !== 'symbols' && tab !== 'probes')) return;
    this.#set(tab, { state: 'loading', share: 0 });
    try {
      const list = tab === 'symbols' ? await readSymbols(binary) : await this.#read(tab, open());
      this.#set(tab, { state: 'loaded', list });
    } catch (error) {
      this.#set(tab, { state: 'failed', why: (error as Error).message });
    }
  }

  async #read(tab: BrowseTab, catalogue: Catalogue): Promise<NameList<{ name: string }>> {
    this.#catalogue = catalogue;
    switch (tab) {
      case 'functions':
        return catalogue.functions((rows) => this.#set(tab, { state: 'loading', share: rows / usualFunctions }));
      case 'events':
        return catalogue.events();
      default:
        return catalogue.probes();
    }
  }

  /** What is known of a row, kept once asked for. */
  describe(tab: BrowseTab, name: string): readonly string[] {
    const key = `${tab} ${name}`;
    let lines = this.#descriptions.get(key);
    if (lines === undefined) {
      lines = this.#describe(tab, name);
      this.#descriptions.set(key, lines);
    }
    return lines;
  }

  #describe(tab: BrowseTab, name: string): readonly string[] {
    const loaded = this.list(tab);
    if (loaded.state !== 'loaded' || this.#catalogue === undefined) return [];
    const row = loaded.list.rows.find((candidate) => candidate.name === name);
    if (row === undefined) return [];
    if ('definition' in row) return [visibleText(row.definition)];
    if (!('system' in row)) return [];
    try {
      const { fields, printFormat } = this.#catalogue.describeEvent(row);
      return [fields.map((field) => `${field.type} ${field.name}`).join(', '), printFormat].map(visibleText);
    } catch (error) {
      return [(error as Error).message];
    }
  }

  #set(tab: BrowseTab, list: LoadedList<{ name: string }>): void {
    this.#lists.set(tab, list);
    this.version += 1;
  }
}

async function readSymbols(binary: string | undefined): Promise<NameList<{ name: string }>> {
  return binary === undefined ? new NameList([]) : readProgramSymbols(binary);
}
