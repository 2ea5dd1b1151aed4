/**
 * Where a variable is, from its location expression (DWARF 5, section 2.6), as a place that fetch args can name. What
 * they cannot (values worked out from several registers, parts in several places) is said in a sentence.
 */

import { inMemory, inRegister, type Place } from '../c-types/fetch-place.ts';
import type { ElfMachine } from '../elf-layout.ts';
import type { FrameAddress } from './call-frame.ts';
import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';

export interface LocationContext {
  readonly machine: ElfMachine;
  readonly littleEndian: boolean;
  readonly addressSize: number;
  readonly offsetSize: 4 | 8;
  /** The function's DW_AT_frame_base. */
  readonly frameBase: Uint8Array | undefined;
  /** The canonical frame address where the probe is. */
  readonly frameAddress: () => FrameAddress | undefined;
  /** Whether the probe is at the first instruction: there values at the entry are still in their registers. */
  readonly isAtEntry: boolean;
  /** The number behind `@+` for static data; undefined when the file does not hold it. */
  readonly fileOffset: (address: number) => number | undefined;
  /** The kernel counts `@+OFFSET` twice: see UserProbePlace. */
  readonly doublesFileOffsets: boolean;
  readonly indexedAddress: (index: number) => number | undefined;
}

const x86Registers = [
  ...['%ax', '%dx', '%cx', '%bx', '%si', '%di', '%bp', '%sp'],
  ...['%r8', '%r9', '%r10', '%r11', '%r12', '%r13', '%r14', '%r15'],
];
const i386Registers = ['%ax', '%cx', '%dx', '%bx', '%sp', '%bp', '%si', '%di'];
const aarch64Registers = [...Array.from({ length: 31 }, (_, number) => `%x${number}`), '%sp'];

/** The kernel's name of DWARF's register `number`; undefined for one that probes cannot read. */
export function registerName(machine: ElfMachine, number: number): string | undefined {
  if (machine === 'x86-64') return x86Registers[number];
  if (machine === 'i386') return i386Registers[number];
  return machine === 'aarch64' ? aarch64Registers[number] : undefined;
}

function nowhere(why: string): Place {
  return { kind: 'nowhere', why };
}

/** What is on top of the expression's stack, still in the form of a fetch arg. */
type Operand =
  | { readonly kind: 'sum'; readonly base: string; readonly offset: number }
  | { readonly kind: 'address'; readonly address: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'entry'; readonly register: number };

const mostOperations = 1000;
const opNames: Readonly<Record<number, string>> = {
  224: 'thread-local',
  155: 'thread-local',
  242: 'behind a pointer that was optimised away',
  160: 'behind a pointer that was optimised away',
};

/** Never throws: damage is a `nowhere` as well. */
export function evaluateLocation(expression: Uint8Array, context: LocationContext): Place {
  if (expression.length === 0) return nowhere('it was optimised away here');
  try {
    return new LocationMachine(new DwarfCursor(expression, context.littleEndian), context).run();
  } catch (cause) {
    if (!(cause instanceof DwarfDamage)) throw cause;
    return nowhere(`its location cannot be read: ${cause.message}`);
  }
}

class LocationMachine {
  readonly #cursor: DwarfCursor;
  readonly #context: LocationContext;
  #stack: Operand[] = [];
  /** Parts in registers, when the value is made of several. */
  readonly #pieces: string[] = [];
  #done: Place | undefined;

  constructor(cursor: DwarfCursor, context: LocationContext) {
    this.#cursor = cursor;
    this.#context = context;
  }

  run(): Place {
    let count = 0;
    while (this.#cursor.at < this.#cursor.end) {
      count += 1;
      if (count > mostOperations) throw new DwarfDamage('it never ends');
      const failed = this.#step(this.#cursor.u8());
      if (failed !== undefined) return failed;
    }
    if (this.#pieces.length > 0) {
      return { kind: 'registers', texts: this.#pieces, bit: 0, wordBits: this.#context.addressSize * 8 };
    }
    return this.#done ?? this.#memory();
  }

  #memory(): Place {
    const top = this.#stack.at(-1);
    if (top === undefined) return nowhere('it was optimised away here');
    if (top.kind === 'sum') return inMemory(top.base, top.offset);
    if (top.kind === 'address') return this.#static(top.address);
    return nowhere('its address is a number that the debug information works out');
  }

  #static(address: number): Place {
    const fileOffset = this.#context.fileOffset(address);
    if (fileOffset === undefined) return nowhere('it is static data that a probe in this file cannot reach');
    return { kind: 'file', fileOffset, isDoubled: this.#context.doublesFileOffsets };
  }

  /** Something when the location cannot be followed further. */
  #step(code: number): Place | undefined {
    if (code >= 0x30 && code <= 0x4f) return this.#push({ kind: 'number', value: code - 0x30 });
    if (code >= 0x50 && code <= 0x6f) return this.#inRegister(code - 0x50);
    if (code >= 0x70 && code <= 0x8f) return this.#based(code - 0x70, this.#cursor.sleb());
    if (code >= 0x08 && code <= 0x11) return this.#push({ kind: 'number', value: this.#constant(code) });
    return this.#otherStep(code);
  }

  #otherStep(code: number): Place | undefined {
    const cursor = this.#cursor;
    switch (code) {
      case 0x03:
        return this.#push({ kind: 'address', address: cursor.unsigned(this.#context.addressSize) });
      case 0x06:
        return this.#dereference();
      case 0x22:
        return this.#add();
      case 0x23:
        return this.#addNumber(cursor.uleb());
      case 0x90:
        return this.#inRegister(cursor.uleb());
      case 0x91:
        return this.#inFrame(cursor.sleb());
      case 0x92:
        return this.#based(cursor.uleb(), cursor.sleb());
      case 0x93:
        return this.#piece(cursor.uleb());
      case 0x96:
        return undefined;
      case 0x9c:
        return this.#callFrame();
      case 0x9e:
        return this.#implicitValue();
      case 0x9f:
        return this.#stackValue();
      case 0xa1:
      case 0xfb:
        return this.#indexed(cursor.uleb());
      case 0xa3:
      case 0xf3:
        return this.#entryValue();
      default:
        return nowhere(whyNot(code));
    }
  }

  #push(operand: Operand): undefined {
    this.#stack.push(operand);
    return undefined;
  }

  #constant(code: number): number {
    if (code === 0x10) return this.#cursor.uleb();
    if (code === 0x11) return this.#cursor.sleb();
    const size = 2 ** ((code - 0x08) >> 1);
    return code % 2 === 0 ? this.#cursor.unsigned(size) : this.#cursor.signed(size);
  }

  #register(number: number): string | undefined {
    return registerName(this.#context.machine, number);
  }

  #inRegister(number: number): Place | undefined {
    const name = this.#register(number);
    if (name === undefined) return nowhere('it is in a register that probes cannot read (floating point or vector)');
    this.#done = inRegister(name, this.#context.addressSize * 8);
    return undefined;
  }

  #based(number: number, offset: number): Place | undefined {
    const base = this.#register(number);
    if (base === undefined) return nowhere('it is found through a register that probes cannot read');
    return this.#push({ kind: 'sum', base, offset });
  }

  #inFrame(offset: number): Place | undefined {
    const { frameBase } = this.#context;
    if (frameBase === undefined) return nowhere('its function has no frame base');
    // A frame base that refers to itself would never end.
    const place = evaluateLocation(frameBase, { ...this.#context, frameBase: undefined });
    if (place.kind === 'registers') return this.#push({ kind: 'sum', base: place.texts[0]!, offset });
    if (place.kind === 'memory') return this.#push({ kind: 'sum', base: place.base, offset: place.offset + offset });
    return place.kind === 'nowhere' ? place : nowhere('its frame is in static data');
  }

  #callFrame(): Place | undefined {
    const frame = this.#context.frameAddress();
    if (frame === undefined) return nowhere('the frame at this address is not described in the file');
    return this.#based(frame.register, frame.offset);
  }

  #dereference(): Place | undefined {
    const top = this.#stack.pop();
    if (top?.kind === 'entry') return nowhere('it is found through a value that is gone here');
    if (top?.kind !== 'sum') return nowhere('it is found through static data');
    const sign = top.offset < 0 ? '-' : '+';
    return this.#push({ kind: 'sum', base: `${sign}${Math.abs(top.offset)}(${top.base})`, offset: 0 });
  }

  #add(): Place | undefined {
    const [number, other] = [this.#stack.pop(), this.#stack.pop()];
    if (number?.kind === 'number' && other !== undefined) {
      this.#stack.push(other);
      return this.#addNumber(number.value);
    }
    return nowhere('its address is the sum of two registers, and a fetch arg reads one');
  }

  #addNumber(value: number): Place | undefined {
    const top = this.#stack.pop();
    if (top?.kind === 'sum') return this.#push({ ...top, offset: top.offset + value });
    if (top?.kind === 'address') return this.#push({ kind: 'address', address: top.address + value });
    if (top?.kind === 'number') return this.#push({ kind: 'number', value: top.value + value });
    return nowhere('its location adds to a value that is gone here');
  }

  #piece(size: number): Place | undefined {
    const place = this.#done;
    this.#done = undefined;
    const isWhole = size === this.#context.addressSize || (this.#cursor.at === this.#cursor.end && size <= 8);
    if (place?.kind !== 'registers' || !isWhole) return nowhere('its parts are in several places');
    this.#pieces.push(place.texts[0]!);
    return undefined;
  }

  #implicitValue(): Place | undefined {
    const size = this.#cursor.uleb();
    if (![1, 2, 4, 8].includes(size)) return nowhere(`it is a constant of ${size} bytes`);
    return this.#immediate(this.#cursor.signed(size));
  }

  #immediate(value: number): Place | undefined {
    if (!Number.isSafeInteger(value)) return nowhere('it is a constant that is too large for a fetch arg');
    this.#done = inRegister(`\\${value}`, this.#context.addressSize * 8);
    return undefined;
  }

  #stackValue(): Place | undefined {
    const top = this.#stack.pop();
    if (top?.kind === 'number') return this.#immediate(top.value);
    if (top?.kind === 'sum' && top.offset === 0) {
      this.#done = inRegister(top.base, this.#context.addressSize * 8);
      return undefined;
    }
    if (top?.kind === 'entry') return this.#entryNow(top.register);
    return nowhere('it is in no register or memory: the program works it out where it needs it');
  }

  #indexed(index: number): Place | undefined {
    const address = this.#context.indexedAddress(index);
    return address === undefined ? nowhere('its address is missing') : this.#push({ kind: 'address', address });
  }

  #entryValue(): Place | undefined {
    const length = this.#cursor.uleb();
    const start = this.#cursor.skip(length);
    const inner = this.#cursor.bytes[start];
    const isRegister = length === 1 && inner !== undefined && inner >= 0x50 && inner <= 0x6f;
    if (!isRegister) return nowhere('only its value at the entry is known, and that is gone here');
    return this.#push({ kind: 'entry', register: inner - 0x50 });
  }

  #entryNow(register: number): Place | undefined {
    if (this.#context.isAtEntry) return this.#inRegister(register);
    return nowhere('only its value at the function entry is known: probe there');
  }
}

function whyNot(code: number): string {
  const known = opNames[code];
  if (known !== undefined) return `it is ${known}`;
  return `its location is worked out (operation 0x${code.toString(16)}), which fetch args cannot do`;
}
