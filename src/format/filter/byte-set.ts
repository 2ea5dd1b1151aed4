/** Sets of bytes, and the bracket expressions of POSIX regular expressions (`[^a-z[:digit:]]`, `C` locale). */

/** 256 flags. */
export type ByteSet = Uint8Array;

/** A set of the bytes that `holds` accepts. */
function setOf(holds: (character: string, byte: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, byte) => (holds(String.fromCharCode(byte), byte) ? 1 : 0));
}

export function singleByte(byte: number): ByteSet {
  return setOf((_, candidate) => candidate === byte);
}

const shorthands = {
  any: setOf((_, byte) => byte !== 0),
  w: setOf((character) => /[A-Za-z0-9_]/.test(character)),
  W: setOf((character) => !/[A-Za-z0-9_]/.test(character)),
  s: setOf((character) => /[ \t-\r]/.test(character)),
  S: setOf((character) => !/[ \t-\r]/.test(character)),
};

/** The set of `.` (any) or of `\w \W \s \S`. */
export function setOfClass(name: keyof typeof shorthands): ByteSet {
  return shorthands[name];
}

const namedClasses: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /\d/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t-\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[\0-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** `set` with the other case of its letters. */
export function caseless(set: ByteSet): ByteSet {
  const both = set.slice();
  for (let upper = 0x41; upper <= 0x5a; upper += 1) {
    const either = set[upper]! | set[upper + 0x20]!;
    both[upper] = either;
    both[upper + 0x20] = either;
  }
  return both;
}

/** The set of the bracket expression at `start` and where it ends, or what is wrong with it. */
export function readBracket(bytes: Uint8Array, start: number): { set: ByteSet; end: number } | string {
  const text = Buffer.from(bytes).toString('latin1');
  const set = new Uint8Array(256);
  let at = start + 1;
  const isInverted = text[at] === '^';
  if (isInverted) at += 1;
  for (const first = at; at < text.length; ) {
    if (text[at] === ']' && at > first) {
      // An inverted set is inverted after both cases of its letters are in it.
      const whole = isInverted ? caseless(set).map((flag) => 1 - flag) : set;
      return { set: whole, end: at + 1 };
    }
    const named = text[at] === '[' && text[at + 1] === ':' ? /^\[:([a-z]{1,8}):\]/.exec(text.slice(at, at + 12)) : null;
    if (named !== null) {
      const pattern = namedClasses[named[1]!];
      if (pattern === undefined) return `there is no class ${named[0]}`;
      for (let byte = 0; byte < 256; byte += 1) if (pattern.test(String.fromCharCode(byte))) set[byte] = 1;
      at += named[0].length;
      continue;
    }
    if (text[at] === '[' && /[.=]/.test(text[at + 1] ?? '')) return 'collating elements are not supported';
    const isRange = text[at + 1] === '-' && at + 2 < text.length && text[at + 2] !== ']';
    const [low, high] = [bytes[at]!, bytes[isRange ? at + 2 : at]!];
    if (low > high) return 'a range of this set runs backwards';
    set.fill(1, low, high + 1);
    at += isRange ? 3 : 1;
  }
  return 'the closing ] is missing';
}
