/**
 * Finding names as somebody types: 60,000 of them within a frame. `sys_op` is a part of a name (capital letters in it
 * make capitals count), `=vfs_read` a whole name, `re:^tcp_.*ack` a regular expression.
 */

export interface NameMatches {
  /** How many names match. */
  readonly total: number;
  /** The first of them, as indexes into the names, in their order; whole names and beginnings first. */
  readonly rows: readonly number[];
  /** What is wrong with the query; then nothing matches. */
  readonly problem: string | undefined;
}

type Query =
  | { readonly kind: 'part'; readonly text: string; readonly isCaseSensitive: boolean }
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'regex'; readonly regex: RegExp }
  | { readonly kind: 'problem'; readonly problem: string };

const longestRegex = 200;

export class NameSearch {
  readonly #names: readonly string[];
  readonly #lower: readonly string[];
  /** The last search for a part of names, to go on from when it only got longer. */
  #last: { readonly text: string; readonly isCaseSensitive: boolean; readonly matches: readonly number[] } | undefined;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#lower = names.map((name) => name.toLowerCase());
  }

  /** The names that a query matches, at most `limit` of them; an empty query matches all. */
  search(query: string, limit = 1000): NameMatches {
    const parsed = parseNameQuery(query);
    if (parsed.kind === 'problem') return { total: 0, rows: [], problem: parsed.problem };
    const matches = this.#match(parsed);
    const ranked = parsed.kind === 'part' ? this.#rank(matches, parsed.text, limit) : matches.slice(0, limit);
    return { total: matches.length, rows: ranked, problem: undefined };
  }

  #match(query: Exclude<Query, { kind: 'problem' }>): readonly number[] {
    if (query.kind === 'exact') return this.#filter((index) => this.#names[index] === query.text);
    if (query.kind === 'regex') return this.#filter((index) => query.regex.test(this.#names[index]!));
    const { text, isCaseSensitive } = query;
    const searched = isCaseSensitive ? this.#names : this.#lower;
    const from = this.#narrows(query) ? this.#last!.matches : undefined;
    const matches = this.#filter((index) => searched[index]!.includes(text), from);
    this.#last = { text, isCaseSensitive, matches };
    return matches;
  }

  /** Whether what matches now matched the last query already. */
  #narrows({ text, isCaseSensitive }: { readonly text: string; readonly isCaseSensitive: boolean }): boolean {
    const last = this.#last;
    if (last === undefined || (last.isCaseSensitive && !isCaseSensitive)) return false;
    return (last.isCaseSensitive ? text : text.toLowerCase()).includes(last.text);
  }

  #filter(test: (index: number) => boolean, from?: readonly number[]): number[] {
    const found: number[] = [];
    if (from !== undefined) {
      for (const index of from) if (test(index)) found.push(index);
      return found;
    }
    for (let index = 0; index < this.#names.length; index += 1) if (test(index)) found.push(index);
    return found;
  }

  /** Whole names, then names that begin so, then the others. */
  #rank(matches: readonly number[], text: string, limit: number): number[] {
    const ranks: number[][] = [[], [], []];
    const lower = text.toLowerCase();
    for (const index of matches) {
      const name = this.#lower[index]!;
      const rank = name.startsWith(lower) ? (name.length === lower.length ? 0 : 1) : 2;
      if (ranks[rank]!.length < limit) ranks[rank]!.push(index);
    }
    return ranks.flat().slice(0, limit);
  }
}

/** Whether a name matches a query, for names that come one by one; a query with something wrong matches none. */
export function compileNameQuery(query: string): (name: string) => boolean {
  const parsed = parseNameQuery(query);
  switch (parsed.kind) {
    case 'problem':
      return () => false;
    case 'exact':
      return (name) => name === parsed.text;
    case 'regex':
      return (name) => parsed.regex.test(name);
    case 'part': {
      const { text, isCaseSensitive } = parsed;
      return (name) => (isCaseSensitive ? name : name.toLowerCase()).includes(text);
    }
  }
}

function parseNameQuery(query: string): Query {
  if (query.startsWith('=')) return { kind: 'exact', text: query.slice(1) };
  if (!query.startsWith('re:')) {
    const isCaseSensitive = /[A-Z]/.test(query);
    return { kind: 'part', text: query, isCaseSensitive };
  }
  const source = query.slice('re:'.length);
  if (source.length > longestRegex) return { kind: 'problem', problem: `longer than ${longestRegex} characters` };
  try {
    return { kind: 'regex', regex: new RegExp(source, /[A-Z]/.test(source) ? '' : 'i') };
  } catch (error) {
    return { kind: 'problem', problem: (error as Error).message.replace(/^Invalid regular expression: /, '') };
  }
}
