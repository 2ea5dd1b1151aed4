/**
 * Follows a path such as `file->f_path.dentry->d_name.name` or `fds[3].events` through types: each step's offset, and the
 * place where a probe finds the value. Members of anonymous structs and unions are found as C finds them.
 */

import { nearestNames } from '../../base/nearest.ts';
import { type CMember, type CTypes, sizeOfType, stripType, type TypeId } from './c-type.ts';
import { followPointer, movePlace, type Place } from './fetch-place.ts';
import { type FetchWord, FetchWordError, type PathPart } from './fetch-word.ts';
import { describeType } from './type-text.ts';

/** One step of a path, for showing how a value is reached. */
export interface MemberStep {
  /** `->flags`, `.name`, `[3]`. */
  readonly text: string;
  /** Bytes from the start of what the step starts from. */
  readonly offset: number;
  /** The step goes through a pointer first. */
  readonly isDereference: boolean;
  readonly bitField: BitField | undefined;
  readonly type: TypeId;
  /** Bytes; undefined for what has no size. */
  readonly size: number | undefined;
  readonly isSigned: boolean;
}

interface BitField {
  /** From the first byte of the step. */
  readonly offset: number;
  readonly size: number;
}

/** A value of a type at a place. */
export interface PlacedObject {
  readonly type: TypeId;
  readonly place: Place;
  readonly bitField: BitField | undefined;
}

interface FollowedPath extends PlacedObject {
  readonly steps: readonly MemberStep[];
}

/** Anonymous members inside anonymous members; more is damage. */
const deepestAnonymous = 16;
/** Members looked at for one name: the largest struct of the kernel has some 300, but damaged types may loop. */
const mostMembers = 20_000;

interface FoundMember {
  readonly member: CMember;
  /** From the start of the outermost struct. */
  readonly bitOffset: number;
}

/** The member `name` of a struct or union, also inside of its anonymous members. */
export function findMember(types: CTypes, composite: TypeId, name: string): FoundMember | undefined {
  let left = mostMembers;
  const search = (id: TypeId, base: number, depth: number): FoundMember | undefined => {
    const members = types.members(id);
    left -= members.length;
    const own = members.find((it) => it.name === name);
    if (own !== undefined) return { member: own, bitOffset: base + own.bitOffset };
    if (depth === deepestAnonymous) return undefined;
    for (const member of members) {
      if (member.name !== '' || left < 0) continue;
      const found = search(stripType(types, member.type).id, base + member.bitOffset, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(composite, 0, 0);
}

/** The names that `.name` or `->name` may take, those of anonymous members included. */
export function listMemberNames(types: CTypes, composite: TypeId): string[] {
  const names: string[] = [];
  let left = mostMembers;
  const collect = (id: TypeId, depth: number): void => {
    for (const { name, type } of types.members(id)) {
      left -= 1;
      if (left < 0) return;
      if (name !== '') names.push(name);
      else if (depth < deepestAnonymous) collect(stripType(types, type).id, depth + 1);
    }
  };
  collect(composite, 0);
  return names;
}

/** Follows `word`'s parts from the object `start`. Throws FetchWordError where a part does not fit the types. */
export function followPath(types: CTypes, start: PlacedObject, word: FetchWord): FollowedPath {
  const steps: MemberStep[] = [];
  let current = start;
  let position = word.rootPosition;
  for (const part of word.parts) {
    const walker = { types, word, from: current, before: word.text.slice(word.rootPosition, startOf(part)), position };
    const { object, step } = part.kind === 'index' ? stepToElement(walker, part) : stepToMember(walker, part);
    steps.push(step);
    current = object;
    position = part.position;
  }
  return { ...current, steps };
}

function startOf(part: PathPart): number {
  return part.kind === 'index' ? part.position : part.position - (part.isArrow ? 2 : 1);
}

interface Walker {
  readonly types: CTypes;
  readonly word: FetchWord;
  readonly from: PlacedObject;
  /** The path so far, as written. */
  readonly before: string;
}

interface Stepped {
  readonly object: PlacedObject;
  readonly step: MemberStep;
}

function stepToMember(walker: Walker, part: Extract<PathPart, { kind: 'member' }>): Stepped {
  const { types, word, from } = walker;
  const isThrough = part.isArrow || isReference(types, from.type);
  const place = isThrough ? behindArrow(walker, part) : from.place;
  const outer = compositeOf(walker, part, isThrough);
  const found = findMember(types, outer, part.name);
  if (found === undefined) {
    const names = listMemberNames(types, outer);
    const near = nearestNames(part.name, names);
    const remedy =
      near.length > 0 ? `did you mean ${near.join(', ')}?` : `it has ${names.slice(0, 12).join(', ') || 'no members'}`;
    throw new FetchWordError(word.text, part.position, `${describeType(types, outer)} has no '${part.name}'`, remedy);
  }
  const { member, bitOffset } = found;
  const isBits = member.bitSize > 0;
  const startBit = isBits && place.kind !== 'registers' ? bitOffset - (bitOffset % 8) : bitOffset;
  const bitField = isBits ? { offset: bitOffset - startBit, size: member.bitSize } : undefined;
  return {
    object: { type: member.type, place: movePlace(place, startBit), bitField },
    step: {
      ...describeStep(types, member.type, `${part.isArrow ? '->' : '.'}${part.name}`, bitField),
      offset: Math.floor(startBit / 8),
      isDereference: isThrough,
    },
  };
}

function describeStep(types: CTypes, type: TypeId, text: string, bitField: BitField | undefined) {
  const stripped = stripType(types, type).type;
  const isSigned = 'isSigned' in stripped && stripped.isSigned;
  return { text, bitField, type, size: sizeOfType(types, type), isSigned };
}

/** The place behind a pointer, or of an array's first element, which C takes for a pointer, too. */
function behindArrow({ types, word, from, before }: Walker, { position }: PathPart): Place {
  const { type } = stripType(types, from.type);
  if (type.kind === 'pointer') return followPointer(from.place, isUserPointer(types, from.type));
  if (type.kind === 'array') return from.place;
  const isComposite = type.kind === 'struct' || type.kind === 'union';
  throw new FetchWordError(
    word.text,
    position - 2,
    `${before} is no pointer, it is ${describeType(types, from.type)}`,
    isComposite ? `write ${before}.${word.text.slice(position)}` : 'end the argument here',
  );
}

/** Tagged `user`, the pointer itself or what it points to. */
export function isUserPointer(types: CTypes, id: TypeId): boolean {
  const { type, tags } = stripType(types, id);
  if (type.kind !== 'pointer') return false;
  return tags.includes('user') || stripType(types, type.target).tags.includes('user');
}

/** A reference of C++, whose members are written with a dot. */
function isReference(types: CTypes, id: TypeId): boolean {
  const { type } = stripType(types, id);
  return type.kind === 'pointer' && type.sign !== '*';
}

/** The struct whose member is asked for. */
function compositeOf(walker: Walker, part: Extract<PathPart, { kind: 'member' }>, isThrough: boolean): TypeId {
  const { types, word, from, before } = walker;
  const outer = stripType(types, from.type);
  const target = isThrough && outer.type.kind === 'pointer' ? outer.type.target : undefined;
  const element = part.isArrow && outer.type.kind === 'array' ? outer.type.element : undefined;
  const { id, type } = stripType(types, target ?? element ?? from.type);
  if (type.kind === 'struct' || type.kind === 'union') {
    if (!type.isDeclaration) return id;
    const definition = types.findDefinition(type.kind, type.name);
    if (definition !== undefined) return definition;
    const why = `the members of ${type.kind} ${type.name} are not in the type information`;
    throw new FetchWordError(word.text, part.position, why, 'give the offset in the form of the kernel: +OFFSET(...)');
  }
  const shown = describeType(types, from.type);
  const remedy =
    type.kind === 'pointer' ? `write ${before}->${word.text.slice(part.position)}` : 'end the argument in front of it';
  throw new FetchWordError(word.text, part.position, `${before} has no members, it is ${shown}`, remedy);
}

function stepToElement({ types, word, from, before }: Walker, part: Extract<PathPart, { kind: 'index' }>): Stepped {
  const { type } = stripType(types, from.type);
  if (type.kind !== 'array' && type.kind !== 'pointer') {
    const why = `${before} is neither array nor pointer, it is ${describeType(types, from.type)}`;
    throw new FetchWordError(word.text, part.position, why, 'leave [...] out');
  }
  const element = type.kind === 'array' ? type.element : type.target;
  const size = sizeOfType(types, element);
  if (size === undefined) {
    const why = `the size of an element of ${before} is not known: ${describeType(types, element)}`;
    throw new FetchWordError(word.text, part.position, why, 'give the offset in the form of the kernel: +OFFSET(...)');
  }
  if (type.kind === 'array' && type.count !== undefined && type.count > 0 && part.index >= type.count) {
    const why = `${before} has ${type.count} elements`;
    throw new FetchWordError(word.text, part.position, why, `the last is [${type.count - 1}]`);
  }
  const offset = size * part.index;
  if (offset > 0x7fffffff) {
    throw new FetchWordError(word.text, part.position, 'the element is too far away', 'give a smaller number');
  }
  const isDereference = type.kind === 'pointer';
  const start = isDereference ? followPointer(from.place, isUserPointer(types, from.type)) : from.place;
  return {
    object: { type: element, place: movePlace(start, offset * 8), bitField: undefined },
    step: { ...describeStep(types, element, `[${part.index}]`, undefined), offset, isDereference },
  };
}
