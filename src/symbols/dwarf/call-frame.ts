/**
 * Where a function's frame is at an address, from .eh_frame or .debug_frame (DWARF 5, section 6.4; LSB core 10.6): the
 * canonical frame address as a register plus an offset, which is what variables of unoptimised code are counted from.
 */

import type { ElfFile } from '../elf.ts';
import { DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';

/** DWARF's number of a register, and bytes to add to it. */
export interface FrameAddress {
  readonly register: number;
  readonly offset: number;
}

interface CommonInfo {
  readonly codeAlign: number;
  readonly dataAlign: number;
  readonly pointerEncoding: number;
  readonly hasAugmentation: boolean;
  readonly instructions: readonly [start: number, end: number];
}

const largestTable = 256 * 1024 * 1024;
/** Pushed and popped states of one function. */
const deepestStack = 64;

/** The frame at `address`; undefined when no table tells. */
export function findFrameAddress(elf: ElfFile, address: number, debug?: ElfFile): FrameAddress | undefined {
  return inSection(elf, '.eh_frame', address) ?? inSection(debug ?? elf, '.debug_frame', address);
}

function inSection(elf: ElfFile, name: string, address: number): FrameAddress | undefined {
  const section = elf.layout.sections.find((it) => it.name === name);
  if (section === undefined || section.size > largestTable) return undefined;
  const bytes = elf.bytesOf(section);
  if (bytes === undefined) return undefined;
  const { littleEndian, bits } = elf.layout;
  const table = { bytes, littleEndian, wordSize: bits / 8, isEh: name === '.eh_frame', address: section.address };
  try {
    return new FrameTable(table).find(address);
  } catch (cause) {
    // A damaged table tells nothing; the caller says that the variable cannot be placed.
    if (cause instanceof DwarfDamage) return undefined;
    throw cause;
  }
}

interface TableSource {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly wordSize: number;
  readonly isEh: boolean;
  readonly address: number;
}

class FrameTable {
  readonly #source: TableSource;
  readonly #common = new Map<number, CommonInfo>();

  constructor(source: TableSource) {
    this.#source = source;
  }

  #cursor(at: number, end?: number): DwarfCursor {
    return new DwarfCursor(this.#source.bytes, this.#source.littleEndian, at, end);
  }

  find(address: number): FrameAddress | undefined {
    const { bytes, isEh } = this.#source;
    for (let at = 0; at + 8 <= bytes.length; ) {
      const cursor = this.#cursor(at);
      const { length, offsetSize } = cursor.initialLength();
      if (length === 0) return undefined;
      const end = cursor.at + length;
      const idAt = cursor.at;
      const id = cursor.unsigned(isEh ? 4 : offsetSize);
      const isCommon = isEh ? id === 0 : id === (offsetSize === 8 ? 2 ** 64 : 0xffffffff);
      if (!isCommon) {
        const found = this.#description(this.#cursor(cursor.at, end), isEh ? idAt - id : id, address);
        if (found !== undefined) return found;
      }
      at = end;
    }
    return undefined;
  }

  #description(cursor: DwarfCursor, commonAt: number, address: number): FrameAddress | undefined {
    const common = this.#commonAt(commonAt);
    const start = this.#pointer(cursor, common.pointerEncoding, true);
    const size = this.#pointer(cursor, common.pointerEncoding & 0x0f, false);
    if (address < start || address >= start + size) return undefined;
    if (common.hasAugmentation) cursor.skip(cursor.uleb());
    const machine = new FrameMachine(common, start, address, this.#source.wordSize);
    machine.run(this.#cursor(...common.instructions));
    machine.finishCommon();
    machine.run(cursor);
    return machine.result;
  }

  #commonAt(at: number): CommonInfo {
    const known = this.#common.get(at);
    if (known !== undefined) return known;
    const head = this.#cursor(at);
    const { length, offsetSize } = head.initialLength();
    const end = head.at + length;
    const cursor = this.#cursor(head.at, end);
    cursor.skip(this.#source.isEh ? 4 : offsetSize);
    const version = cursor.u8();
    const text = cursor.skipText();
    const augmentation = Buffer.from(this.#source.bytes.subarray(text, cursor.at - 1)).toString('latin1');
    if (version >= 4) cursor.skip(2);
    const codeAlign = cursor.uleb();
    const dataAlign = cursor.sleb();
    if (version === 1) cursor.u8();
    else cursor.uleb();
    const pointerEncoding = this.#parseAugmentation(cursor, augmentation);
    const hasAugmentation = augmentation.startsWith('z');
    const common = { codeAlign, dataAlign, pointerEncoding, hasAugmentation, instructions: [cursor.at, end] as const };
    this.#common.set(at, common);
    return common;
  }

  /** The encoding of the addresses in the descriptions. */
  #parseAugmentation(cursor: DwarfCursor, augmentation: string): number {
    if (!augmentation.startsWith('z')) return 0;
    const end = cursor.uleb() + cursor.at;
    let encoding = 0;
    for (const letter of augmentation.slice(1)) {
      if (letter === 'R') encoding = cursor.u8();
      else if (letter === 'L') cursor.u8();
      else if (letter === 'P') this.#pointer(cursor, cursor.u8(), false);
    }
    cursor.at = Math.max(cursor.at, end);
    return encoding;
  }

  /** DW_EH_PE_*: the size and sign in the low bits, relative to its own place with 0x10. */
  #pointer(cursor: DwarfCursor, encoding: number, mayBeRelative: boolean): number {
    const { at } = cursor;
    const value = this.#encoded(cursor, encoding & 0x0f);
    return mayBeRelative && (encoding & 0x70) === 0x10 ? this.#source.address + at + value : value;
  }

  #encoded(cursor: DwarfCursor, kind: number): number {
    switch (kind) {
      case 0:
        return cursor.unsigned(this.#source.wordSize);
      case 1:
        return cursor.uleb();
      case 2:
        return cursor.u16();
      case 3:
        return cursor.u32();
      case 4:
        return cursor.u64();
      case 9:
        return cursor.sleb();
      case 10:
        return cursor.signed(2);
      case 11:
        return cursor.signed(4);
      case 12:
        return cursor.signed(8);
      default:
        throw new DwarfDamage(`a pointer is encoded as ${kind}`);
    }
  }
}

/** DW_CFA_*, as far as they move the frame address; of the others only the operands are passed. */
class FrameMachine {
  readonly #common: CommonInfo;
  readonly #target: number;
  readonly #wordSize: number;
  #location: number;
  #isDone = false;
  #frame: FrameAddress | undefined;
  #initial: FrameAddress | undefined;
  readonly #stack: (FrameAddress | undefined)[] = [];

  constructor(common: CommonInfo, start: number, target: number, wordSize: number) {
    this.#common = common;
    this.#location = start;
    this.#target = target;
    this.#wordSize = wordSize;
  }

  get result(): FrameAddress | undefined {
    return this.#frame;
  }

  finishCommon(): void {
    this.#initial = this.#frame;
  }

  run(cursor: DwarfCursor): void {
    while (cursor.at < cursor.end && !this.#isDone) this.#step(cursor);
  }

  #advance(delta: number): void {
    this.#location += delta * this.#common.codeAlign;
    this.#isDone = this.#location > this.#target;
  }

  #step(cursor: DwarfCursor): void {
    const code = cursor.u8();
    const high = code & 0xc0;
    if (high === 0x40) return this.#advance(code & 0x3f);
    if (high === 0x80) return cursor.skipLeb();
    if (high === 0xc0) return;
    if (code >= 0x01 && code <= 0x04) return this.#move(cursor, code);
    if (code >= 0x0a && code <= 0x13 && this.#defineFrame(cursor, code)) return;
    passOperands(cursor, code);
  }

  #move(cursor: DwarfCursor, code: number): void {
    if (code === 0x01) {
      this.#location = cursor.unsigned(this.#wordSize);
      this.#isDone = this.#location > this.#target;
    } else this.#advance(cursor.unsigned(code === 0x02 ? 1 : code === 0x03 ? 2 : 4));
  }

  #defineFrame(cursor: DwarfCursor, code: number): boolean {
    const { register = 0, offset = 0 } = this.#frame ?? {};
    switch (code) {
      case 0x0a:
        if (this.#stack.length === deepestStack) throw new DwarfDamage('states are remembered without end');
        this.#stack.push(this.#frame);
        return true;
      case 0x0b:
        this.#frame = this.#stack.length > 0 ? this.#stack.pop() : this.#initial;
        return true;
      case 0x0c:
        this.#frame = { register: cursor.uleb(), offset: cursor.uleb() };
        return true;
      case 0x0d:
        this.#frame = { register: cursor.uleb(), offset };
        return true;
      case 0x0e:
        this.#frame = { register, offset: cursor.uleb() };
        return true;
      case 0x0f:
        cursor.skip(cursor.uleb());
        this.#frame = undefined;
        return true;
      case 0x12:
        this.#frame = { register: cursor.uleb(), offset: cursor.sleb() * this.#common.dataAlign };
        return true;
      case 0x13:
        this.#frame = { register, offset: cursor.sleb() * this.#common.dataAlign };
        return true;
      default:
        return false;
    }
  }
}

const noOperand = new Set([0x00, 0x2d]);
const oneNumber = new Set([0x06, 0x07, 0x08, 0x2e]);
const numberAndBlock = new Set([0x10, 0x16]);

function passOperands(cursor: DwarfCursor, code: number): void {
  if (noOperand.has(code)) return;
  cursor.skipLeb();
  if (oneNumber.has(code)) return;
  if (numberAndBlock.has(code)) cursor.skip(cursor.uleb());
  else cursor.skipLeb();
}
