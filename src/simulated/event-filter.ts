/** The syntax of event filters, as far as the kernel checks it (kernel/trace/trace_events_filter.c). */

interface FilterProblem {
  readonly code: string;
  readonly message: string;
  /** Column of the caret, as the kernel counts: one beyond the operator or value it complains about. */
  readonly at: number;
}

/** Fields every event has in filters. */
const commonFields: Readonly<Record<string, 'string' | 'number'>> = {
  comm: 'string',
  COMM: 'string',
  cpu: 'number',
  CPU: 'number',
  common_comm: 'string',
  common_cpu: 'number',
  stacktrace: 'number',
  STACKTRACE: 'number',
};

/** What is wrong with `text` as a filter on `fields`, or undefined. */
export function findFilterProblem(
  text: string,
  fields: ReadonlyMap<string, 'string' | 'number'>,
): FilterProblem | undefined {
  const open: number[] = [];
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const glue = /^(\s+|&&|\|\||!)/.exec(rest);
    if (glue !== null) at += glue[0].length;
    else if (rest.startsWith('(')) {
      open.push(at);
      at += 1;
    } else if (rest.startsWith(')')) {
      if (open.pop() === undefined) return { code: 'EPERM', message: "Too few '('", at };
      at += 1;
    } else {
      const end = checkPredicate(text, at, fields);
      if (typeof end !== 'number') return end;
      at = end;
    }
  }
  const unclosed = open.pop();
  return unclosed === undefined ? undefined : { code: 'ENOENT', message: "Too many '('", at: unclosed };
}

/** The end of the predicate at `start`, or what is wrong with it. */
function checkPredicate(
  text: string,
  start: number,
  fields: ReadonlyMap<string, 'string' | 'number'>,
): number | FilterProblem {
  const problem = (message: string, at: number) => ({ code: 'EINVAL', message, at });
  const [head = '', name = '', suffix = ''] = /^([\w$]*)((?:\.\w+)?)\s*/.exec(text.slice(start)) ?? [];
  const operatorAt = start + head.length;
  const kind = fields.get(name) ?? commonFields[name];
  if (kind === undefined) return problem('Field not found', operatorAt);
  const operator = /^(==|!=|<=|>=|<|>|&|~)/.exec(text.slice(operatorAt))?.[0];
  if (operator === undefined) return problem('Invalid operator', operatorAt + 1);
  const space = /^\s*/.exec(text.slice(operatorAt + operator.length))![0];
  const valueAt = operatorAt + operator.length + space.length;
  const value =
    /^("[^"]*"|'[^']*'|CPUS\{[^}]*\}|-?0[xX][0-9a-fA-F]+|-?\d+|[\w+]+)/.exec(text.slice(valueAt))?.[0] ?? '';
  const isText = /^["']/.test(value);
  const takesText = kind === 'string' || suffix === '.ustring' || suffix === '.string';
  if (isText && !takesText) return problem('Expecting numeric field', valueAt + 1);
  const isNumber = /^(-?\d|CPUS)/.test(value) || suffix === '.function';
  if (!isText && !(isNumber && !takesText)) return problem('Invalid value (did you forget quotes)?', valueAt + 1);
  return valueAt + value.length;
}
