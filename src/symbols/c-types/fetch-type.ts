/**
 * Which fetch type shows a value of a C type best, and what the user's own `:TYPE` means for it: `int` is s32, `void*`
 * x64, a function pointer symbol, `const char*` the string behind it.
 */

import { type CTypes, sizeOfType, stripType, type TypeId } from './c-type.ts';
import { followPointer, inMemory, movePlace, valueAt } from './fetch-place.ts';
import { type FetchWord, FetchWordError, type RequestedType } from './fetch-word.ts';
import { isUserPointer, listMemberNames, type PlacedObject } from './member-path.ts';
import { findStandardText } from './standard-string.ts';
import { describeType } from './type-text.ts';

/** How the field that the kernel records is to be shown. */
export type ShownAs =
  | 'signed'
  | 'unsigned'
  | 'hexadecimal'
  | 'string'
  | 'symbol'
  | 'boolean'
  | 'character'
  | 'float'
  | 'enum';

export interface ChosenFetch {
  /** The expression without its type. */
  readonly value: string;
  /** The kernel's name of the type, an array's size included: `s32`, `u8[16]`, `b4@2/32`. */
  readonly type: string;
  readonly shownAs: ShownAs;
  /** Bits of a signed bit field: the kernel shows it without its sign. */
  readonly signBits: number | undefined;
  readonly notes: readonly string[];
}

interface FetchTypeChoice {
  readonly types: CTypes;
  /** Type names that this kernel takes (`parseFetchArgSupport`), `array` among them. */
  readonly offered: ReadonlySet<string>;
  /** A string or memory behind a pointer belongs to user space although its type does not say so. */
  readonly isUser: boolean;
  /** Whether the traced code is the kernel: only there strings come from either kind of memory. */
  readonly isKernel: boolean;
}

const stringTypes = new Set(['string', 'ustring']);
const largestArray = 64;
const deepestSingle = 8;

/** Throws FetchWordError when the value cannot be recorded as asked. */
export function chooseFetch(object: PlacedObject, word: FetchWord, choice: FetchTypeChoice): ChosenFetch {
  const typing = new FetchTyping(word, choice);
  return word.type === undefined ? typing.byType(object) : typing.asRequested(object, word.type);
}

class FetchTyping {
  readonly #word: FetchWord;
  readonly #choice: FetchTypeChoice;
  readonly #types: CTypes;

  constructor(word: FetchWord, choice: FetchTypeChoice) {
    this.#word = word;
    this.#choice = choice;
    this.#types = choice.types;
  }

  byType(given: PlacedObject, depth = 0): ChosenFetch {
    if (depth === deepestSingle) this.#refuse('its type never ends', 'give the register and type yourself');
    const object = this.#unwrapSingle(given);
    const { type, id } = stripType(this.#types, object.type);
    const { bitField } = object;
    if (bitField !== undefined) return this.#bits(object, bitField.offset, bitField.size);
    switch (type.kind) {
      case 'integer':
      case 'character':
      case 'boolean':
      case 'enum':
        return this.#scalar(object, type.isSigned ? 's' : 'u', type.size, shownScalar(type.kind, type.isSigned));
      case 'float':
        return this.#scalar(object, 'x', type.size, 'float', ['the bits of a floating point number']);
      case 'pointer':
        return type.sign === '*'
          ? this.#pointer(object, type.target, type.size)
          : this.byType(this.#behind(object), depth + 1);
      case 'array':
        return this.#array(object, type.element, type.count, depth);
      case 'struct':
      case 'union': {
        const names = listMemberNames(this.#types, id);
        return this.#refuse(
          `${describeType(this.#types, object.type)} is not one value`,
          names.length > 0 ? `name a member: ${names.slice(0, 8).join(', ')}` : 'its members are not known',
        );
      }
      case 'unknown':
        return this.#refuse(`its type cannot be read: ${type.why}`, 'give the register and type yourself');
      default:
        return this.#refuse(`a value of type ${describeType(this.#types, object.type)} does not exist`, 'leave it out');
    }
  }

  /** `kuid_t`, `atomic_t` and their like: a struct around a single value is shown as that value. */
  #unwrapSingle(given: PlacedObject): PlacedObject {
    let object = given;
    for (let depth = 0; depth < deepestSingle; depth += 1) {
      const { type, id } = stripType(this.#types, object.type);
      if (type.kind !== 'struct') return object;
      const members = this.#types.members(id);
      const [only] = members;
      if (members.length !== 1 || only!.bitSize > 0) return object;
      object = { type: only!.type, place: movePlace(object.place, only!.bitOffset), bitField: undefined };
    }
    return object;
  }

  #scalar(object: PlacedObject, letter: string, size: number, shownAs: ShownAs, notes: string[] = []): ChosenFetch {
    if (![1, 2, 4, 8].includes(size)) {
      const remedy = object.place.kind === 'memory' ? 'add :x64[2] for its two halves' : 'leave it out';
      return this.#refuse(`a value of ${size} bytes does not fit into a field`, remedy);
    }
    const value = this.#valueOf(object);
    if (value.bit !== 0) return this.#bits(object, 0, size * 8, letter === 's');
    return { value: value.text, type: `${letter}${size * 8}`, shownAs, signBits: undefined, notes };
  }

  /** A bit field, or a part of a register: in the smallest container that holds it. */
  #bits(object: PlacedObject, bitOffset: number, width: number, isSigned = this.#isSigned(object)): ChosenFetch {
    const { littleEndian } = this.#types;
    const placed = this.#valueOf(object);
    const offset = placed.bit + bitOffset;
    const container = placed.isMemory ? [8, 16, 32, 64].find((size) => offset + width <= size) : 64;
    if (container === undefined || offset + width > container) {
      return this.#refuse('the bit field does not lie within 64 bits', 'give the bytes around it, e.g. :u8[16]');
    }
    const low = littleEndian ? offset : container - offset - width;
    const type = `b${width}@${low}/${container}`;
    const shownAs = isSigned ? 'signed' : 'unsigned';
    return { value: placed.text, type, shownAs, signBits: isSigned ? width : undefined, notes: [] };
  }

  #isSigned(object: PlacedObject): boolean {
    const { type } = stripType(this.#types, object.type);
    return 'isSigned' in type && type.isSigned;
  }

  #pointer(object: PlacedObject, target: TypeId, size: number): ChosenFetch {
    const pointed = stripType(this.#types, target);
    const isText = pointed.type.kind === 'character' || isPlainChar(pointed.type);
    if (isText && pointed.qualifiers.includes('const') && !this.#isBuffer()) return this.#stringBehind(object);
    if (pointed.type.kind === 'function') {
      if (this.#choice.offered.has('symbol') && this.#choice.isKernel) {
        return { value: this.#valueOf(object).text, type: 'symbol', shownAs: 'symbol', signBits: undefined, notes: [] };
      }
    }
    return this.#scalar(object, 'x', size, 'hexadecimal');
  }

  /** Names under which bytes are passed that need not end with a NUL. */
  #isBuffer(): boolean {
    const { root, parts } = this.#word;
    const last = parts.findLast((part) => part.kind === 'member')?.name ?? root;
    return /^(?:u?buf(?:fer)?|data|p|ptr|src|from|base|addr|payload|uaddr)$/.test(last);
  }

  #array(object: PlacedObject, element: TypeId, count: number | undefined, depth: number): ChosenFetch {
    const { type } = stripType(this.#types, element);
    if (type.kind === 'character' || isPlainChar(type)) return this.#stringAt(object);
    if (count === undefined || count === 0) {
      return this.#refuse('the length of the array is not known', `name an element: ${this.#path()}[0]`);
    }
    const first = this.byType({ type: element, place: object.place, bitField: undefined }, depth + 1);
    if (!/^[sux]\d+$/.test(first.type)) return this.#refuse('its elements are no numbers', `${this.#path()}[0]`);
    return this.#listOf(first, Math.min(count, largestArray), count);
  }

  #listOf(first: ChosenFetch, count: number, all: number): ChosenFetch {
    this.#needArrays(first.value);
    const notes = count < all ? [...first.notes, `only the first ${count} of ${all} elements`] : first.notes;
    return { ...first, type: `${first.type}[${count}]`, notes };
  }

  #needArrays(value: string): void {
    if (!this.#choice.offered.has('array')) this.#refuse('this kernel records no arrays', 'name one element');
    if (!/^[+\-@]/.test(value)) this.#refuse('an array must be in memory, this is a register', 'leave the size out');
  }

  asRequested(given: PlacedObject, requested: RequestedType): ChosenFetch {
    const object = this.#unwrapSingle(given);
    const { text, count } = requested;
    if (stringTypes.has(text)) return this.#requestedString(object, given, requested);
    this.#needOffered(requested);
    const { type } = stripType(this.#types, object.type);
    const isList = count !== undefined;
    const isPointed = isList && type.kind === 'pointer';
    const place = isPointed ? followPointer(object.place, this.#isUser(object.type)) : object.place;
    if (!isList && (type.kind === 'struct' || type.kind === 'union')) return this.byType(object);
    const { bitField } = object;
    if (bitField !== undefined && !text.startsWith('b')) return this.#bits(object, bitField.offset, bitField.size);
    const value = this.#valueOf({ ...object, place });
    if (isList) this.#needArrays(value.text);
    if (value.bit !== 0) return this.#bits(object, 0, Number(/\d+/.exec(text)?.[0] ?? 8), text.startsWith('s'));
    return {
      value: value.text,
      type: count === undefined ? text : `${text}[${count}]`,
      shownAs: shownRequested(text),
      signBits: undefined,
      notes: this.#widthNotes(object, text),
    };
  }

  #needOffered({ text, position }: RequestedType): void {
    const { offered } = this.#choice;
    if (offered.has(text) || text.startsWith('b')) return;
    this.#refuse(`this kernel offers no type '${text}'`, `it has ${[...offered].join(' ')}`, position);
  }

  #widthNotes(object: PlacedObject, text: string): string[] {
    const size = sizeOfType(this.#types, object.type);
    const asked = Number(/^[sux](\d+)$/.exec(text)?.[1] ?? 0) / 8;
    const isWider = size !== undefined && asked > size;
    return isWider ? [`${text} reads ${asked} bytes, the value has ${size}: what lies behind it is shown, too`] : [];
  }

  #requestedString(object: PlacedObject, given: PlacedObject, requested: RequestedType): ChosenFetch {
    const { type } = stripType(this.#types, object.type);
    const { position, count } = requested;
    if (count !== undefined) this.#refuse('arrays of strings are not offered here', 'name one: argv[0]', position);
    if (object.bitField !== undefined) this.#refuse('a bit field is no string', 'leave the type out', position);
    const standard = findStandardText(this.#types, given) ?? findStandardText(this.#types, this.#behind(given));
    if (standard !== undefined) return this.#stringBehind(standard);
    if (type.kind === 'array') return this.#stringAt(object);
    if (type.kind === 'pointer') return this.#requestedStringBehind(object, type.target, requested);
    const isAddress = type.kind === 'integer' && type.size === this.#types.pointerSize;
    if (isAddress) return this.#stringBehind(object, requested.text);
    const shown = describeType(this.#types, object.type);
    return this.#refuse(`${shown} is no string`, 'strings are char* and char[]; leave the type out', position);
  }

  /** What the pointer or reference at `object` leads to; `object` itself when it is none. */
  #behind(object: PlacedObject): PlacedObject {
    const { type } = stripType(this.#types, object.type);
    if (type.kind !== 'pointer') return object;
    return { type: type.target, place: followPointer(object.place, this.#isUser(object.type)), bitField: undefined };
  }

  #requestedStringBehind(object: PlacedObject, target: TypeId, { text, position }: RequestedType): ChosenFetch {
    const pointed = stripType(this.#types, target);
    if (pointed.type.kind === 'struct' || pointed.type.kind === 'union') {
      const texts = this.#textMembers(pointed.id);
      const path = this.#path();
      const remedy = texts.length > 0 ? `name a member: ${texts.map((it) => `${path}->${it}:string`).join(', ')}` : '';
      const why = `${path} points to ${describeType(this.#types, target)}, not to text`;
      this.#refuse(why, remedy === '' ? 'leave :string out' : remedy, position);
    }
    return this.#stringBehind(object, text);
  }

  #textMembers(composite: TypeId): string[] {
    const isText = (id: TypeId): boolean => {
      const { type } = stripType(this.#types, id);
      const inner = type.kind === 'pointer' ? type.target : type.kind === 'array' ? type.element : undefined;
      if (inner === undefined) return false;
      const target = stripType(this.#types, inner).type;
      return target.kind === 'character' || isPlainChar(target);
    };
    const members = this.#types.members(composite).filter(({ name, type }) => name !== '' && isText(type));
    return members.slice(0, 4).map(({ name }) => name);
  }

  #stringBehind(object: PlacedObject, asked = 'string'): ChosenFetch {
    const isUser = asked === 'ustring' || this.#isUser(object.type);
    const place = followPointer(object.place, false);
    return this.#string(this.#valueOf({ ...object, place }).text, isUser);
  }

  #stringAt(object: PlacedObject): ChosenFetch {
    const value = this.#valueOf(object);
    if (!value.isMemory) return this.#refuse('the text is in a register, not in memory', 'add :x64');
    const isUser = object.place.kind === 'memory' && object.place.isUser;
    const place =
      isUser && object.place.kind === 'memory' ? inMemory(object.place.base, object.place.offset) : undefined;
    return this.#string(place === undefined ? value.text : this.#valueOf({ ...object, place }).text, isUser);
  }

  /** In uprobes all memory is the program's own: `string` is right there. */
  #string(value: string, isUser: boolean): ChosenFetch {
    const type = isUser && this.#choice.isKernel && this.#choice.offered.has('ustring') ? 'ustring' : 'string';
    return { value, type, shownAs: 'string', signBits: undefined, notes: [] };
  }

  #isUser(id: TypeId): boolean {
    return this.#choice.isKernel && (this.#choice.isUser || isUserPointer(this.#types, id));
  }

  #valueOf(object: PlacedObject) {
    const value = valueAt(object.place);
    if ('why' in value) return this.#refuse(value.why, 'leave it out, or probe another place of the function');
    return value;
  }

  #path(): string {
    const { text, rootPosition, type } = this.#word;
    return text.slice(rootPosition, type === undefined ? undefined : type.position - 1);
  }

  #refuse(why: string, remedy: string, position?: number): never {
    const last = this.#word.parts.at(-1)?.position ?? this.#word.rootPosition;
    throw new FetchWordError(this.#word.text, position ?? last, why, remedy);
  }
}

/** BTF of older kernels marks `char` as a plain integer. */
function isPlainChar(type: { readonly kind: string; readonly name?: string }): boolean {
  return type.kind === 'integer' && type.name === 'char';
}

function shownScalar(kind: 'integer' | 'character' | 'boolean' | 'enum', isSigned: boolean): ShownAs {
  return kind === 'integer' ? (isSigned ? 'signed' : 'unsigned') : kind;
}

function shownRequested(text: string): ShownAs {
  if (text.startsWith('x')) return 'hexadecimal';
  if (text === 'char') return 'character';
  if (text.startsWith('sym')) return 'symbol';
  return text.startsWith('s') ? 'signed' : 'unsigned';
}
