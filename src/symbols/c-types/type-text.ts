/** Types as C text, in the manner of `perf probe -V`: `const char* filename`, `struct open_how* how`, `char comm[16]`. */

import type { CComposite, CTypes, FunctionPrototype, TypeId } from './c-type.ts';

/** Deeper nesting is cut: no source text nests so deep, damaged types may. */
const deepest = 24;
/** Function types with more parameters than this are cut in the text. */
const mostParameters = 64;
/** Types looked at for one text: parameters that are functions with many parameters would never end. */
const mostTypes = 1000;

/** The source of the types, and how many may still be looked at. */
interface Described {
  readonly types: CTypes;
  left: number;
}

function startText(types: CTypes): Described {
  return { types, left: mostTypes };
}

/** The type alone: `unsigned int`, `struct filename*`, `int (*)(void*)`. */
export function describeType(types: CTypes, id: TypeId): string {
  return declare(startText(types), id, '', deepest);
}

/** A declaration of `name`: `struct filename* filename`, `char comm[16]`, `int (*handler)(void*)`. */
export function describeVariable(types: CTypes, id: TypeId, name: string): string {
  return declare(startText(types), id, name, deepest);
}

/** `long do_sys_openat2(int dfd, const char* filename, struct open_how* how)`. */
export function describePrototype(types: CTypes, prototype: FunctionPrototype): string {
  const { name, returns } = prototype;
  const described = startText(types);
  return declare(described, returns, `${name}(${parameterList(described, prototype, deepest)})`, deepest);
}

function parameterList(
  described: Described,
  { parameters, isVariadic }: Pick<FunctionPrototype, 'parameters' | 'isVariadic'>,
  depth: number,
): string {
  const shown = parameters.slice(0, mostParameters).map(({ name, type }) => declare(described, type, name, depth));
  if (isVariadic || parameters.length > mostParameters) shown.push('...');
  return shown.length === 0 ? 'void' : shown.join(', ');
}

/** C declarators grow around the name: each step puts its part there and goes on with the type inside. */
function declare(described: Described, id: TypeId, inner: string, depth: number): string {
  described.left -= 1;
  if (depth <= 0 || described.left < 0) return join('...', inner);
  const type = described.types.type(id);
  switch (type.kind) {
    case 'void':
      return join('void', inner);
    case 'integer':
    case 'boolean':
    case 'character':
    case 'float':
    case 'typedef':
      return join(type.name, inner);
    case 'enum':
      return join(type.name === '' ? 'enum {...}' : `enum ${type.name}`, inner);
    case 'struct':
    case 'union':
      return join(compositeName(type), inner);
    case 'pointer':
      return declarePointer(described, type.target, type.sign, inner, depth);
    case 'array':
      return declare(described, type.element, `${inner}[${type.count ?? ''}]`, depth - 1);
    case 'function':
      return declare(described, type.returns, `${inner}(${parameterList(described, type, depth - 1)})`, depth - 1);
    case 'qualifier':
      return declareQualified(described, type.word, type.target, inner, depth);
    case 'tag':
      return declare(described, type.target, inner, depth - 1);
    case 'unknown':
      return join('?', inner);
  }
}

function compositeName({ kind, name }: CComposite): string {
  return name === '' ? `${kind} {...}` : `${kind} ${name}`;
}

function declarePointer(described: Described, target: TypeId, sign: string, inner: string, depth: number): string {
  const { kind } = skipTags(described, target, depth);
  if (kind === 'function' || kind === 'array') return declare(described, target, `(${sign}${inner})`, depth - 1);
  const spaced = inner === '' || /^[*&[)]/.test(inner) ? inner : ` ${inner}`;
  return declare(described, target, `${sign}${spaced}`, depth - 1);
}

function skipTags(described: Described, id: TypeId, depth: number) {
  let type = described.types.type(id);
  for (let left = depth; type.kind === 'tag' && left > 0; left -= 1) type = described.types.type(type.target);
  return type;
}

/** `const char* p` is a pointer to const; a const pointer is `char* const p`. */
function declareQualified(described: Described, word: string, target: TypeId, inner: string, depth: number): string {
  const { kind } = skipTags(described, target, depth);
  if (kind === 'pointer') return declare(described, target, inner === '' ? ` ${word}` : `${word} ${inner}`, depth - 1);
  const text = declare(described, target, inner, depth - 1);
  // An array of const has const elements, too.
  return text.startsWith(`${word} `) ? text : `${word} ${text}`;
}

function join(type: string, inner: string): string {
  return inner === '' || /^[*&[ ]/.test(inner) ? type + inner : `${type} ${inner}`;
}
