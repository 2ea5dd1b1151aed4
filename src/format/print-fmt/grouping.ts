/**
 * Operands and operators of one pair of brackets to a tree: as C binds them, or as libtraceevent 1.8.4 does, whose trees
 * differ where equal operators follow each other and where brackets are to the right of an operator that binds tighter
 * (`a - b - c` becomes `a - (b - c)`, `a * (b + c)` becomes `a * b + c`).
 */
import type { Expression } from './expression.ts';
import { PrintFmtError } from './tokens.ts';

/** What stands between two operands: `text` an operator; `? x :` is one operator with `middle`. */
export interface Operator {
  readonly text: string;
  readonly middle?: Expression;
}

/** Binary operators by how tight they bind, 1 the tightest. */
const ranks: Readonly<Record<string, number>> = {
  '*': 1,
  '/': 1,
  '%': 1,
  '+': 2,
  '-': 2,
  '<<': 3,
  '>>': 3,
  '<': 4,
  '>': 4,
  '<=': 4,
  '>=': 4,
  '==': 5,
  '!=': 5,
  '&': 6,
  '^': 7,
  '|': 8,
  '&&': 9,
  '||': 10,
  '?': 11,
};

export function isBinaryOperator(text: string): boolean {
  return Object.hasOwn(ranks, text);
}

const mostOperators = 400;

function checkCount(operators: readonly Operator[]): void {
  if (operators.length > mostOperators) throw new PrintFmtError('too many operators follow each other');
}

/** operands[0] operators[0] operands[1] ... as C reads it. */
export function groupAsC(operands: readonly Expression[], operators: readonly Operator[]): Expression {
  checkCount(operators);
  const values: Expression[] = [operands[0]!];
  const waiting: Operator[] = [];
  const reduce = (): void => {
    const operator = waiting.pop()!;
    const right = values.pop()!;
    values.push(applied(operator, values.pop()!, right));
  };
  for (const [index, operator] of operators.entries()) {
    const rank = ranks[operator.text]!;
    // A choice binds to the right, all others to the left.
    while (waiting.length > 0) {
      const last = ranks[waiting.at(-1)!.text]!;
      if (last > rank || (last === rank && operator.text === '?')) break;
      reduce();
    }
    waiting.push(operator);
    values.push(operands[index + 1]!);
  }
  while (waiting.length > 0) reduce();
  return values[0]!;
}

function applied(operator: Operator, left: Expression, right: Expression): Expression {
  if (operator.middle !== undefined) return { kind: 'choice', test: left, whenTrue: operator.middle, whenFalse: right };
  return { kind: 'binary', operator: operator.text, left, right };
}

/** A tree under construction: leaf, or operator over two branches. */
interface Branch {
  leaf?: Expression;
  operator?: Operator;
  left?: Branch;
  right?: Branch;
  /** What the next operator is compared with; one that binds tighter goes on inside `inner`. */
  rank: number;
  inner?: Branch;
}

/**
 * The same operands in the tree that libtraceevent makes. A new operator takes the whole of the last one's tree only when
 * it binds strictly looser, else it goes on inside. An operand that is itself an operation is turned around when it binds
 * looser than the operator in front of it. One that begins with a sign or ends in an index takes along all that follows.
 */
export function groupAsLibtraceevent(operands: readonly Expression[], operators: readonly Operator[]): Expression {
  checkCount(operators);
  return toExpression(groupFrom(operands, operators, 0));
}

function groupFrom(operands: readonly Expression[], operators: readonly Operator[], from: number): Branch {
  const root: Branch = { leaf: operands[from]!, rank: -1 };
  let current = root;
  for (let index = from; index < operators.length; index += 1) {
    const operator = operators[index]!;
    if (index > from && current.inner !== undefined && ranks[operator.text]! <= current.rank) current = current.inner;
    const operand = operands[index + 1]!;
    const takesAll = operand.kind === 'unary' || operand.kind === 'index';
    const right = takesAll ? groupFrom(operands, operators, index + 1) : branchOf(operand);
    growBranch(current, operator, right, operand.kind !== 'index');
    if (takesAll) break;
  }
  return root;
}

/** An operand in brackets, or behind a sign, as the operation that libtraceevent sees in it. */
function branchOf(operand: Expression): Branch {
  if (operand.kind === 'binary') {
    const { operator, left, right } = operand;
    return { operator: { text: operator }, left: leafOf(left), right: leafOf(right), rank: ranks[operator]! };
  }
  if (operand.kind === 'choice') {
    const { test, whenTrue, whenFalse } = operand;
    return { operator: { text: '?', middle: whenTrue }, left: leafOf(test), right: leafOf(whenFalse), rank: 0 };
  }
  return leafOf(operand);
}

function leafOf(leaf: Expression): Branch {
  return { leaf, rank: -1 };
}

/** How tight the operation of a branch binds to what is in front of it; 0 when it is none. */
function turningRank({ operator, leaf }: Branch): number {
  if (operator !== undefined) return ranks[operator.text]!;
  return leaf?.kind === 'unary' && (leaf.operator === '-' || leaf.operator === '+') ? ranks['-']! : 0;
}

const nothing: Expression = { kind: 'number', value: 0n, isUnsigned: false, isLong: false };

/** Makes `slot` the operation of what it was and `right`. */
function growBranch(slot: Branch, operator: Operator, right: Branch, mayTurn: boolean): void {
  const before: Branch = { ...slot };
  const rank = ranks[operator.text]!;
  delete slot.leaf;
  delete slot.inner;
  if (operator.middle !== undefined) {
    Object.assign(slot, { operator, left: before, right, rank: 0 });
  } else if (!mayTurn || rank >= turningRank(right)) {
    Object.assign(slot, { operator, left: before, right, rank, inner: right });
  } else {
    const unary = right.leaf?.kind === 'unary' ? right.leaf : undefined;
    const turnedOperator = unary === undefined ? right.operator! : { text: unary.operator };
    const turned: Branch = { operator, left: before, right: unary ? leafOf(nothing) : right.left!, rank };
    const last = unary ? leafOf(unary.operand) : right.right!;
    Object.assign(slot, { operator: turnedOperator, left: turned, right: last, rank: unary ? 0 : right.rank });
    slot.inner = turned;
  }
}

function toExpression(branch: Branch): Expression {
  if (branch.operator === undefined) return branch.leaf!;
  return applied(branch.operator, toExpression(branch.left!), toExpression(branch.right!));
}
