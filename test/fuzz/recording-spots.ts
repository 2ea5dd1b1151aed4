/**
 * Where the numbers of a trace.dat are that everything else hangs on: sizes, offsets, counts, ids, commit and event words.
 * Only whole files are walked, so nothing here is held against anything.
 */

export interface Spot {
  readonly at: number;
  readonly size: 1 | 2 | 4 | 8;
  readonly what: string;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Anatomy {
  readonly littleEndian: boolean;
  readonly spots: readonly Spot[];
  /** Texts of formats, kallsyms and the like that are not compressed. */
  readonly texts: readonly Range[];
  /** Options and sections, headers included: what can be left out, doubled or put elsewhere. */
  readonly blocks: readonly Range[];
}

const textIds: ReadonlySet<number> = new Set([16, 17, 18, 19, 20, 21]);

export function dissectRecording(bytes: Uint8Array): Anatomy {
  return new Dissection(bytes).run();
}

class Dissection {
  readonly #bytes: Buffer;
  readonly #spots: Spot[] = [];
  readonly #texts: Range[] = [];
  readonly #blocks: Range[] = [];
  #littleEndian = true;
  #pageSize = 0;
  #at = 10;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
  }

  run(): Anatomy {
    const version = this.#name();
    this.#littleEndian = this.#number(1, 'byte order') === 0;
    this.#number(1, 'size of a long');
    this.#pageSize = this.#number(4, 'size of a sub-buffer');
    if (version === '6') this.#version6();
    else this.#version7();
    return { littleEndian: this.#littleEndian, spots: this.#spots, texts: this.#texts, blocks: this.#blocks };
  }

  #version6(): void {
    this.#headers();
    this.#formats(false);
    this.#formats(true);
    for (const size of [4, 4, 8] as const) this.#text(size);
    const cpus = this.#number(4, 'CPU count');
    let hasClock = false;
    const places: number[] = [];
    if (this.#bytes.toString('latin1', this.#at, this.#at + 7) === 'options') {
      this.#at += 10;
      for (let id = this.#number(2, 'option'); id !== 0; id = this.#number(2, 'option')) {
        const from = this.#at - 2;
        const size = this.#number(4, 'size of an option');
        hasClock ||= id === 4;
        if (id === 3) places.push(this.#peek(this.#at, 8));
        this.#payload(size);
        this.#blocks.push({ from, to: this.#at });
      }
    }
    if (this.#bytes.toString('latin1', this.#at, this.#at + 9) !== 'flyrecord') return;
    for (const at of [this.#at, ...places]) {
      this.#at = at + 10;
      for (let cpu = 0; cpu < cpus; cpu += 1) {
        const from = this.#at;
        const offset = this.#number(8, 'offset of a CPU');
        const size = this.#number(8, 'size of a CPU');
        this.#blocks.push({ from, to: this.#at });
        this.#pages(offset, size);
      }
      if (hasClock) this.#text(8);
    }
  }

  #version7(): void {
    this.#name();
    this.#name();
    let next = this.#number(8, 'offset of the options');
    const end = this.#at;
    while (next !== 0) {
      this.#at = next;
      next = this.#options();
    }
    for (this.#at = end; this.#at + 16 <= this.#bytes.length; ) this.#section();
  }

  /** One section by its header; its body is walked where it is no options and not compressed. */
  #section(): void {
    const from = this.#at;
    const id = this.#number(2, 'section');
    const isCompressed = this.#number(2, 'flags of a section') === 1;
    this.#number(4, 'name of a section');
    const size = this.#number(8, 'size of a section');
    const to = this.#at + size;
    this.#blocks.push({ from, to });
    if (isCompressed) {
      this.#number(4, 'compressed size');
      this.#number(4, 'size when unpacked');
    } else if (id === 16) this.#headers();
    else if (id === 17 || id === 18) this.#formats(id === 18);
    else if (textIds.has(id)) this.#text(id === 21 ? 8 : 4);
    this.#at = to;
  }

  #options(): number {
    const end = this.#peek(this.#at + 8, 8) + this.#at + 16;
    this.#at += 16;
    while (this.#at + 6 <= end) {
      const from = this.#at;
      const id = this.#number(2, 'option');
      const size = this.#number(4, 'size of an option');
      if (id === 0) return this.#number(8, 'offset of the next options');
      const start = this.#at;
      if (id === 3) this.#bufferOption();
      this.#at = start;
      this.#payload(size);
      this.#blocks.push({ from, to: this.#at });
    }
    return 0;
  }

  #bufferOption(): void {
    const section = this.#number(8, 'offset of a buffer');
    const isCompressed = this.#peek(section + 2, 2) === 1;
    this.#name();
    this.#name();
    this.#number(4, 'size of a sub-buffer');
    const cpus = this.#number(4, 'CPU count');
    for (let cpu = 0; cpu < cpus; cpu += 1) {
      this.#number(4, 'CPU');
      const offset = this.#number(8, 'offset of a CPU');
      const size = this.#number(8, 'size of a CPU');
      const behind = this.#at;
      if (isCompressed) this.#chunks(offset);
      else this.#pages(offset, size);
      this.#at = behind;
    }
  }

  #chunks(offset: number): void {
    this.#at = offset;
    const count = this.#number(4, 'count of chunks');
    for (let chunk = 0; chunk < count; chunk += 1) {
      const compressed = this.#number(4, 'compressed size');
      this.#number(4, 'size when unpacked');
      this.#at += compressed;
    }
  }

  #pages(offset: number, size: number): void {
    const end = offset + size;
    for (let page = offset; page < end; page += this.#pageSize) {
      this.#spots.push({ at: page, size: 8, what: 'stamp' }, { at: page + 8, size: 8, what: 'commit' });
      const used = this.#peek(page + 8, 8) & 0xffffff;
      for (let at = page + 16; at + 4 <= page + 16 + used; ) at = this.#event(at);
    }
  }

  #event(at: number): number {
    const word = this.#peek(at, 4);
    const type = this.#littleEndian ? word & 31 : word >>> 27;
    this.#spots.push({ at, size: 4, what: 'event word' }, { at: at + 4, size: 2, what: 'event id' });
    const isRecord = type > 0 && type < 29;
    const length = isRecord ? type * 4 : 4;
    // Any word of a record may be a data_loc.
    for (let word = 12; word < Math.min(length, 64); word += 4) {
      this.#spots.push({ at: at + word, size: 4, what: 'word of a record' });
    }
    if (isRecord) return at + 4 + length;
    return type > 29 ? at + 8 : at + 4 + Math.max(Math.ceil(this.#peek(at + 4, 4) / 4) * 4, 4);
  }

  #headers(): void {
    for (const tag of ['header_page', 'header_event']) {
      this.#at += tag.length + 1;
      this.#text(8);
    }
  }

  #formats(bySystem: boolean): void {
    const systems = bySystem ? this.#number(4, 'count of systems') : 1;
    for (let system = 0; system < systems; system += 1) {
      if (bySystem) this.#name();
      const count = this.#number(4, 'count of formats');
      for (let index = 0; index < count; index += 1) this.#text(8);
    }
  }

  #text(sizeBytes: 4 | 8): void {
    const size = this.#number(sizeBytes, 'size of a text');
    this.#texts.push({ from: this.#at, to: this.#at + size });
    this.#at += size;
  }

  #payload(size: number): void {
    for (let at = 0; at + 4 <= Math.min(size, 256); at += 4) {
      this.#spots.push({ at: this.#at + at, size: 4, what: 'word of an option' });
    }
    this.#at += size;
  }

  #name(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    const name = this.#bytes.toString('latin1', this.#at, end);
    this.#texts.push({ from: this.#at, to: end + 1 });
    this.#at = end + 1;
    return name;
  }

  #number(size: 1 | 2 | 4 | 8, what: string): number {
    this.#spots.push({ at: this.#at, size, what });
    this.#at += size;
    return this.#peek(this.#at - size, size);
  }

  #peek(at: number, size: 1 | 2 | 4 | 8): number {
    if (size === 8)
      return Number(this.#littleEndian ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at));
    return this.#littleEndian ? this.#bytes.readUIntLE(at, size) : this.#bytes.readUIntBE(at, size);
  }
}
