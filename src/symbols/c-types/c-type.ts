/**
 * Types of C as BTF (Documentation/bpf/btf.rst) and DWARF describe them, in one shape, so that members, prototypes and
 * fetch args are worked out by the same code for the kernel and for programs. Types are made one by one when asked for.
 */

/** What a type is called within its source: a BTF id, or the place of a DWARF entry. 0 is void. */
export type TypeId = number;

export interface CParameter {
  /** Empty when the source names none. */
  readonly name: string;
  readonly type: TypeId;
}

export interface CFunctionType {
  readonly kind: 'function';
  readonly returns: TypeId;
  readonly parameters: readonly CParameter[];
  readonly isVariadic: boolean;
}

/** A struct, union or class. */
export interface CComposite {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Only announced (`struct x;`): its members are elsewhere or nowhere. */
  readonly isDeclaration: boolean;
}

export type CType =
  | { readonly kind: 'void' }
  | { readonly kind: 'integer'; readonly name: string; readonly size: number; readonly isSigned: boolean }
  | { readonly kind: 'boolean' | 'character'; readonly name: string; readonly size: number; readonly isSigned: boolean }
  | { readonly kind: 'float'; readonly name: string; readonly size: number }
  | { readonly kind: 'enum'; readonly name: string; readonly size: number; readonly isSigned: boolean }
  | { readonly kind: 'pointer'; readonly target: TypeId; readonly size: number; readonly sign: '*' | '&' | '&&' }
  | { readonly kind: 'array'; readonly element: TypeId; readonly count: number | undefined }
  | CComposite
  | CFunctionType
  | { readonly kind: 'typedef'; readonly name: string; readonly target: TypeId }
  | { readonly kind: 'qualifier'; readonly word: string; readonly target: TypeId }
  /** A btf_type_tag such as `user`, `rcu` or `percpu`. */
  | { readonly kind: 'tag'; readonly tag: string; readonly target: TypeId }
  /** Damaged, or of a kind that is not known here. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface CMember {
  /** Empty for an anonymous struct or union, and for the base of a class. */
  readonly name: string;
  readonly type: TypeId;
  /** From the start of the struct; of a bit field, its lowest bit on a little-endian machine. */
  readonly bitOffset: number;
  /** 0 when it is no bit field. */
  readonly bitSize: number;
}

/** A source of types. */
export interface CTypes {
  readonly pointerSize: number;
  readonly littleEndian: boolean;
  /** Never throws: what is damaged comes as `unknown`. */
  type(id: TypeId): CType;
  /** The members of a struct or union, none of anything else. */
  members(id: TypeId): readonly CMember[];
  /** The full struct or union of this name, for one that is only declared. */
  findDefinition(kind: 'struct' | 'union', name: string): TypeId | undefined;
}

export interface FunctionPrototype {
  readonly name: string;
  readonly returns: TypeId;
  readonly parameters: readonly CParameter[];
  readonly isVariadic: boolean;
}

/** Deeper chains of typedefs and qualifiers are taken for damage: cycles end here. */
const deepestChain = 64;

interface StrippedType {
  readonly id: TypeId;
  readonly type: Exclude<CType, { kind: 'typedef' | 'qualifier' | 'tag' }>;
  /** Names of the typedefs passed, outermost first. */
  readonly names: readonly string[];
  readonly tags: readonly string[];
  readonly qualifiers: readonly string[];
}

/** The type behind typedefs, qualifiers and tags. */
export function stripType(types: CTypes, id: TypeId): StrippedType {
  const names: string[] = [];
  const tags: string[] = [];
  const qualifiers: string[] = [];
  let current = id;
  for (let depth = 0; depth < deepestChain; depth += 1) {
    const type = types.type(current);
    if (type.kind === 'typedef') names.push(type.name);
    else if (type.kind === 'tag') tags.push(type.tag);
    else if (type.kind === 'qualifier') qualifiers.push(type.word);
    else return { id: current, type, names, tags, qualifiers };
    current = type.target;
  }
  return { id: current, type: { kind: 'unknown', why: 'its typedefs never end' }, names, tags, qualifiers };
}

/** Size in bytes; undefined for void, functions, arrays without a length, and what is damaged. */
export function sizeOfType(types: CTypes, id: TypeId): number | undefined {
  let count = 1;
  let current = id;
  for (let depth = 0; depth < deepestChain; depth += 1) {
    const { type } = stripType(types, current);
    if (type.kind === 'array') {
      if (type.count === undefined) return undefined;
      count *= type.count;
      current = type.element;
      continue;
    }
    const size = 'size' in type ? type.size * count : undefined;
    return size !== undefined && Number.isSafeInteger(size) ? size : undefined;
  }
  return undefined;
}
