/** Fetch arguments of dynamic probes: `name=+0(%si):ustring`, checked, and the fields they become. */

import type { ProbeContext } from './probe-definition.ts';

/** The kernel refuses a definition; `at` is the caret's column in the command. */
export class ProbeProblem extends Error {
  readonly code: string;
  readonly at: number;

  constructor(code: string, message: string, at: number) {
    super(message);
    this.code = code;
    this.at = at;
  }
}

export interface ProbeArgument {
  readonly name: string;
  /** As the kernel lists it: `arg1=%di` when it had no name. */
  readonly text: string;
  /** Its type without array part; `x64` when none was given. */
  readonly type: string;
  /** Elements of an array, undefined for a single value. */
  readonly count: number | undefined;
}

const registers = /^%(r?(ax|bx|cx|dx|si|di|bp|sp|ip)|r([89]|1[0-5])|flags|cs|ss|ds|es|fs|gs|orig_ax)$/;
const types = /^([usx](8|16|32|64)|char|string|ustring|symbol|symstr|b\d+@\d+\/\d+)$/;

/** Parses the argument at column `at` of the command, the `index`th from 1; throws ProbeProblem. */
export function parseProbeArgument(
  word: string,
  at: number,
  index: number,
  isReturn: boolean,
  context: ProbeContext,
): ProbeArgument {
  const [, named, body = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(word)!;
  if (named !== undefined && !/^[A-Za-z_]\w*$/.test(named)) {
    throw new ProbeProblem('EINVAL', 'Argument name must follow the same rules as C identifiers', at);
  }
  const bodyAt = at + word.length - body.length;
  if (body === '') throw new ProbeProblem('EINVAL', 'No argument expression', bodyAt);
  const colon = body.startsWith('@') || body.startsWith('\\"') ? body.lastIndexOf(':') : body.indexOf(':');
  const expression = colon < 0 ? body : body.slice(0, colon);
  const typeText = colon < 0 ? undefined : body.slice(colon + 1);
  const [, type = '', count] = /^([^[]*)(?:\[(\d+)\])?$/.exec(typeText ?? '') ?? ['', '?'];
  const isOffered = type !== 'symstr' || context.readme.includes('symstr');
  if (typeText !== undefined && !(types.test(type) && isOffered)) {
    throw new ProbeProblem('EINVAL', 'Unknown type is specified', bodyAt + colon + 1);
  }
  checkExpression(expression, bodyAt, isReturn, context);
  const name = named ?? (/^[a-z_]\w*$/i.test(expression) ? expression : `arg${index}`);
  const hasBtfType = context.kind === 'kprobe' && context.traits.hasBtfReturn && expression === '$retval';
  const untyped = /^\$comm$/i.test(expression) ? 'string' : hasBtfType ? 's64' : 'x64';
  return {
    name,
    text: `${name}=${body}`,
    type: typeText === undefined ? untyped : type,
    count: count === undefined ? undefined : Number(count),
  };
}

function checkExpression(text: string, at: number, isReturn: boolean, context: ProbeContext): void {
  const fail = (message: string, where = at): never => {
    throw new ProbeProblem('EINVAL', message, where);
  };
  switch (text[0]) {
    case '%':
      if (!registers.test(text)) fail('Invalid register name');
      return;
    case '$':
      checkVariable(text, isReturn, context, fail);
      return;
    case '+':
    case '-':
      checkDereference(text, at, isReturn, context, fail);
      return;
    case '@':
    case '\\':
      if (text.length < 2) fail('Invalid fetch argument');
      return;
    default: {
      const takesNames = context.kind === 'kprobe' && context.readme.includes('<argname>');
      if (!takesNames || !/^[A-Za-z_][\w.>-]*$/.test(text)) fail('Invalid fetch argument');
    }
  }
}

type Fail = (message: string, where?: number) => never;

function checkVariable(text: string, isReturn: boolean, { kind, traits }: ProbeContext, fail: Fail): void {
  if (/^\$(stack\d*|comm|COMM)$/.test(text)) return;
  if (text === '$retval') {
    if (!isReturn) fail('$retval is not available on probe');
  } else if (kind !== 'kprobe' || !/^\$arg([1-9]\d*|\*)$/.test(text)) fail(traits.badVariable);
}

function checkDereference(text: string, at: number, isReturn: boolean, context: ProbeContext, fail: Fail): void {
  const head = /^[+-]u?(0x[0-9a-fA-F]+|\d+)\(/.exec(text)?.[0] ?? fail('Invalid dereference offset', at + 1);
  const close = text.lastIndexOf(')');
  if (close < 0) fail('Dereference brace is not closed', at + text.length);
  checkExpression(text.slice(head.length, close), at + head.length, isReturn, context);
}

interface ProbeFields {
  readonly lines: string;
  readonly formats: string[];
  readonly values: string[];
}

/** Field lines from `offset` on, and their parts of print fmt. */
export function formatProbeFields(args: readonly ProbeArgument[], offset: number): ProbeFields {
  const formats: string[] = [];
  const values: string[] = [];
  let lines = '';
  let at = offset;
  for (const { name, type, count } of args) {
    const shape = fieldShape(type);
    const elements = count ?? 1;
    const isText = shape.declaration.startsWith('__data_loc');
    const size = shape.size * elements;
    const array = count === undefined ? '' : `[${count}]`;
    lines += `\tfield:${shape.declaration} ${name}${array};\toffset:${at};\tsize:${size};\tsigned:${shape.signed};\n`;
    const one = Array.from({ length: elements }, () => shape.format).join(',');
    formats.push(`${name}=${count === undefined ? one : `{${one}}`}`);
    if (isText) values.push(`__get_str(${name})`);
    else if (count === undefined) values.push(`REC->${name}`);
    else values.push(...Array.from({ length: count }, (_, index) => `REC->${name}[${index}]`));
    at += size;
  }
  return { lines, formats, values };
}

function fieldShape(type: string): { declaration: string; size: number; signed: number; format: string } {
  if (/^(u?string|symstr)$/.test(type))
    return { declaration: '__data_loc char[]', size: 4, signed: 1, format: '\\"%s\\"' };
  if (type === 'char') return { declaration: 'char', size: 1, signed: 1, format: "'%c'" };
  if (type === 'symbol') return { declaration: 'u64', size: 8, signed: 0, format: '%pS' };
  const bits = Number(/(8|16|32|64)$/.exec(type)?.[1] ?? 64);
  const letter = type[0] === 's' ? 's' : 'u';
  const long = bits === 64 ? 'L' : '';
  const format = type[0] === 's' ? `%${long}d` : type[0] === 'x' ? `0x%${long}x` : `%${long}u`;
  return { declaration: `${letter}${bits}`, size: bits / 8, signed: letter === 's' ? 1 : 0, format };
}
