/**
 * Where a value is when a probe is hit, and how fetch args name that place (Documentation/trace/kprobetrace.rst): a
 * register by `%di`, memory behind a pointer by `+OFFSET(POINTER)`, static data of a program by `@+FILEOFFSET`.
 */

export type Place =
  /** In registers (or variables like $retval), lowest first; `bit` is where in them. */
  | { readonly kind: 'registers'; readonly texts: readonly string[]; readonly bit: number; readonly wordBits: number }
  /** At the address that expression `base` gives, plus `offset` bytes. */
  | { readonly kind: 'memory'; readonly base: string; readonly offset: number; readonly isUser: boolean }
  /** At this offset of the probed file; only uprobes reach it. Kernels before a late fix take it twice (`isDoubled`). */
  | { readonly kind: 'file'; readonly fileOffset: number; readonly isDoubled: boolean }
  /** No fetch arg reaches it. */
  | { readonly kind: 'nowhere'; readonly why: string };

export function inRegister(text: string, wordBits = 64): Place {
  return { kind: 'registers', texts: [text], bit: 0, wordBits };
}

export function inMemory(base: string, offset: number, isUser = false): Place {
  return { kind: 'memory', base, offset, isUser };
}

/** The place `bits` further on in the same object. */
export function movePlace(place: Place, bits: number): Place {
  switch (place.kind) {
    case 'registers':
      return { ...place, bit: place.bit + bits };
    case 'memory':
      return { ...place, offset: place.offset + Math.floor(bits / 8) };
    case 'file':
      return { ...place, fileOffset: place.fileOffset + Math.floor(bits / 8) };
    case 'nowhere':
      return place;
  }
}

/** `+8(%di)`; `+u8(%di)` for memory of user space seen from a kernel probe. */
function memoryText({ base, offset, isUser }: Extract<Place, { kind: 'memory' }>): string {
  return `${offset < 0 ? '-' : '+'}${isUser ? 'u' : ''}${Math.abs(offset)}(${base})`;
}

interface PlacedValue {
  /** The fetch arg's expression. */
  readonly text: string;
  /** Lowest bit of the value in what the expression gives. */
  readonly bit: number;
  readonly isMemory: boolean;
}

/** The expression that reads the value at `place`; a sentence when there is none. */
export function valueAt(place: Place): PlacedValue | { readonly why: string } {
  switch (place.kind) {
    case 'registers': {
      const text = place.texts[Math.floor(place.bit / place.wordBits)];
      if (text === undefined) return { why: 'it lies outside of the registers that hold the argument' };
      return { text, bit: place.bit % place.wordBits, isMemory: false };
    }
    case 'memory':
      return { text: memoryText(place), bit: 0, isMemory: true };
    case 'file':
      return valueInFile(place.fileOffset, place.isDoubled);
    case 'nowhere':
      return { why: place.why };
  }
}

function valueInFile(fileOffset: number, isDoubled: boolean): PlacedValue | { readonly why: string } {
  if (isDoubled && fileOffset % 2 !== 0) {
    return { why: 'this kernel doubles the offsets of static data, so that odd ones cannot be reached' };
  }
  const offset = isDoubled ? fileOffset / 2 : fileOffset;
  return { text: `@+0x${offset.toString(16)}`, bit: 0, isMemory: true };
}

/** The memory that the pointer at `place` points to. */
export function followPointer(place: Place, isUser: boolean): Place {
  const value = valueAt(place);
  if ('why' in value) return { kind: 'nowhere', why: value.why };
  if (value.bit !== 0) return { kind: 'nowhere', why: 'the pointer is only a part of a register' };
  return inMemory(value.text, 0, isUser);
}
