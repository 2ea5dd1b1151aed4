/** C types by their names, as they stand in casts and sizeof. */

/** An integer type: what a value of it is cut to. */
export interface IntegerType {
  readonly bits: 8 | 16 | 32 | 64;
  readonly isSigned: boolean;
}

const shapes: readonly (readonly [RegExp, 8 | 16 | 32 | 64, boolean])[] = [
  [/^(?:signed )?char$|^_*s8$|^int8_t$/, 8, true],
  [/^unsigned char$|^_*u8$|^uint8_t$|^u_?char$|^_?[Bb]ool$/, 8, false],
  [/^(?:signed )?short(?: int)?$|^_*s16$|^int16_t$/, 16, true],
  [/^(?:unsigned short|short unsigned)(?: int)?$|^_*u16$|^uint16_t$|^u_?short$|^umode_t$|^__[bl]e16$/, 16, false],
  [/^(?:signed )?int$|^signed$|^_*s32$|^int32_t$|^pid_t$|^__kernel_rwf_t$/, 32, true],
  [
    /^unsigned(?: int)?$|^_*u32$|^uint32_t$|^u_?int$|^gfp_t$|^dev_t$|^[ug]id_t$|^fmode_t$|^__[bl]e32$|^enum /,
    32,
    false,
  ],
  [/^(?:signed )?long long(?: int)?$|^long long signed int$|^_*s64$|^int64_t$|^loff_t$|^ktime_t$/, 64, true],
  [
    /^unsigned long long(?: int)?$|^long long unsigned int$|^_*u64$|^uint64_t$|^sector_t$|^blkcnt_t$|^__[bl]e64$/,
    64,
    false,
  ],
];

/** The integer type of that name; undefined for one that is not known, a structure too. */
export function integerTypeOf(name: string, longSize: 4 | 8): IntegerType | undefined {
  const plain = name
    .replace(/\b(?:const|volatile|__force|__user|__bitwise)\b/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  const longBits = longSize === 8 ? 64 : 32;
  if (/\*$|^uintptr_t$/.test(plain)) return { bits: longBits, isSigned: false };
  if (/^(?:signed )?long(?: int)?$|^ssize_t$|^ptrdiff_t$|^off_t$/.test(plain))
    return { bits: longBits, isSigned: true };
  if (/^(?:unsigned long|long unsigned)(?: int)?$|^size_t$|^u_?long$/.test(plain))
    return { bits: longBits, isSigned: false };
  const shape = shapes.find(([pattern]) => pattern.test(plain));
  return shape && { bits: shape[1], isSigned: shape[2] };
}

/** Whether words in brackets before a sign are a cast: `(u32)-1` and not `(x) - 1`. */
export function looksLikeType(words: readonly string[]): boolean {
  const name = words.join(' ');
  return words.at(-1) === '*' || words[0] === 'struct' || integerTypeOf(name, 8) !== undefined;
}
