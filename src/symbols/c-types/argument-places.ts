/**
 * Where each argument of a function is at its entry, by the types of its parameters: the System V ABI for x86-64 (3.2.3)
 * and i386, the AAPCS64 for aarch64. Structs by value and floating point arguments move the others, so positions alone
 * (calling-convention.ts) do not tell.
 */

import type { ElfMachine } from '../elf-layout.ts';
import { type CTypes, sizeOfType, stripType, type TypeId } from './c-type.ts';
import { inMemory, inRegister, type Place } from './fetch-place.ts';

export interface ArgumentForm {
  readonly machine: ElfMachine;
  /** `numbered` writes `$argN` instead of `%di`, where the kernel takes it (kprobes at a function's entry). */
  readonly form: 'register' | 'numbered';
}

const x86Registers = ['%di', '%si', '%dx', '%cx', '%r8', '%r9'];
const aarch64Registers = Array.from({ length: 8 }, (_, index) => `%x${index}`);
const inFloatRegister: Place = {
  kind: 'nowhere',
  why: 'it is passed in a floating point register, which probes cannot read',
};

/** What a value is passed as: how many words, or in floating point registers, or as bytes on the stack. */
type PassedAs = { readonly kind: 'words'; readonly count: number; readonly isAligned: boolean } | PassedElse;
type PassedElse =
  | { readonly kind: 'float' | 'mixed' }
  | { readonly kind: 'stack' | 'reference'; readonly size: number; readonly isAligned: boolean };

/** The places of all parameters at the first instruction; `returns` may take the first register for its address. */
export function placeArguments(
  types: CTypes,
  parameters: readonly { readonly type: TypeId }[],
  returns: TypeId,
  { machine, form }: ArgumentForm,
): Place[] {
  const registers = machine === 'x86-64' ? x86Registers : machine === 'aarch64' ? aarch64Registers : [];
  if (registers.length === 0 && machine !== 'i386') {
    const why = `the calling convention of ${machine} is not known here`;
    return parameters.map(() => ({ kind: 'nowhere', why }));
  }
  const word = machine === 'i386' ? 4 : 8;
  const assigner = new ArgumentAssigner(registers, word, machine === 'aarch64' ? 0 : word, form);
  if (machine !== 'aarch64' && returnsInMemory(types, returns, machine)) assigner.takeWords(1, false);
  return parameters.map(({ type }) => assigner.place(passedAs(types, type, machine)));
}

function returnsInMemory(types: CTypes, returns: TypeId, machine: ElfMachine): boolean {
  const { type } = stripType(types, returns);
  if (type.kind !== 'struct' && type.kind !== 'union') return false;
  return machine === 'i386' || type.size > 16;
}

/** Where the value is when the function has returned: `$retval` is one register, and not all values are in it. */
export function placeReturn(types: CTypes, returns: TypeId, machine: ElfMachine): Place {
  const { type } = stripType(types, returns);
  const wordBits = types.pointerSize * 8;
  if (type.kind === 'float') {
    return { kind: 'nowhere', why: 'it is returned in a floating point register, which probes cannot read' };
  }
  if (type.kind !== 'struct' && type.kind !== 'union') return inRegister('$retval', wordBits);
  if (machine === 'i386' || (machine === 'x86-64' && type.size > 16)) return inMemory('$retval', 0);
  if (type.size > 16) return { kind: 'nowhere', why: 'it is returned in memory whose address is gone by then' };
  const isInteger =
    type.size > 0 && passSmallStruct(types, stripType(types, returns).id, type.size, machine).kind === 'words';
  if (isInteger) return inRegister('$retval', wordBits);
  return { kind: 'nowhere', why: 'a part of it is returned in a floating point register' };
}

class ArgumentAssigner {
  readonly #registers: readonly string[];
  readonly #word: number;
  readonly #numbered: boolean;
  #next = 0;
  #stack: number;
  readonly #stackStart: number;

  constructor(registers: readonly string[], word: number, stackStart: number, form: ArgumentForm['form']) {
    this.#registers = registers;
    this.#word = word;
    this.#stack = stackStart;
    this.#stackStart = stackStart;
    this.#numbered = form === 'numbered';
  }

  place(passed: PassedAs): Place {
    switch (passed.kind) {
      case 'words':
        return this.takeWords(passed.count, passed.isAligned);
      case 'float':
        return inFloatRegister;
      case 'mixed':
        return { kind: 'nowhere', why: 'a part of it is passed in a floating point register' };
      case 'stack':
        return this.#takeStack(passed.size, passed.isAligned);
      case 'reference': {
        const pointer = this.takeWords(1, false);
        if (pointer.kind === 'registers') return inMemory(pointer.texts[0]!, 0);
        return pointer.kind === 'memory' ? inMemory(`+${pointer.offset}(${pointer.base})`, 0) : pointer;
      }
    }
  }

  takeWords(count: number, isAligned: boolean): Place {
    const first =
      isAligned && this.#word === 8 && this.#registers === aarch64Registers ? evenly(this.#next) : this.#next;
    if (first + count > this.#registers.length) {
      // On x86-64 later, smaller arguments may still use what is left; the AAPCS64 closes the registers.
      if (this.#registers === aarch64Registers) this.#next = this.#registers.length;
      return this.#takeStack(count * this.#word, isAligned);
    }
    this.#next = first + count;
    const texts = Array.from({ length: count }, (_, index) => this.#nameOf(first + index));
    return count === 1 ? inRegister(texts[0]!) : { kind: 'registers', texts, bit: 0, wordBits: 64 };
  }

  #nameOf(register: number): string {
    return this.#numbered ? `$arg${register + 1}` : this.#registers[register]!;
  }

  #takeStack(size: number, isAligned: boolean): Place {
    const start = this.#stackStart;
    if (isAligned) this.#stack = start + Math.ceil((this.#stack - start) / 16) * 16;
    const offset = this.#stack;
    this.#stack += Math.ceil(size / this.#word) * this.#word;
    return inMemory('%sp', offset);
  }
}

function evenly(index: number): number {
  return index + (index % 2);
}

function passedAs(types: CTypes, id: TypeId, machine: ElfMachine): PassedAs {
  const { type } = stripType(types, id);
  const size = sizeOfType(types, id) ?? 8;
  if (machine === 'i386') return { kind: 'stack', size, isAligned: false };
  if (type.kind === 'float') return size <= 8 || machine === 'aarch64' ? { kind: 'float' } : onStack(size, true);
  if (type.kind !== 'struct' && type.kind !== 'union') {
    return { kind: 'words', count: Math.max(1, Math.ceil(size / 8)), isAligned: size === 16 };
  }
  if (size > 16) return machine === 'aarch64' ? { kind: 'reference', size, isAligned: false } : onStack(size, false);
  if (size === 0) return onStack(0, false);
  return passSmallStruct(types, id, size, machine);
}

function onStack(size: number, isAligned: boolean): PassedAs {
  return { kind: 'stack', size, isAligned };
}

/** Each eight bytes that hold nothing but floating point go elsewhere. */
function passSmallStruct(types: CTypes, id: TypeId, size: number, machine: ElfMachine): PassedAs {
  const words = Math.ceil(size / 8);
  const isFloat: boolean[] = Array.from({ length: words }, () => true);
  visitLeaves(types, id, 0, { left: 64 }, (bit, leafIsFloat) => {
    const word = Math.floor(bit / 64);
    if (word < words) isFloat[word] &&= leafIsFloat;
  });
  if (isFloat.every((it) => it)) return { kind: 'float' };
  const isMixed = machine === 'x86-64' && isFloat.some((it) => it);
  return isMixed ? { kind: 'mixed' } : { kind: 'words', count: words, isAligned: false };
}

function visitLeaves(
  types: CTypes,
  id: TypeId,
  bit: number,
  budget: { left: number },
  visit: (bit: number, isFloat: boolean) => void,
): void {
  budget.left -= 1;
  if (budget.left < 0) return visit(bit, false);
  const { type, id: bare } = stripType(types, id);
  if (type.kind === 'struct' || type.kind === 'union') {
    for (const member of types.members(bare)) visitLeaves(types, member.type, bit + member.bitOffset, budget, visit);
    return;
  }
  if (type.kind === 'array') {
    const step = (sizeOfType(types, type.element) ?? 8) * 8;
    const count = Math.min(type.count ?? 0, 16);
    for (let index = 0; index < count; index += 1) visitLeaves(types, type.element, bit + index * step, budget, visit);
    return;
  }
  visit(bit, type.kind === 'float');
}
