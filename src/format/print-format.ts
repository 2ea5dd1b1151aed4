/**
 * Reads which fields a `print fmt` shows and with which conversion, without evaluating it: the C format string and its
 * arguments are matched by position (kernel/trace/trace_events.c, test_event_printk does the same).
 */

/** One conversion of the format string with the C expression that it prints. */
interface PrintedArgument {
  /** The conversion letter, with what `%p` is followed by: `x`, `d`, `s`, `pS`, `pI4`. */
  readonly conversion: string;
  readonly expression: string;
}

/** Names of the fields that are printed by %x, %X or %p and its address kinds. */
export function hexFieldNames(printFormat: string): ReadonlySet<string> {
  return namesPrintedBy(printFormat, (conversion) => /^(?:x|X|p|p[KxsSfFB]R?)$/.test(conversion));
}

/** Names of the fields that are printed by %s, by themselves or through __get_str. */
export function stringFieldNames(printFormat: string): ReadonlySet<string> {
  return namesPrintedBy(printFormat, (conversion) => conversion === 's');
}

function namesPrintedBy(printFormat: string, wanted: (conversion: string) => boolean): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { conversion, expression } of splitPrintFormat(printFormat)) {
    if (!wanted(conversion) || /\b__print_|\?/.test(expression)) continue;
    for (const [, field, dynamic] of expression.matchAll(/\bREC\s*\)?->(\w+)|\b__get_(?:rel_)?str\((\w+)\)/g)) {
      names.add((field ?? dynamic)!);
    }
  }
  return names;
}

/** The conversions of `print fmt` text, in order; widths given by `*` use up their argument. */
function splitPrintFormat(printFormat: string): readonly PrintedArgument[] {
  const [text, ...expressions] = splitArguments(printFormat);
  if (text === undefined) return [];
  const printed: PrintedArgument[] = [];
  let next = 0;
  const conversions = /%([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?(?:hh|h|ll|l|L|z|j|t)?(%|p[A-Za-z0-9]*|[a-zA-Z])/g;
  for (const [, , width, precision, conversion] of text.matchAll(conversions)) {
    if (conversion === '%') continue;
    next += (width === '*' ? 1 : 0) + (precision === '*' ? 1 : 0);
    printed.push({ conversion: conversion!, expression: expressions[next] ?? '' });
    next += 1;
  }
  return printed;
}

/** Splits at the commas outside brackets, strings and character constants. */
function splitArguments(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '"' || character === "'") at = endOfQuoted(text, at);
    else if (character === '(' || character === '[' || character === '{') depth += 1;
    else if (character === ')' || character === ']' || character === '}') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

/** Index of the quote that ends the string or character constant beginning at `start`. */
function endOfQuoted(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return text.length;
}
