/** Makes small BTF sections for tests: types are added one by one, each call gives the new type's id. */

interface Member {
  readonly name: string;
  readonly type: number;
  readonly bit: number;
  /** Above 0 for a bit field. */
  readonly bits?: number;
}

export class BtfBuilder {
  readonly #words: number[] = [];
  #strings = '\0';
  readonly #firstString: number;
  #next: number;

  /** `base`: the end of the ids and of the names that a module's BTF goes on from. */
  constructor(base: { endId: number; stringsLength: number } = { endId: 1, stringsLength: 0 }) {
    this.#next = base.endId;
    this.#firstString = base.stringsLength;
  }

  get endId(): number {
    return this.#next;
  }

  get stringsLength(): number {
    return this.#firstString + this.#strings.length;
  }

  name(text: string): number {
    if (text === '') return 0;
    const at = this.#strings.length;
    this.#strings += `${text}\0`;
    return this.#firstString + at;
  }

  add(kind: number, name: string, sizeOrType: number, extra: readonly number[] = [], vlen = 0, flag = false): number {
    const info = ((flag ? 0x80000000 : 0) | (kind << 24) | vlen) >>> 0;
    this.#words.push(this.name(name), info, sizeOrType >>> 0, ...extra.map((it) => it >>> 0));
    this.#next += 1;
    return this.#next - 1;
  }

  int(
    name: string,
    size: number,
    encoding: 'signed' | 'unsigned' | 'char' | 'bool' = 'signed',
    bits = size * 8,
  ): number {
    const code = { signed: 1, unsigned: 0, char: 2, bool: 4 }[encoding];
    return this.add(1, name, size, [(code << 24) | bits]);
  }

  pointer(target: number): number {
    return this.add(2, '', target);
  }

  array(element: number, count: number): number {
    return this.add(3, '', 0, [element, element, count]);
  }

  struct(name: string, size: number, members: readonly Member[], kind: 4 | 5 = 4): number {
    const hasBits = members.some((it) => (it.bits ?? 0) > 0);
    const extra = members.flatMap(({ name: member, type, bit, bits = 0 }) => [
      this.name(member),
      type,
      hasBits ? (bits << 24) | bit : bit,
    ]);
    return this.add(kind, name, size, extra, members.length, hasBits);
  }

  union(name: string, size: number, members: readonly Member[]): number {
    return this.struct(name, size, members, 5);
  }

  enum(name: string, values: readonly (readonly [string, number])[], isSigned = false): number {
    const extra = values.flatMap(([label, value]) => [this.name(label), value]);
    return this.add(6, name, 4, extra, values.length, isSigned);
  }

  enum64(name: string, values: readonly (readonly [string, bigint])[], isSigned = false): number {
    const extra = values.flatMap(([label, value]) => [
      this.name(label),
      Number(value & 0xffffffffn),
      Number((value >> 32n) & 0xffffffffn),
    ]);
    return this.add(19, name, 8, extra, values.length, isSigned);
  }

  forward(name: string, isUnion = false): number {
    return this.add(7, name, 0, [], 0, isUnion);
  }

  typedef(name: string, target: number): number {
    return this.add(8, name, target);
  }

  const(target: number): number {
    return this.add(10, '', target);
  }

  volatile(target: number): number {
    return this.add(9, '', target);
  }

  tag(name: string, target: number): number {
    return this.add(18, name, target);
  }

  prototype(returns: number, parameters: readonly (readonly [string, number])[], isVariadic = false): number {
    const all = isVariadic ? [...parameters, ['', 0] as const] : parameters;
    const extra = all.flatMap(([name, type]) => [this.name(name), type]);
    return this.add(13, '', returns, extra, all.length);
  }

  function(name: string, returns: number, parameters: readonly (readonly [string, number])[]): number {
    const prototype = this.prototype(returns, parameters);
    return this.add(12, name, prototype, [], 1);
  }

  build(bigEndian = false): Uint8Array {
    const strings = Buffer.from(this.#strings, 'utf8');
    const typesSize = this.#words.length * 4;
    const out = Buffer.alloc(24 + typesSize + strings.length);
    const put = (at: number, value: number): void => {
      if (bigEndian) out.writeUInt32BE(value, at);
      else out.writeUInt32LE(value, at);
    };
    if (bigEndian) out.writeUInt16BE(0xeb9f, 0);
    else out.writeUInt16LE(0xeb9f, 0);
    out[2] = 1;
    [24, 0, typesSize, typesSize, strings.length].forEach((value, index) => {
      put(4 + index * 4, value);
    });
    this.#words.forEach((word, index) => {
      put(24 + index * 4, word);
    });
    strings.copy(out, 24 + typesSize);
    return Uint8Array.from(out);
  }
}

/** Types in the manner of a kernel: `handle(struct request *req, const char *name, ...)` and what it needs. */
export function buildKernelLikeBtf(): BtfBuilder {
  const btf = new BtfBuilder();
  const int = btf.int('int', 4);
  const unsigned = btf.int('unsigned int', 4, 'unsigned');
  const long = btf.int('long int', 8);
  const u64 = btf.int('unsigned long', 8, 'unsigned');
  const char = btf.int('char', 1);
  const byte = btf.int('unsigned char', 1, 'unsigned');
  const bool = btf.int('_Bool', 1, 'bool');
  const text = btf.pointer(btf.const(char));
  const buffer = btf.pointer(char);
  const size = btf.typedef('size_t', u64);
  const kuid = btf.typedef('kuid_t', btf.struct('', 4, [{ name: 'val', type: unsigned, bit: 0 }]));
  const mode = btf.enum(
    'mode',
    [
      ['MODE_OLD', -1],
      ['MODE_NEW', 1],
    ],
    true,
  );
  const qstr = btf.struct('qstr', 16, [
    {
      name: '',
      type: btf.union('', 8, [
        {
          name: '',
          type: btf.struct('', 8, [
            { name: 'hash', type: unsigned, bit: 0 },
            { name: 'len', type: unsigned, bit: 32 },
          ]),
          bit: 0,
        },
        { name: 'hash_len', type: u64, bit: 0 },
      ]),
      bit: 0,
    },
    { name: 'name', type: btf.pointer(btf.const(byte)), bit: 64 },
  ]);
  const dentry = btf.struct('dentry', 192, [
    { name: 'd_flags', type: unsigned, bit: 0 },
    { name: 'd_name', type: qstr, bit: 256 },
  ]);
  const file = btf.struct('file', 232, [
    {
      name: 'f_path',
      type: btf.struct('path', 16, [{ name: 'dentry', type: btf.pointer(dentry), bit: 64 }]),
      bit: 128,
    },
    { name: 'f_uid', type: kuid, bit: 320 },
  ]);
  const handler = btf.pointer(btf.prototype(int, [['data', btf.pointer(0)]]));
  const absent = btf.pointer(btf.forward('absent'));
  const request = btf.struct('request', 160, [
    { name: 'flags', type: unsigned, bit: 0 },
    { name: 'low', type: unsigned, bit: 32, bits: 3 },
    { name: 'wide', type: int, bit: 35, bits: 9 },
    { name: '__data_len', type: unsigned, bit: 64 },
    { name: 'comm', type: btf.array(char, 16), bit: 128 },
    { name: 'sectors', type: btf.array(u64, 4), bit: 256 },
    { name: 'handler', type: handler, bit: 512 },
    { name: 'file', type: btf.pointer(file), bit: 576 },
    { name: 'mode', type: mode, bit: 640 },
    { name: 'done', type: bool, bit: 672 },
    { name: 'parts', type: btf.array(dentry, 2), bit: 704 },
    { name: 'tail', type: btf.array(u64, 0), bit: 1280 },
    { name: 'absent', type: absent, bit: 1216 },
  ]);
  const user = btf.pointer(btf.tag('user', btf.const(char)));
  btf.function('handle', long, [
    ['req', btf.pointer(request)],
    ['name', text],
    ['count', size],
    ['user', user],
    ['buf', buffer],
    ['mode', mode],
    ['seventh', int],
    ['eighth', long],
  ]);
  btf.function('do_sys_openat2', long, [
    ['dfd', int],
    ['filename', text],
    [
      'how',
      btf.pointer(
        btf.struct('open_how', 24, [
          { name: 'flags', type: u64, bit: 0 },
          { name: 'mode', type: u64, bit: 64 },
        ]),
      ),
    ],
  ]);
  btf.function('close_all', 0, []);
  return btf;
}
