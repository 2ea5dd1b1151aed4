/**
 * The call in a line of function_graph: `f [mod](args) {`, `f();` or `}`, each with a remark of the options
 * funcgraph-tail, -retaddr and -retval behind it, and events as remarks of their own.
 */
import type { GraphLine } from './text-line.ts';

export type GraphCall = Pick<GraphLine, 'shape' | 'func' | 'args' | 'caller' | 'retval' | 'text'>;

const symbol = String.raw`(?:[A-Za-z_.$][\w.$]*|0x[0-9a-f]+)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[[^\]\s]+\])?(?: <[0-9a-f]{8,16}>)?`;
const callPattern = new RegExp(String.raw`^(${symbol})\((.*)\)(;| \{)$`);
const remarkPattern = new RegExp(
  String.raw`^(?:(?:func: )?(${symbol}))?(?: ?<-(${symbol}))?,? ?(?:(?:ret=|ret: |= )(-?\d+|-?0x[0-9a-f]+))?$`,
);

/** Longer than two names of functions and a number; no pattern is tried on more. */
const remarkLimit = 2048;

/** The text from the function on; undefined when it is no such thing. */
export function parseGraphCall(text: string): GraphCall | undefined {
  if (text.startsWith('/*')) return commentCall(text);
  const remarkAt = text.endsWith('*/') ? text.lastIndexOf('/*') : -1;
  const remark = remarkAt < 0 ? undefined : parseRemark(text.slice(remarkAt + 2, -2).trim());
  if (remarkAt >= 0 && remark === undefined) return undefined;
  const bare = remarkAt < 0 ? text.trimEnd() : text.slice(0, remarkAt).trimEnd();
  if (bare === '}') {
    const { func, caller, retval } = remark ?? noRemark;
    return { shape: 'exit', func, args: '', caller, retval, text };
  }
  const match = callPattern.exec(bare);
  if (match === null) return undefined;
  const [, func, args, end] = match;
  const { caller, retval } = remark ?? noRemark;
  return { shape: end === ';' ? 'leaf' : 'entry', func, args: args!, caller, retval, text };
}

interface Remark {
  readonly func: string | undefined;
  readonly caller: string | undefined;
  readonly retval: string | undefined;
}

const noRemark: Remark = { func: undefined, caller: undefined, retval: undefined };

/** `f`, `<-caller`, `= 0x0`, `ret=-2`, or several of them. */
function parseRemark(text: string): Remark | undefined {
  const match = text.length > remarkLimit ? null : remarkPattern.exec(text);
  return match === null ? undefined : { func: match[1], caller: match[2], retval: match[3] };
}

function commentCall(text: string): GraphCall {
  const start = text.startsWith('/* ') ? 3 : 2;
  const end = text.endsWith('*/') && text.length >= start + 2 ? -2 : undefined;
  const inner = text.slice(start, end);
  const trimmed = end !== undefined && inner.endsWith(' ') ? inner.slice(0, -1) : inner;
  return { shape: 'comment', func: undefined, args: '', caller: undefined, retval: undefined, text: trimmed };
}

/** Whether a comment that began with `text` goes on in the next line. */
export function isOpenComment(line: string): boolean {
  return !line.endsWith('*/');
}

/** Words of arguments as far as they are numbers: `dfd=4294967196, how=0xff` or `0x1, 0x2`; undefined otherwise. */
export function parseGraphArguments(args: string): readonly bigint[] | undefined {
  if (args === '' || args.length > 1024) return undefined;
  const words: bigint[] = [];
  for (const part of args.split(', ')) {
    const value = /^(?:\w+=)?(-?\d+|0x[0-9a-f]+)$/.exec(part)?.[1];
    if (value === undefined) return words.length === 0 ? undefined : words;
    words.push(BigInt.asUintN(64, BigInt(value)));
  }
  return words;
}

/** A returned value as printed to the word that was returned. */
export function parseReturnValue(text: string): bigint | undefined {
  const isNegative = text.startsWith('-');
  const digits = isNegative ? text.slice(1) : text;
  if (digits.length > 20) return undefined;
  const value = BigInt(digits);
  return BigInt.asUintN(64, isNegative ? -value : value);
}
