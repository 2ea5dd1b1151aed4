/**
 * Lengths of x86-64 and i386 instructions, to know where instructions start: a uprobe in the middle of one kills the
 * traced process. Mirrors the opcode maps of the Intel SDM, volume 2, appendix A; nothing else is decoded.
 */

/**
 * What follows each opcode. `.` nothing, `m` ModRM, `b` imm8, `w` imm16, `e` imm16 and imm8, `z` imm16/32,
 * `v` imm16/32/64 (mov), `j` rel16/32, `o` memory offset, `f` far pointer, `M` ModRM and imm8, `Z` ModRM and imm16/32,
 * `g` and `G` group 3 (ModRM, and an immediate for its `test`), `c` ModRM that names registers only, `x` no instruction.
 */
const oneByteMap64 = [
  'mmmmbzxxmmmmbzx0', // 00
  'mmmmbzxxmmmmbzxx',
  'mmmmbzpxmmmmbzpx',
  'mmmmbzpxmmmmbzpx',
  'pppppppppppppppp', // 40: REX
  '................',
  'xx0mppppzZbM....', // 60
  'bbbbbbbbbbbbbbbb',
  'MZxMmmmmmmmmmmmm', // 80
  '..........x.....',
  'oooo....bz......', // a0
  'bbbbbbbbvvvvvvvv',
  'MMw.00MZe.w..bx.', // c0
  'mmmmxxx.mmmmmmmm',
  'bbbbbbbbjjxb....', // e0
  'p.pp..gG......mm',
].join('');

/** What differs in 32-bit code. */
const changedIn32: Readonly<Record<number, string>> = {
  ...Object.fromEntries(
    [0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f, 0xce].map((op) => [op, '.']),
  ),
  ...Object.fromEntries(Array.from({ length: 16 }, (_, index) => [0x40 + index, '.'])),
  96: '.', // pusha
  97: '.', // popa
  130: 'M',
  154: 'f',
  212: 'b',
  213: 'b',
  214: '.',
  234: 'f',
};
const oneByteMap32 = Array.from(oneByteMap64, (kind, op) => changedIn32[op] ?? kind).join('');

const twoByteMap = [
  'mmmmx.....x.xm.M', // 0f 00
  'mmmmmmmmmmmmmmmm',
  'ccccxxxxmmmmmmmm',
  '......x.0x0xxxxx',
  'mmmmmmmmmmmmmmmm', // 0f 40
  'mmmmmmmmmmmmmmmm',
  'mmmmmmmmmmmmmmmm',
  'MMMMmmm.mmxxmmmm',
  'jjjjjjjjjjjjjjjj', // 0f 80
  'mmmmmmmmmmmmmmmm',
  '...mMmmm...mMmmm',
  'mmmmmmmmmmMmmmmm',
  'mmMmMMMm........', // 0f c0
  'mmmmmmmmmmmmmmmm',
  'mmmmmmmmmmmmmmmm',
  'mmmmmmmmmmmmmmmm',
].join('');

export type X86Mode = 64 | 32;

const longestInstruction = 15;

/** What the prefixes before an opcode said. */
interface Prefixes {
  /** Bytes taken so far, prefixes and opcode. */
  length: number;
  operand16: boolean;
  shortAddress: boolean;
  wide: boolean;
  /** f2 or f3, 0 when there is none. */
  repeat: number;
}

/** Length in bytes of the instruction at `at`; 0 when there is none, or its end is not in `code`. */
export function x86InstructionLength(code: Uint8Array, at: number, mode: X86Mode = 64): number {
  const prefixes = readPrefixes(code, at, mode);
  const length = bodyLength(code, at + prefixes.length, mode, prefixes);
  if (length === 0) return 0;
  const total = prefixes.length + length;
  return total > longestInstruction || at + total > code.length ? 0 : total;
}

function readPrefixes(code: Uint8Array, at: number, mode: X86Mode): Prefixes {
  const prefixes: Prefixes = { length: 0, operand16: false, shortAddress: false, wide: false, repeat: 0 };
  for (; prefixes.length < longestInstruction; prefixes.length += 1) {
    const byte = code[at + prefixes.length] ?? 0;
    const isRex = mode === 64 && (byte & 0xf0) === 0x40;
    if (!isRex && oneByteMap32[byte] !== 'p') break;
    if (byte === 0x66) prefixes.operand16 = true;
    else if (byte === 0x67) prefixes.shortAddress = true;
    else if (byte === 0xf2 || byte === 0xf3) prefixes.repeat = byte;
    // A REX prefix counts only right before the opcode.
    prefixes.wide = isRex && (byte & 8) !== 0;
  }
  return prefixes;
}

/** Length from the opcode on. */
function bodyLength(code: Uint8Array, at: number, mode: X86Mode, prefixes: Prefixes): number {
  const opcode = code[at];
  const next = code[at + 1] ?? 0;
  if (opcode === undefined) return 0;
  if (opcode === 0x0f) return escapedLength(code, at, mode, prefixes);
  // In 32-bit code c4, c5 and 62 are les, lds and bound when their ModRM names memory.
  const isVector = mode === 64 || next >= 0xc0;
  if (opcode === 0xc5) return isVector ? plus(2, vectorLength(code, at + 2, 1, mode, prefixes)) : memoryOnly();
  if (opcode === 0xc4)
    return isVector ? plus(3, vectorLength(code, at + 3, next & 0x1f, mode, prefixes)) : memoryOnly();
  if (opcode === 0x62) return isVector ? plus(4, vectorLength(code, at + 4, next & 7, mode, prefixes)) : memoryOnly();
  if (opcode === 0x8f && (next & 0x1f) >= 8) return plus(3, xopLength(code, at + 3, next & 0x1f, mode, prefixes));
  const map = mode === 64 ? oneByteMap64 : oneByteMap32;
  return plus(1, operandLength(map[opcode]!, code, at + 1, mode, prefixes));

  function memoryOnly(): number {
    return plus(1, operandLength('m', code, at + 1, mode, prefixes));
  }
}

/** 0 (no instruction) stays 0 when `before` bytes come in front; operandLength says -1 for that, as it can be empty. */
function plus(before: number, length: number): number {
  return length < 0 ? 0 : before + length;
}

function escapedLength(code: Uint8Array, at: number, mode: X86Mode, prefixes: Prefixes): number {
  const opcode = code[at + 1];
  if (opcode === undefined) return 0;
  if (opcode === 0x38) return plus(3, operandLength('m', code, at + 3, mode, prefixes));
  if (opcode === 0x3a) return plus(3, operandLength('M', code, at + 3, mode, prefixes));
  const length = plus(2, operandLength(twoByteMap[opcode]!, code, at + 2, mode, prefixes));
  // SSE4a extrq and insertq carry two immediates.
  const isBitField = opcode === 0x78 && length > 0 && (prefixes.operand16 || prefixes.repeat === 0xf2);
  return isBitField ? length + 2 : length;
}

/** The rest of a VEX or EVEX instruction whose opcode of `map` is at `at`; the opcode counts too. */
function vectorLength(code: Uint8Array, at: number, map: number, mode: X86Mode, prefixes: Prefixes): number {
  const opcode = code[at];
  if (opcode === undefined || map === 0) return -1;
  const plain = twoByteMap[opcode]!;
  const kind = map === 3 ? 'M' : map !== 1 || plain === 'c' ? 'm' : plain;
  const length = operandLength(kind, code, at + 1, mode, prefixes);
  return length < 0 ? length : 1 + length;
}

/** AMD's XOP maps: 8 has an imm8, 9 none, 10 an imm32. */
function xopLength(code: Uint8Array, at: number, map: number, mode: X86Mode, prefixes: Prefixes): number {
  const length = operandLength('m', code, at + 1, mode, prefixes);
  if (length < 0 || map > 10) return -1;
  return 1 + length + (map === 8 ? 1 : map === 10 ? 4 : 0);
}

/** Length of ModRM, SIB, displacement and immediates; -1 when `kind` is no instruction. */
function operandLength(kind: string, code: Uint8Array, at: number, mode: X86Mode, prefixes: Prefixes): number {
  const immediate = prefixes.operand16 && !prefixes.wide ? 2 : 4;
  switch (kind) {
    case '.':
      return 0;
    case 'b':
      return 1;
    case 'w':
      return 2;
    case 'e':
      return 3;
    case 'z':
      return immediate;
    case 'v':
      return prefixes.wide ? 8 : immediate;
    case 'j':
      // 64-bit processors of Intel ignore the operand-size prefix on near branches.
      return mode === 64 ? 4 : immediate;
    case 'o':
      return mode / 8 / (prefixes.shortAddress ? 2 : 1);
    case 'f':
      return immediate + 2;
    case 'c':
      return 1;
    case 'm':
    case 'M':
    case 'Z':
    case 'g':
    case 'G':
      return modRmLength(code, at, mode, prefixes) + immediateAfterModRm(kind, code[at] ?? 0, immediate);
    default:
      return -1;
  }
}

function immediateAfterModRm(kind: string, modRm: number, immediate: number): number {
  const isTest = (modRm & 0x38) <= 8;
  if (kind === 'M' || (kind === 'g' && isTest)) return 1;
  return kind === 'Z' || (kind === 'G' && isTest) ? immediate : 0;
}

/** ModRM with the SIB and displacement that it asks for. */
function modRmLength(code: Uint8Array, at: number, mode: X86Mode, prefixes: Prefixes): number {
  const modRm = code[at] ?? 0;
  const mod = modRm >> 6;
  const rm = modRm & 7;
  if (mod === 3) return 1;
  if (mode === 32 && prefixes.shortAddress) return mod === 1 ? 2 : mod === 2 || rm === 6 ? 3 : 1;
  const sib = rm === 4 ? 1 : 0;
  const base = sib === 1 ? (code[at + 1] ?? 0) & 7 : rm;
  const displacement = mod === 1 ? 1 : mod === 2 || base === 5 ? 4 : 0;
  return 1 + sib + displacement;
}
