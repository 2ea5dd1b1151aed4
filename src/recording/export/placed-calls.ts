/**
 * The calls of a tree as spans that nest. Entries carry the time of their record, and durations come from the tracer's own
 * clock readings, so a call may seem to last longer than its caller: an interrupt in the tracer's return handler begins
 * when its caller's time is over. A caller is stretched then, but no call lasts beyond the entry of the next one.
 */
import type { CallNode } from '../../call-graph/call-tree.ts';

interface CallVisitor {
  open(node: CallNode, start: number): void;
  close(node: CallNode, end: number): void;
}

interface PlaceLimits {
  /** Where the task's tree before ended: this one begins no earlier. */
  readonly from: number;
  /** Where a root that has not returned ends. */
  readonly until: number;
}

interface OpenCall {
  readonly node: CallNode;
  /** Where it ends, if nothing in it lasts longer. */
  readonly end: number;
  /** Where the next call begins that is not in it. */
  readonly limit: number;
  /** Number of the child to visit next, and where it may begin. */
  next: number;
  cursor: number;
}

/** Visits the calls in order of time, callers first; returns where the root ends. No recursion: trees may be deep. */
export function visitPlacedCalls(root: CallNode, { from, until }: PlaceLimits, visitor: CallVisitor): number {
  const stack: OpenCall[] = [];
  const enter = (node: CallNode, earliest: number, endUnlessSeen: number, limit: number) => {
    const start = Math.max(node.start, earliest);
    const end = node.duration === undefined ? endUnlessSeen : node.start + node.duration;
    visitor.open(node, start);
    stack.push({ node, end, limit: Math.max(limit, start), next: 0, cursor: start });
  };
  enter(root, from, until, Number.POSITIVE_INFINITY);
  for (;;) {
    const open = stack.at(-1)!;
    const { children } = open.node;
    const child = children[open.next];
    if (child !== undefined) {
      open.next += 1;
      const following = children[open.next]?.start;
      enter(child, open.cursor, following ?? open.end, following ?? open.limit);
      continue;
    }
    const end = Math.max(Math.min(open.end, open.limit), open.cursor);
    visitor.close(open.node, end);
    stack.pop();
    const caller = stack.at(-1);
    if (caller === undefined) return end;
    caller.cursor = end;
  }
}
