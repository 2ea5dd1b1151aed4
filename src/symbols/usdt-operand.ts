/**
 * Operands of static probes as the assembler wrote them (sys/sdt.h of SystemTap): `-4@%edi`, `8@-8(%rbp)`, `4@$5`,
 * `-4@stock(%rip)`, `8@[sp, 16]`. Each becomes a place that fetch args can name, or a sentence why not.
 */

import { inMemory, inRegister, type Place } from './c-types/fetch-place.ts';
import type { ElfMachine } from './elf-layout.ts';

export interface UsdtOperand {
  /** As it is in the note: `-4@%edi`. */
  readonly text: string;
  /** Bytes. */
  readonly size: number;
  readonly isSigned: boolean;
  readonly isFloat: boolean;
  readonly place: Place;
  /** Registers that an address which cannot be read is made of: `['%di', '%cx']`. */
  readonly parts: readonly string[];
}

/** What symbols in operands stand for. */
interface OperandContext {
  readonly machine: ElfMachine;
  /** Virtual address of a symbol of the file. */
  readonly addressOf: (symbol: string) => number | undefined;
  /** The place of static data at an address. */
  readonly placeOfData: (address: number) => Place;
}

const mostOperands = 128;
const longestText = 16_384;

/** The operands of a note's argument text. Blanks inside of brackets belong to an operand. */
export function parseUsdtOperands(text: string, context: OperandContext): UsdtOperand[] {
  return splitOperands(text.slice(0, longestText)).map((word) => parseUsdtOperand(word, context));
}

function splitOperands(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let isInside = false;
  for (const character of `${text} `) {
    if (character === '[' || character === '(') isInside = true;
    if (character === ']' || character === ')') isInside = false;
    if (isInside || !/\s/.test(character)) {
      word += character;
    } else {
      if (word !== '' && words.length < mostOperands) words.push(word);
      word = '';
    }
  }
  if (word.trim() !== '' && words.length < mostOperands) words.push(word.trim());
  return words;
}

const sizes = new Set([1, 2, 4, 8]);

/** Never throws: what is not understood is `nowhere`, with the reason. */
export function parseUsdtOperand(text: string, context: OperandContext): UsdtOperand {
  const found = /^(-)?(\d{1,2})(f)?@(.*)$/s.exec(text);
  const operand = found?.[4] ?? text;
  const place = placeOf(operand, context);
  const word = context.machine === 'i386' || context.machine === 'arm' ? 4 : 8;
  const size = found === null ? (place.registerSize ?? word) : Number(found[2]);
  const isKnown = sizes.has(size);
  const why = `its size of ${size} bytes is none that a field has`;
  return {
    text,
    size: isKnown ? size : word,
    isSigned: found?.[1] === '-',
    isFloat: found?.[3] === 'f',
    place: isKnown ? place.place : { kind: 'nowhere', why },
    parts: place.parts ?? [],
  };
}

interface FoundPlace {
  readonly place: Place;
  readonly registerSize?: number;
  readonly parts?: readonly string[];
}

function placeOf(operand: string, context: OperandContext): FoundPlace {
  switch (context.machine) {
    case 'x86-64':
    case 'i386':
      return placeOnX86(operand, context);
    case 'aarch64':
      return placeOnAarch64(operand, context);
    default:
      return nowhere(`operands of ${context.machine} are not known here`);
  }
}

function nowhere(why: string, parts: readonly string[] = []): FoundPlace {
  return { place: { kind: 'nowhere', why }, parts };
}

const legacy = ['ax', 'bx', 'cx', 'dx', 'si', 'di', 'bp', 'sp'];

/** All names of the general registers with the kernel's name, their size, and their lowest bit. */
const x86Registers = new Map<string, { readonly name: string; readonly size: number; readonly bit: number }>([
  ...legacy.flatMap((name) => {
    const register = (size: number) => ({ name: `%${name}`, size, bit: 0 });
    const low = name.endsWith('x') ? `${name[0]}l` : `${name}l`;
    const all = [[`r${name}`, register(8)] as const, [`e${name}`, register(4)] as const, [name, register(2)] as const];
    return [...all, [low, register(1)] as const];
  }),
  ...['a', 'b', 'c', 'd'].map((it) => [`${it}h`, { name: `%${it}x`, size: 1, bit: 8 }] as const),
  ...Array.from({ length: 8 }, (_, index) => `r${index + 8}`).flatMap((name) =>
    (['', 'd', 'w', 'b', 'l'] as const).map(
      (suffix) =>
        [name + suffix, { name: `%${name}`, size: { '': 8, d: 4, w: 2, b: 1, l: 1 }[suffix], bit: 0 }] as const,
    ),
  ),
]);

const x86Memory = /^([^()%]*)\((?:%([a-z0-9]+))?(?:,\s*%([a-z0-9]+)(?:,\s*(\d+))?)?\)$/;

function placeOnX86(operand: string, context: OperandContext): FoundPlace {
  if (operand.startsWith('%') && !/[:(]/.test(operand)) return inX86Register(operand.slice(1));
  if (operand.startsWith('$')) return immediate(operand.slice(1), context);
  if (/^%[cdefgs]s:/.test(operand)) return nowhere('it is thread-local, which probes cannot reach');
  const memory = x86Memory.exec(operand);
  if (memory === null) return operand === '' ? nowhere('it is empty') : atSymbol(operand, context);
  const [, displacement = '', base, index, scale = '1'] = memory;
  if (base === 'rip' || base === 'eip') return atSymbol(displacement, context);
  return memoryOnX86(displacement, base, index, Number(scale), context);
}

function inX86Register(name: string): FoundPlace {
  const register = x86Registers.get(name);
  if (register === undefined) {
    const isVector = /^(?:[xyz]mm\d+|st|mm\d)/.test(name);
    return nowhere(isVector ? 'it is in a floating point or vector register' : `there is no register '%${name}'`);
  }
  const place = inRegister(register.name);
  return {
    place: register.bit === 0 || place.kind !== 'registers' ? place : { ...place, bit: register.bit },
    registerSize: register.size,
  };
}

function memoryOnX86(
  displacement: string,
  base: string | undefined,
  index: string | undefined,
  scale: number,
  context: OperandContext,
): FoundPlace {
  const offset = offsetOf(displacement, context);
  if (offset === undefined) return nowhere(`the file does not tell where '${displacement}' is`);
  const only = base === undefined && scale === 1 ? index : base;
  const register = only === undefined ? undefined : x86Registers.get(only);
  const isSum = index !== undefined && only !== index;
  if (isSum) {
    const parts = [base, index].flatMap((it) => (it === undefined ? [] : (x86Registers.get(it)?.name ?? [])));
    return nowhere('its address is the sum of two registers or a product, and a fetch arg reads one', parts);
  }
  if (register === undefined) return nowhere(`there is no register '%${only}' to find it by`);
  return { place: inMemory(register.name, offset) };
}

const number = /^[+-]?(?:0x[0-9a-fA-F]+|\d+)$/;

function parseNumber(text: string): number | undefined {
  if (!number.test(text)) return undefined;
  const isNegative = text.startsWith('-');
  const value = Number(text.replace(/^[+-]/, ''));
  return Number.isSafeInteger(value) ? (isNegative ? -value : value) : undefined;
}

/** `8`, `-0x10`, `symbol`, `symbol+8`, `8+symbol`, `4+8+symbol-4`. */
function sumOf(text: string, { addressOf }: OperandContext): { sum: number; hasSymbol: boolean } | undefined {
  let sum = 0;
  let hasSymbol = false;
  for (const term of text.replace(/\s+/g, '').match(/[+-]?[^+-]+/g) ?? []) {
    const value = parseNumber(term);
    const address =
      value ?? (term.startsWith('-') ? undefined : addressOf(term.replace(/^\+/, '').replace(/@.*$/, '')));
    if (address === undefined) return undefined;
    hasSymbol ||= value === undefined;
    sum += address;
  }
  return { sum, hasSymbol };
}

function offsetOf(displacement: string, context: OperandContext): number | undefined {
  if (displacement === '') return 0;
  const found = sumOf(displacement, context);
  // A symbol as a displacement is an array's address in a program at fixed addresses.
  return found === undefined || Math.abs(found.sum) > 2 ** 31 ? undefined : found.sum;
}

function atSymbol(text: string, context: OperandContext): FoundPlace {
  const found = sumOf(text, context);
  if (found === undefined) return nowhere(`the file does not tell where '${text}' is: its symbols were stripped`);
  return { place: context.placeOfData(found.sum) };
}

function immediate(text: string, context: OperandContext): FoundPlace {
  const value = parseNumber(text) ?? sumOf(text, context)?.sum;
  return value === undefined ? nowhere(`'${text}' is no number`) : { place: inRegister(`\\${value}`) };
}

const aarch64Memory = /^\[\s*([a-z0-9]+)\s*(?:,\s*(.*?))?\s*\]$/;

function placeOnAarch64(operand: string, context: OperandContext): FoundPlace {
  const memory = aarch64Memory.exec(operand);
  if (memory === null) {
    const text = operand.replace(/^#/, '');
    return parseNumber(text) === undefined && !/^#/.test(operand)
      ? inAarch64Register(operand, context)
      : immediate(text, context);
  }
  const [, base = '', behind] = memory;
  const register = aarch64Name(base, true);
  if (register === undefined) return nowhere(`there is no register '${base}' to find it by`);
  if (behind === undefined || behind === '') return { place: inMemory(register.name, 0) };
  const offset = parseNumber(behind.replace(/^#/, '').replace(/^:lo12:/, ''));
  if (offset !== undefined) return { place: inMemory(register.name, offset) };
  const index = aarch64Name(/^[a-z0-9]+/.exec(behind)?.[0] ?? '', true);
  if (index === undefined) return nowhere(`the offset '${behind}' is not understood`);
  return nowhere('its address is the sum of two registers, and a fetch arg reads one', [register.name, index.name]);
}

function inAarch64Register(operand: string, context: OperandContext): FoundPlace {
  const register = aarch64Name(operand, false);
  if (register !== undefined) return { place: inRegister(register.name), registerSize: register.size };
  if (/^[bhsdqv]\d+/.test(operand)) return nowhere('it is in a floating point or vector register');
  return operand === '' ? nowhere('it is empty') : atSymbol(operand, context);
}

/** In addresses number 31 is the stack pointer. */
function aarch64Name(name: string, isAddress: boolean): { name: string; size: number } | undefined {
  if (name === 'sp' || (isAddress && name === 'x31')) return { name: '%sp', size: 8 };
  if (name === 'lr') return { name: '%x30', size: 8 };
  if (name === 'fp') return { name: '%x29', size: 8 };
  const found = /^([xw])(\d{1,2})$/.exec(name);
  if (found === null || Number(found[2]) > 30) return undefined;
  return { name: `%x${Number(found[2])}`, size: found[1] === 'x' ? 8 : 4 };
}
