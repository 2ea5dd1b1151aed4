/**
 * Compiles a filter for the records of one event, with what libtraceevent 1.8.4 makes of it (src/parse-filter.c there).
 * What the record ends before, and a field that the event does not have, makes its comparison false.
 */
import { readCommonPid } from '../common-header.ts';
import type { EventFormat } from '../event-format.ts';
import type { KernelAbi } from '../kernel-abi.ts';
import { compileComparison, compileTruth } from './compile-number.ts';
import { compileTextPlace, type TextPlace } from './compile-text.ts';
import type { CpuRange, CpusNode, FilterAst, FilterNode, FunctionNode, TextNode } from './filter-ast.ts';
import type { FilterContext, FilterScope, RecordTest } from './filter-context.ts';
import { findFilterField, isCpuMask, isNumberField, isTextField } from './filter-fields.ts';
import { compileNumber, type NumberReader, readAsBigInt } from './number-reader.ts';
import type { TextPattern } from './text-pattern.ts';

const never: RecordTest = () => false;

/**
 * The test of a record bytes[start..end) of the event; `view` is over the same bytes with the same offsets, `time` in ns.
 * Never throws.
 */
export function compileFilter({ dialect, root }: FilterAst, format: EventFormat, context: FilterContext): RecordTest {
  return compileNode(root, { dialect, format, context });
}

function compileNode(node: FilterNode, scope: FilterScope): RecordTest {
  switch (node.kind) {
    case 'all':
    case 'any':
      return joinTests(
        node.kind,
        node.terms.map((term) => compileNode(term, scope)),
      );
    case 'not': {
      const test = compileNode(node.term, scope);
      return (bytes, view, start, end, cpu, time) => !test(bytes, view, start, end, cpu, time);
    }
    case 'comparison':
      return compileComparison(node, scope) ?? never;
    case 'truth':
      return compileTruth(node.value, scope) ?? never;
    case 'text-match':
      return compileMatch(node, scope);
    case 'function':
      return compileFunction(node, scope);
    case 'cpus':
      return compileCpus(node, scope);
  }
}

function joinTests(kind: 'all' | 'any', tests: readonly RecordTest[]): RecordTest {
  const [first, second] = tests as [RecordTest, RecordTest];
  if (tests.length === 2) {
    return kind === 'all'
      ? (bytes, view, start, end, cpu, time) =>
          first(bytes, view, start, end, cpu, time) && second(bytes, view, start, end, cpu, time)
      : (bytes, view, start, end, cpu, time) =>
          first(bytes, view, start, end, cpu, time) || second(bytes, view, start, end, cpu, time);
  }
  const decisive = kind === 'any';
  return (bytes, view, start, end, cpu, time) => {
    for (const test of tests) if (test(bytes, view, start, end, cpu, time) === decisive) return decisive;
    return !decisive;
  };
}

function compileMatch(node: TextNode, scope: FilterScope): RecordTest {
  const { pattern, operator, text } = node;
  const found = findFilterField(scope.format, node.field.name, scope.dialect);
  if (found === undefined || found.kind === 'time') return never;
  const wanted = operator !== '!=' && operator !== '!~';
  if (found.kind === 'comm') return matchComm(pattern, wanted, scope.context);
  if (found.kind === 'field' && isTextField(found.field)) {
    const locate = compileTextPlace(found.field, scope.context.abi);
    const place: TextPlace = { from: 0, to: 0 };
    return (bytes, view, start, end) =>
      locate(bytes, view, start, end, place) && pattern.testBytes(bytes, place.from, place.to) === wanted;
  }
  if (node.field.suffix !== undefined) return never;
  const number = compileNumber(node.field, scope);
  if (number === undefined) return never;
  const isWhole = operator === '==' || operator === '!=';
  if (text.isCharacter && isWhole) return matchCharacter(number, text.text, wanted);
  const isAddress = found.kind === 'field' && (found.field.isPointer || found.field.type.includes('long'));
  return matchNumber(number, pattern, wanted, isAddress ? scope.context.functionAt : undefined);
}

/** Names that were tested, up to so many. */
const mostNames = 10_000;

function matchComm(pattern: TextPattern, wanted: boolean, { header, commOf }: FilterContext): RecordTest {
  const known = new Map<string, boolean>();
  return (bytes, _view, start, end) => {
    if (start + header.size > end) return false;
    const comm = commOf(readCommonPid(header, bytes, start));
    let matches = known.get(comm);
    if (matches === undefined) {
      if (known.size >= mostNames) known.clear();
      matches = pattern.test(comm);
      known.set(comm, matches);
    }
    return matches === wanted;
  };
}

/** 'x' stands for the code of the character. */
function matchCharacter(number: NumberReader, character: string, wanted: boolean): RecordTest {
  const read = readAsBigInt(number);
  const code = BigInt(character.codePointAt(0)!);
  return (_bytes, view, start, end, cpu, time) =>
    start + number.end <= end && (read(view, start, cpu, time) === code) === wanted;
}

/** A number as text: the function around an address, or else hexadecimal. */
function matchNumber(
  number: NumberReader,
  pattern: TextPattern,
  wanted: boolean,
  functionAt: FilterContext['functionAt'],
): RecordTest {
  const read = readAsBigInt(number);
  return (_bytes, view, start, end, cpu, time) => {
    if (start + number.end > end) return false;
    const value = read(view, start, cpu, time);
    return pattern.test(functionAt?.(value) ?? `0x${value.toString(16)}`) === wanted;
  };
}

function compileFunction({ field, operator, target }: FunctionNode, scope: FilterScope): RecordTest {
  const { functionAt } = scope.context;
  const number = compileNumber(field, scope);
  const wanted = typeof target === 'string' ? target : functionAt?.(target);
  if (number === undefined || functionAt === undefined || wanted === undefined) return never;
  const read = readAsBigInt(number);
  return (_bytes, view, start, end, cpu, time) =>
    start + number.end <= end && (functionAt(read(view, start, cpu, time)) === wanted) === (operator === '==');
}

function compileCpus({ field, operator, cpus }: CpusNode, scope: FilterScope): RecordTest {
  const found = findFilterField(scope.format, field.name, scope.dialect);
  if (found?.kind === 'field' && isCpuMask(found.field))
    return compileMask(found.field, operator, cpus, scope.context.abi);
  if (found?.kind === 'field' && !isNumberField(found.field)) return never;
  const number = compileNumber(field, scope);
  if (number === undefined) return never;
  const read = readAsBigInt(number);
  // One CPU: it is in the set, or the set is that one alone.
  const isAlone = operator !== '&';
  const single = cpus.length === 1 && cpus[0]!.first === cpus[0]!.last;
  return (_bytes, view, start, end, cpu, time) => {
    if (start + number.end > end) return false;
    const matches = (single || !isAlone) && isIn(cpus, Number(read(view, start, cpu, time)));
    return matches === (operator !== '!=');
  };
}

function compileMask(
  field: Parameters<typeof compileTextPlace>[0],
  operator: CpusNode['operator'],
  cpus: readonly CpuRange[],
  abi: KernelAbi,
): RecordTest {
  const locate = compileTextPlace(field, abi, { isBinary: true });
  const place: TextPlace = { from: 0, to: 0 };
  return (bytes, view, start, end) => {
    if (!locate(bytes, view, start, end, place)) return false;
    let meets = false;
    let equals = true;
    const count = (place.to - place.from) * 8;
    for (let cpu = 0; cpu < count; cpu += 1) {
      // Big-endian longs hold CPU 0 in their last byte.
      const index = cpu >>> 3;
      const byte = abi.littleEndian ? index : index ^ (abi.longSize - 1);
      const isSet = ((bytes[place.from + byte]! >>> (cpu & 7)) & 1) === 1;
      const isWanted = isIn(cpus, cpu);
      if (isSet && isWanted) meets = true;
      if (isSet !== isWanted) equals = false;
    }
    equals &&= cpus.every(({ last }) => last < count);
    return operator === '&' ? meets : equals === (operator === '==');
  };
}

function isIn(cpus: readonly CpuRange[], cpu: number): boolean {
  return cpus.some(({ first, last }) => first <= cpu && cpu <= last);
}
