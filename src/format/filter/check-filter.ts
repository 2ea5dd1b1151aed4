/**
 * Checks a filter against an event before it is written or used: every field is there and fits its operator. What the
 * kernel would take and never match is a problem as well.
 */
import type { EventField } from '../event-field.ts';
import type { EventFormat } from '../event-format.ts';
import type {
  ComparisonNode,
  FieldReference,
  FilterAst,
  FilterDialect,
  FilterNode,
  FunctionNode,
  NumberValue,
  NumericValue,
  TextNode,
} from './filter-ast.ts';
import {
  type FilterField,
  findFilterField,
  isCpuMask,
  isNumberField,
  isTextField,
  isTextPointer,
  listFilterNames,
  nearFilterNames,
} from './filter-fields.ts';
import { catchFault, FilterFault, type FilterProblem } from './filter-problem.ts';

interface Scope {
  readonly format: EventFormat;
  readonly dialect: FilterDialect;
  readonly isFunction: ((name: string) => boolean) | undefined;
}

/**
 * The first problem from the left, or undefined. Positions count in the text that `ast` was parsed from. `isFunction`, when
 * given, says which names `.function` can be compared with.
 */
export function checkFilter(
  { root, dialect }: FilterAst,
  format: EventFormat,
  isFunction?: (name: string) => boolean,
): FilterProblem | undefined {
  return catchFault<Partial<{ problem: FilterProblem }>>(() => {
    checkNode(root, { format, dialect, isFunction });
    return {};
  }).problem;
}

function checkNode(node: FilterNode, scope: Scope): void {
  switch (node.kind) {
    case 'all':
    case 'any':
      for (const term of node.terms) checkNode(term, scope);
      return;
    case 'not':
      return checkNode(node.term, scope);
    case 'truth':
      return checkNumber(node.value, scope);
    case 'comparison':
      return checkComparison(node, scope);
    case 'text-match':
      return checkText(node, scope);
    case 'function':
      return checkFunction(node, scope);
    case 'cpus': {
      const found = fieldOf(node.field, scope);
      if (found.kind === 'field' && isCpuMask(found.field)) return;
      return expectNumber(node.field, found);
    }
  }
}

function fieldOf(reference: FieldReference, { format, dialect }: Scope): FilterField {
  const found = findFilterField(format, reference.name, dialect);
  if (found !== undefined) return found;
  const candidates = nearFilterNames(reference.name, listFilterNames(format, dialect));
  const own = format.fields.map(({ name }) => name);
  throw new FilterFault(
    `${format.system}:${format.name} has no field ${reference.name}`,
    { position: reference.position, length: reference.name.length },
    candidates.length > 0 ? candidates : own.slice(0, 10),
  );
}

function checkComparison({ left, right }: ComparisonNode, scope: Scope): void {
  checkNumber(left, scope);
  checkNumber(right, scope);
  if (scope.dialect !== 'kernel' || left.kind !== 'field' || right.kind !== 'number') return;
  const found = fieldOf(left, scope);
  if (found.kind === 'field') checkRange(found.field, right);
}

/** The kernel reads the number by the sign of the field. */
function checkRange({ name, signed }: EventField, number: NumberValue): void {
  if (!signed && number.value < 0n) throw new FilterFault(`${name} is unsigned: it is never below 0`, number);
  if (signed && number.value >= 1n << 63n)
    throw new FilterFault(`${name} is signed: it has 63 bits and a sign`, number);
}

function checkNumber(value: NumericValue, scope: Scope): void {
  if (value.kind === 'number') return;
  if (value.kind === 'field') return checkNumberField(value, scope);
  checkNumber(value.left, scope);
  checkNumber(value.right, scope);
}

function checkNumberField(reference: FieldReference, scope: Scope): void {
  const found = fieldOf(reference, scope);
  if (scope.dialect === 'kernel' && found.kind === 'field' && isTextPointer(found.field)) {
    throw new FilterFault(
      `${reference.name} is a text (${found.field.type}): compare it with one in quotes`,
      reference,
    );
  }
  expectNumber(reference, found);
}

function expectNumber(reference: FieldReference, found: FilterField): void {
  const { name } = reference;
  if (found.kind === 'comm') throw new FilterFault(`${name} is a text: compare it with one in quotes`, reference);
  if (found.kind !== 'field' || isNumberField(found.field)) return;
  const { field } = found;
  if (isTextField(field))
    throw new FilterFault(`${name} is a text (${field.type}): compare it with one in quotes`, reference);
  if (isCpuMask(field)) {
    throw new FilterFault(`${name} is a set of CPUs: compare it with CPUS{...}`, reference, [`${name} & CPUS{0}`]);
  }
  throw new FilterFault(`${name} is no number (${field.type}) and cannot be compared`, reference);
}

function checkText({ field: reference, text }: TextNode, scope: Scope): void {
  const found = fieldOf(reference, scope);
  if (found.kind === 'comm') return;
  if (found.kind !== 'field') throw numberExpected(reference, text);
  const { field } = found;
  if (isTextField(field)) return;
  if (scope.dialect === 'kernel') return checkKernelText(reference, field, text, scope);
  if (text.isCharacter) return;
  const isAddress = field.isPointer || field.type.includes('long');
  // libtraceevent compares other numbers as hexadecimal text.
  if (!isAddress && !/0x/i.test(text.text)) throw numberExpected(reference, text);
}

function checkKernelText(
  reference: FieldReference,
  field: EventField,
  text: TextNode['text'],
  { format }: Scope,
): void {
  if (reference.suffix === 'ustring') {
    if (isTextPointer(field)) return;
    const why = `${field.name} (${field.type}) is no pointer to a text, so .ustring has no meaning`;
    throw new FilterFault(why, reference);
  }
  // The ftrace function event compares its address with names of functions.
  if (format.system === 'ftrace' && field.name === 'ip') return;
  if (!isTextPointer(field)) throw numberExpected(reference, text);
  if (format.system === 'syscalls') {
    const meant = `${field.name}.ustring`;
    const why = `${field.name} points into the program's memory: the kernel takes this filter, and it never matches`;
    throw new FilterFault(why, reference, [meant]);
  }
}

function numberExpected({ name }: FieldReference, text: TextNode['text']): FilterFault {
  const isNumber = /^-?(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text.text);
  return new FilterFault(`${name} is a number: compare it with one`, text, isNumber ? [text.text] : []);
}

function checkFunction({ field: reference, target, targetAt }: FunctionNode, scope: Scope): void {
  const found = fieldOf(reference, scope);
  const isAddress =
    found.kind === 'field' && isNumberField(found.field) && (found.field.isPointer || /long|64/.test(found.field.type));
  if (!isAddress) throw new FilterFault(`${reference.name} is no address, so .function has no meaning`, reference);
  if (typeof target === 'string' && scope.isFunction?.(target) === false) {
    throw new FilterFault(`there is no function ${target}`, targetAt);
  }
}
