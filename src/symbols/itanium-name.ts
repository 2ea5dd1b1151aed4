/**
 * Names of functions out of the symbols of C++ compilers (Itanium C++ ABI, section 5.1): `_ZN4shop5Order5totalERKi` is
 * `shop::Order::total`. Arguments and template arguments are passed over: nothing is named by them.
 */

const operators: Readonly<Record<string, string>> = {
  ...{ nw: ' new', na: ' new[]', dl: ' delete', da: ' delete[]', aw: ' co_await', ps: '+', ng: '-', ad: '&', de: '*' },
  ...{ co: '~', pl: '+', mi: '-', ml: '*', dv: '/', rm: '%', an: '&', or: '|', eo: '^', aS: '=', pL: '+=', mI: '-=' },
  ...{ mL: '*=', dV: '/=', rM: '%=', aN: '&=', oR: '|=', eO: '^=', ls: '<<', rs: '>>', lS: '<<=', rS: '>>=' },
  ...{ eq: '==', ne: '!=', lt: '<', gt: '>', le: '<=', ge: '>=', ss: '<=>', nt: '!', aa: '&&', oo: '||', pp: '++' },
  ...{ mm: '--', cm: ',', pm: '->*', pt: '->', cl: '()', ix: '[]', qu: '?' },
};
/** Names that the ABI abbreviates. */
const abbreviated: Readonly<Record<string, string>> = {
  ...{ t: 'std', a: 'std::allocator', b: 'std::basic_string', s: 'std::string', i: 'std::istream' },
  ...{ o: 'std::ostream', d: 'std::iostream' },
};
const deepest = 64;

class NotReadable extends Error {}

/** `ns::Class::function`, with a suffix like `.cold` as it stands; undefined for what is no function or cannot be read. */
export function readItaniumName(symbol: string): string | undefined {
  const clone = /^(_Z\w+)((?:\.\w+)*)$/.exec(symbol);
  if (clone === null) return undefined;
  try {
    return new ItaniumReader(clone[1]!.slice(2)).name().join('::') + clone[2]!;
  } catch (error) {
    if (error instanceof NotReadable) return undefined;
    throw error;
  }
}

class ItaniumReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The parts of a name; the text behind it stays. */
  name(): string[] {
    this.#depth += 1;
    if (this.#depth > deepest) throw new NotReadable();
    const parts = this.#take(/N[rVK]*[RO]?/y) === '' ? this.#unscoped() : this.#nested();
    this.#depth -= 1;
    return parts;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #expect(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === '') throw new NotReadable();
    return found;
  }

  #unscoped(): string[] {
    if (this.#take(/Z/y) !== '') return this.#local();
    const parts = this.#take(/St/y) === '' ? [] : ['std'];
    parts.push(...this.#part(parts));
    this.#templateArguments();
    return parts;
  }

  /** Something inside a function: its encoding, E, and what it is. */
  #local(): string[] {
    const around = this.name();
    while (this.#take(/E/y) === '') this.#type();
    if (this.#take(/s/y) !== '') return around;
    return [...around, ...this.name()];
  }

  #nested(): string[] {
    const parts: string[] = [];
    while (this.#take(/E/y) === '') {
      if (this.#take(/I/y) !== '') this.#arguments();
      else parts.push(...this.#part(parts));
    }
    if (parts.length === 0) throw new NotReadable();
    return parts;
  }

  #part(before: readonly string[]): string[] {
    if (/[0-9L]/.test(this.#next)) return [this.#source()];
    if (this.#take(/C[I]?[1-5]/y) !== '') return [before.at(-1) ?? ''];
    if (this.#take(/D[0-5]/y) !== '') return [`~${before.at(-1) ?? ''}`];
    if (/[ST]/.test(this.#next)) return [this.#abbreviation()];
    if (this.#next === 'U') return [this.#nameless()];
    const code = this.#expect(/[a-z][a-zA-Z]/y);
    if (code === 'cv') {
      this.#type();
      return ['operator'];
    }
    const operator = operators[code];
    if (operator === undefined) throw new NotReadable();
    this.#abiTags();
    return [`operator${operator}`];
  }

  get #next(): string {
    return this.#text[this.#at] ?? '';
  }

  #source(): string {
    this.#take(/L/y);
    const length = Number(this.#expect(/\d+/y));
    const name = this.#text.slice(this.#at, this.#at + length);
    if (name.length !== length || length === 0) throw new NotReadable();
    this.#at += length;
    this.#abiTags();
    return name.startsWith('_GLOBAL__N') ? '(anonymous namespace)' : name;
  }

  #abiTags(): void {
    while (this.#take(/B/y) !== '') this.#source();
  }

  /** `St` and its like; references to something earlier begin the names of types only, which are not kept. */
  #abbreviation(): string {
    if (this.#take(/[ST][0-9A-Z]*_/y) !== '') return '';
    const code = this.#expect(/S[tabsiod]/y);
    return abbreviated[code[1]!]!;
  }

  #nameless(): string {
    if (this.#take(/Ut/y) !== '') {
      this.#expect(/\d*_/y);
      return '{unnamed}';
    }
    this.#expect(/Ul/y);
    while (this.#take(/E/y) === '') this.#type();
    this.#expect(/\d*_/y);
    return '{lambda}';
  }

  #templateArguments(): void {
    if (this.#take(/I/y) !== '') this.#arguments();
  }

  #arguments(): void {
    while (this.#take(/E/y) === '') this.#argument();
  }

  #argument(): void {
    if (this.#take(/J/y) !== '') this.#arguments();
    else if (this.#take(/L/y) !== '') this.#literal();
    else this.#type();
  }

  #literal(): void {
    if (this.#take(/_Z/y) !== '') {
      this.name();
      while (this.#take(/E/y) === '') this.#type();
      return;
    }
    this.#type();
    this.#take(/[^E]*/y);
    this.#expect(/E/y);
  }

  #type(): void {
    this.#depth += 1;
    if (this.#depth > deepest || this.#at >= this.#text.length) throw new NotReadable();
    this.#take(/(?:[PROKVrGC]|Dp|Do)*/y);
    if (this.#next === '') throw new NotReadable();
    if (/[0-9NZ]/.test(this.#next) || this.#text.startsWith('St', this.#at)) {
      this.name();
      this.#templateArguments();
    } else if (this.#take(/S[absiod]|[ST][0-9A-Z]*_/y) !== '') this.#templateArguments();
    else if (this.#take(/FY?/y) !== '') while (this.#take(/[RO]?E/y) === '') this.#type();
    else if (this.#take(/A\d*_/y) !== '') this.#type();
    else if (this.#take(/M/y) !== '') {
      this.#type();
      this.#type();
    } else if (this.#next === 'U') this.#nameless();
    else if (this.#take(/u/y) !== '') this.#source();
    else if (this.#take(/D[dfheisunacw]|DF\d+_/y) === '') this.#expect(/[a-z]/y);
    this.#depth -= 1;
  }
}
