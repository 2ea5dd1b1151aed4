/**
 * What one line of a text trace says, as kernel/trace/trace_output.c and trace_functions_graph.c print it. Lines are byte
 * strings: one character for each byte of the file, so that columns can be counted; see byte-text.ts.
 */

/** Who, where and when, as far as the layout shows it. */
export interface LineContext {
  /** `<...>` when the line does not name the task. */
  readonly comm: string;
  /** undefined when the line does not say. */
  readonly pid: number | undefined;
  readonly tgid: number | undefined;
  readonly cpu: number | undefined;
  /** Bits of common_flags, and common_preempt_count with the migrate-disable depth in its upper nibble. */
  readonly flags: number | undefined;
  readonly preemptCount: number | undefined;
  /** The stamp's value is seconds * 1e9 + rest: ns, or units of a clock that counts something. -1: not shown. */
  readonly seconds: number;
  readonly rest: number;
}

export interface EventLine extends LineContext {
  readonly kind: 'event';
  /** Trace instance, in what trace-cmd report prints of several; else ''. */
  readonly instance: string;
  /** Bytes of the task's name that must be in the lines before, with their line breaks: the name holds one. Usually 0. */
  readonly commMissing: number;
  /** Everything behind the time: see event-body.ts. */
  readonly body: string;
}

export interface GraphLine extends LineContext {
  readonly kind: 'graph';
  /** entry: `f() {`; leaf: `f();`; exit: `}`; comment: an event inside a call. */
  readonly shape: 'entry' | 'leaf' | 'exit' | 'comment';
  readonly depth: number;
  /** ns as printed; undefined where the column is empty or missing. */
  readonly duration: number | undefined;
  /** Function with its module as printed, `f [mod]`; of an exit only where it is printed. */
  readonly func: string | undefined;
  /** What stands between the parentheses. */
  readonly args: string;
  /** Where the call returns to (option funcgraph-retaddr). */
  readonly caller: string | undefined;
  /** What it returned, as a number in text. */
  readonly retval: string | undefined;
  /** The line from the function on; of a comment what stands in it, whose end may be on a later line. */
  readonly text: string;
}

/** The task of a CPU changed, between two rulers. */
export interface SwitchLine {
  readonly kind: 'switch';
  readonly cpu: number;
  readonly from: { readonly comm: string; readonly pid: number };
  readonly to: { readonly comm: string; readonly pid: number };
}

export interface LostLine {
  readonly kind: 'lost';
  readonly cpu: number;
  readonly count: number | undefined;
}

/** Lines that belong to the layout and say nothing of their own: headers, rulers, `buffer started`, interrupt arrows. */
export interface NoteLine {
  readonly kind: 'note';
}

/** A frame of the stack that the event before begins. */
interface FrameLine {
  readonly kind: 'frame';
  readonly frame: string;
}

/** No line of its own: more text of the event before, or damage. */
interface RestLine {
  readonly kind: 'rest';
}

export type TextLine = EventLine | GraphLine | SwitchLine | LostLine | NoteLine | FrameLine | RestLine;

export const noteLine: NoteLine = { kind: 'note' };
export const restLine: RestLine = { kind: 'rest' };
