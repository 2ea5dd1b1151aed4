/**
 * What stands behind the time of an event: `name: text` of a trace event, `func <-parent` of the function tracer
 * (trace_fn_trace), `<stack trace>`, `#1 inner/outer(us): …` of the tracers for hardware latency.
 */

export interface EventBody {
  /** `ftrace` for what the tracers write themselves, `syscalls`; undefined where only the event's name is known. */
  readonly system: 'ftrace' | 'syscalls' | undefined;
  readonly name: string;
  /** Byte string. */
  readonly text: string;
  /** Of the function tracer: as printed, `vfs_open+0x4/0xf0 [mod] <ffffffff817aa714>`. */
  readonly func: string | undefined;
  readonly parent: string | undefined;
  readonly stack: 'kernel' | 'user' | undefined;
}

/** A call with all its arguments is shorter; no pattern is tried on more. */
const callLimit = 4096;

/** trace-cmd report pads `name: ` to this width. */
const reportNameWidth = 22;

const functionPattern =
  /^((?:[A-Za-z_.$][\w.$]*|0x[0-9a-f]+|[0-9a-f]{16})(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[[^\]\s]+\])?(?: <[0-9a-f]{8,16}>)?)(?:\(.*\))?(?: <-(?:- )?(.+?))?(?: \(repeats: .*\))?$/;
/** With the option raw. */
const rawCallPattern = /^([0-9a-f]{8,16}) ([0-9a-f]{8,16})$/;
/** `sys_openat(dfd: ffffff9c, …)`, `sys_openat -> 0x3`: the only events printed without their names. */
const systemCallPattern = /^sys_(\w+)(?:(\()(?:\w+: .*)?\)$| -> (?:0x[0-9a-f]+|-?\d+)$)/;
const symbolEventPattern =
  /^([A-Za-z_][\w.]*)(?:\+0x[0-9a-f]+\/0x[0-9a-f]+)?(?: \[[^\]\s]+\])?(?: <[0-9a-f]{8,16}>)?: ?/;
/** Of the wakeup tracers: `  120:120:R   + [001]   15:120:R comm`. */
const switchPattern = /^ *\d+: *-?\d+:\S+ +(\+|==>) \[\d+\]/;

/** `text` is all that stands behind the time; `tracer` is named by the header, where there is one. */
export function parseEventBody(body: string, tracer: string | undefined, isReport: boolean): EventBody {
  // Most lines: `name: text`, or `func <-parent`.
  const end = wordEnd(body, 0);
  if (end > 0 && body.charCodeAt(end) === 0x3a) return namedBody(body, end, isReport);
  if (end > 0 && body.startsWith(' <-', end) && end + 3 < body.length && wordEnd(body, end + 3) === body.length) {
    const parent = body.slice(end + 3);
    return { system: 'ftrace', name: 'function', text: body, func: body.slice(0, end), parent, stack: undefined };
  }
  const addresses = rawCallPattern.exec(body);
  if (addresses !== null) {
    const [, func, parent] = addresses;
    return { system: 'ftrace', name: 'function', text: body, func, parent, stack: undefined };
  }
  if (body.startsWith('<stack trace')) return stackBody(body, 'kernel');
  if (body.startsWith('<user stack trace')) return stackBody(body, 'user');
  const systemCall = systemCallPattern.exec(body);
  if (systemCall !== null) {
    const name = `sys_${systemCall[2] === '(' ? 'enter' : 'exit'}_${systemCall[1]}`;
    return { system: 'syscalls', name, text: body, func: undefined, parent: undefined, stack: undefined };
  }
  const call = body.length > callLimit ? null : functionPattern.exec(body);
  if (call !== null && (call[2] !== undefined || tracer === undefined || tracer === 'function')) {
    return { system: 'ftrace', name: 'function', text: body, func: call[1], parent: call[2], stack: undefined };
  }
  const symbolEvent = symbolEventPattern.exec(body);
  if (symbolEvent !== null) return named(symbolEvent[1]!, body, symbolEvent[0].length);
  const wake = switchPattern.exec(body);
  if (wake !== null) return tracerBody(wake[1] === '+' ? 'wakeup' : 'context_switch', body);
  if (body.startsWith('# ')) return tracerBody('print', body);
  if (body.startsWith('#') && tracer !== undefined && tracer !== 'nop') return tracerBody(tracer, body);
  return { system: undefined, name: 'unknown', text: body, func: undefined, parent: undefined, stack: undefined };
}

/** Where the word that begins at `from` ends: letters, digits, `_` and `.`, as in names of events and functions. */
function wordEnd(body: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = body.charCodeAt(at) | 0x20;
    const isLetter = code >= 0x61 && code <= 0x7a;
    if (isLetter || body[at] === '_') continue;
    const isDigit = code >= 0x30 && code <= 0x39 && body.charCodeAt(at) >= 0x30;
    if (at === from || !(isDigit || body[at] === '.')) return at;
  }
}

function namedBody(body: string, colonAt: number, isReport: boolean): EventBody {
  let at = body.charCodeAt(colonAt + 1) === 0x20 ? colonAt + 2 : colonAt + 1;
  if (isReport) while (at < reportNameWidth && body.charCodeAt(at) === 0x20) at += 1;
  const name = body.slice(0, colonAt);
  if (isReport) return reportBody(name, body.slice(at));
  return named(name, body, at);
}

function named(name: string, body: string, textAt: number): EventBody {
  // The marker's record is called print; its text begins with the function that wrote it.
  if (name === 'tracing_mark_write') return tracerBody('print', body);
  if (name === 'type') return { ...tracerBody(`event-${body.slice(textAt)}`, body), system: undefined };
  const text = body.slice(textAt);
  return { system: undefined, name, text, func: undefined, parent: undefined, stack: undefined };
}

/** trace-cmd report prints every event with its name, those of the tracers too. */
function reportBody(name: string, text: string): EventBody {
  if (name === 'kernel_stack') return { ...stackBody(text, 'kernel'), name };
  if (name === 'user_stack') return { ...stackBody(text, 'user'), name };
  if (name === 'function') {
    const call = text.length > callLimit ? null : functionPattern.exec(text.trimStart());
    return { system: 'ftrace', name, text, func: call?.[1], parent: call?.[2], stack: undefined };
  }
  const isTracers = name === 'print' || name === 'bprint' || name === 'bputs';
  return { system: isTracers ? 'ftrace' : undefined, name, text, func: undefined, parent: undefined, stack: undefined };
}

function stackBody(text: string, stack: 'kernel' | 'user'): EventBody {
  return { system: 'ftrace', name: `${stack}_stack`, text, func: undefined, parent: undefined, stack };
}

function tracerBody(name: string, text: string): EventBody {
  return { system: 'ftrace', name, text, func: undefined, parent: undefined, stack: undefined };
}

/** ` => do_exit+0x452/0xa90 <ffffffff8136e262>`, ` => /usr/lib/libc.so.6[+0xae353]`; undefined when it is no frame. */
export function parseStackFrame(line: string): string | undefined {
  const start = line.startsWith(' => ') ? 4 : line.startsWith('=> ') ? 3 : -1;
  return start < 0 ? undefined : line.slice(start).trim();
}
