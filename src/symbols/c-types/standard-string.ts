/**
 * `std::string` of GNU's C++ library: a class whose first member, `_M_dataplus._M_p`, points to text that ends with a NUL.
 * LLVM's keeps short texts inside of itself, where no fetch arg can tell which of both it is.
 */

import { type CTypes, stripType } from './c-type.ts';
import { movePlace } from './fetch-place.ts';
import { findMember, type PlacedObject } from './member-path.ts';

/** The pointer to the text of the string at `object`; undefined when it is no such string. */
export function findStandardText(types: CTypes, object: PlacedObject): PlacedObject | undefined {
  const holder = memberOf(types, object, '_M_dataplus');
  return holder && memberOf(types, holder, '_M_p');
}

function memberOf(types: CTypes, object: PlacedObject, name: string): PlacedObject | undefined {
  const { id, type } = stripType(types, object.type);
  if (type.kind !== 'struct') return undefined;
  const definition = type.isDeclaration ? types.findDefinition('struct', type.name) : id;
  const found = definition === undefined ? undefined : findMember(types, definition, name);
  if (found === undefined) return undefined;
  return { type: found.member.type, place: movePlace(object.place, found.bitOffset), bitField: undefined };
}
