/** Attribute values by their form (DWARF 5, section 7.5.6, and the GNU forms of split and shared debug files). */

import { form } from './dwarf-constants.ts';
import { type DwarfCursor, DwarfDamage } from './dwarf-cursor.ts';

/** Sizes that forms depend on. */
export interface FormSizes {
  readonly version: number;
  readonly addressSize: number;
  readonly offsetSize: 4 | 8;
}

/** A value as it is stored; what it refers to is looked up when it is needed. */
export interface AttributeValue {
  readonly form: number;
  /** The number; of blocks and texts in the entry itself, their place in the section. */
  readonly value: number;
  /** Bytes of a block. */
  readonly length: number;
}

/** Reads one value. Throws DwarfDamage for a form that no version has. */
export function readForm(cursor: DwarfCursor, shape: number, implicit: number, sizes: FormSizes): AttributeValue {
  if (shape === form.indirect) {
    const real = cursor.uleb();
    if (real === form.indirect || real === form.implicitConst) throw new DwarfDamage('a form is indirect twice');
    return readForm(cursor, real, 0, sizes);
  }
  const blockLength = lengthOfBlock(cursor, shape);
  if (blockLength >= 0) return { form: shape, value: cursor.skip(blockLength), length: blockLength };
  return { form: shape, value: readNumber(cursor, shape, implicit, sizes), length: 0 };
}

/** -1 for what is no block. */
function lengthOfBlock(cursor: DwarfCursor, shape: number): number {
  switch (shape) {
    case form.block1:
      return cursor.u8();
    case form.block2:
      return cursor.u16();
    case form.block4:
      return cursor.u32();
    case form.block:
    case form.exprloc:
      return cursor.uleb();
    case form.data16:
      return 16;
    case form.refSig8:
      return 8;
    default:
      return -1;
  }
}

function readNumber(cursor: DwarfCursor, shape: number, implicit: number, sizes: FormSizes): number {
  const size = sizeOfForm(shape, sizes);
  if (size > 0) return size === 3 ? cursor.u24() : cursor.unsigned(size);
  switch (shape) {
    case form.flagPresent:
      return 1;
    case form.implicitConst:
      return implicit;
    case form.string:
      return cursor.skipText();
    case form.sdata:
      return cursor.sleb();
    case form.udata:
    case form.refUdata:
    case form.strx:
    case form.addrx:
    case form.loclistx:
    case form.rnglistx:
    case form.gnuAddrIndex:
    case form.gnuStrIndex:
      return cursor.uleb();
    default:
      throw new DwarfDamage(`it uses form 0x${shape.toString(16)}, which is not known here`);
  }
}

const oneByte = new Set<number>([form.data1, form.flag, form.ref1, form.strx1, form.addrx1]);
const twoBytes = new Set<number>([form.data2, form.ref2, form.strx2, form.addrx2]);
const fourBytes = new Set<number>([form.data4, form.ref4, form.strx4, form.addrx4, form.refSup4]);
const eightBytes = new Set<number>([form.data8, form.ref8, form.refSup8]);
const anOffset = new Set<number>([
  ...[form.strp, form.secOffset, form.lineStrp, form.strpSup, form.gnuRefAlt, form.gnuStrpAlt],
]);

/** Bytes that a number of this form takes; 0 when its form alone does not tell. */
export function sizeOfForm(shape: number, { version, addressSize, offsetSize }: FormSizes): number {
  if (anOffset.has(shape)) return offsetSize;
  if (fourBytes.has(shape)) return 4;
  if (oneByte.has(shape)) return 1;
  if (twoBytes.has(shape)) return 2;
  if (eightBytes.has(shape)) return 8;
  if (shape === form.addr) return addressSize;
  if (shape === form.refAddr) return version <= 2 ? addressSize : offsetSize;
  return shape === form.strx3 || shape === form.addrx3 ? 3 : 0;
}
