/** The operands of predicates: fields, numbers, texts and CPU sets, from their tokens. */
import type { CpuRange, FieldReference, FilterDialect, NumberValue, TextSpan, TextValue } from './filter-ast.ts';
import { FilterFault } from './filter-problem.ts';
import type { FilterToken } from './filter-tokens.ts';

const suffixes = ['function', 'ustring'] as const;

/** `name` or `name.function`. */
export function readField(token: FilterToken): FieldReference {
  const [name, suffix] = token.text.split('.') as [string, string | undefined];
  const known = suffixes.find((candidate) => candidate === suffix);
  if (suffix !== undefined && known === undefined) {
    const at = { position: token.position + name.length, length: suffix.length + 1 };
    throw new FilterFault(
      `there is no suffix .${suffix}`,
      at,
      suffixes.map((each) => `.${each}`),
    );
  }
  return { kind: 'field', name, suffix: known, position: token.position, length: token.length };
}

/** Decimal, `0x` hexadecimal or octal with a leading 0, up to 64 bits; for trace-cmd with a C suffix like `UL`, too. */
export function readNumber(token: FilterToken, dialect: FilterDialect, negation?: TextSpan): NumberValue {
  const [, digits, suffix] = /^(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)([uUlL]{0,3})$/.exec(token.text) ?? [];
  if (digits === undefined || (suffix !== '' && dialect === 'kernel')) {
    throw new FilterFault('this is no number (0x... is hexadecimal, 0... octal)', token);
  }
  const isOctal = /^0\d/.test(digits);
  const magnitude = digits.length > 40 ? 1n << 64n : BigInt(isOctal ? `0o${digits}` : digits);
  const limit = negation === undefined ? 1n << 64n : (1n << 63n) + 1n;
  if (magnitude >= limit) throw new FilterFault('this number has more than 64 bits', token);
  const position = negation?.position ?? token.position;
  const value = negation === undefined ? magnitude : -magnitude;
  return { kind: 'number', value, position, length: token.position + token.length - position };
}

export function readText(token: FilterToken): TextValue {
  const isCharacter = token.quote === "'" && token.text.length === 1;
  return { kind: 'text', text: token.text, isCharacter, position: token.position, length: token.length };
}

/** `2-4,8` of `CPUS{2-4,8}`. */
export function readCpus(token: FilterToken): CpuRange[] {
  const ranges = token.text
    .split(',')
    .map((part) => /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part))
    .map((parts) => ({ first: Number(parts?.[1]), last: Number(parts?.[2] ?? parts?.[1]) }));
  if (ranges.every(({ first, last }) => first <= last)) return ranges;
  throw new FilterFault('this is no list of CPUs', token, ['CPUS{0-3,8}']);
}
