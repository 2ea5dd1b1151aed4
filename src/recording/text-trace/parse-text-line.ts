/** One line of a text trace by the layout of the trace: for saved files, and for trace_pipe as it comes. */
import { parseStackFrame } from './event-body.ts';
import {
  commColumns,
  latencyColumns,
  parseBrokenHead,
  parseEventHead,
  parseLatencyHead,
  parseLooseHead,
  parseRawHead,
  parseVerboseHead,
} from './event-head.ts';
import { isGraphNote, parseGraphLine, parseSwitchLine } from './graph-line.ts';
import type { TextLayout } from './text-layout.ts';
import { type EventLine, type LostLine, noteLine, restLine, type TextLine } from './text-line.ts';

const lostPattern = /^CPU:(\d{1,5}) \[(?:LOST (\d+) EVENTS|LOST EVENTS|(\d+) EVENTS DROPPED|EVENTS DROPPED)\]$/;
const startedPattern = /^#{5} CPU \d+ buffer started #{4}$/;
const bareEvent = /^[A-Za-z_<]/;

/** What `line` says, a byte string without line end (encodeByteText makes one of decoded text). */
export function parseTextLine(line: string, layout: TextLayout): TextLine {
  if (layout.form === 'graph') return parseGraphTrace(line, layout);
  return parseHead(line, layout) ?? parseOther(line, layout);
}

function parseHead(line: string, layout: TextLayout): EventLine | undefined {
  const { form, flagColumns } = layout;
  switch (form) {
    case 'events':
      return parseEventHead(line, flagColumns) ?? parseBroken(line, layout);
    case 'loose':
      return parseLooseHead(line, flagColumns);
    case 'latency':
      return parseLatencyHead(line, flagColumns) ?? parseBroken(line, layout);
    case 'verbose':
      return parseVerboseHead(line) ?? parseBroken(line, layout);
    case 'raw':
      return parseRawHead(line, 10);
    case 'hex':
      return parseRawHead(line, 16);
    case 'bare':
      return bareEvent.test(line) ? bareLine(line) : undefined;
    default:
      return undefined;
  }
}

/** A name with a line break is padded in the line where it begins: other text that looks like an event is just text. */
function parseBroken(line: string, { form, flagColumns }: TextLayout): EventLine | undefined {
  if (line === '' || line.startsWith(' ')) return undefined;
  if (form === 'verbose') return parseBrokenHead(line, commColumns, parseVerboseHead);
  const parse = form === 'latency' ? parseLatencyHead : parseEventHead;
  const columns = form === 'latency' ? latencyColumns : commColumns;
  return parseBrokenHead(line, columns, (text, width) => parse(text, flagColumns, width));
}

function bareLine(line: string): EventLine {
  return {
    kind: 'event',
    instance: '',
    commMissing: 0,
    comm: '<...>',
    pid: undefined,
    tgid: undefined,
    cpu: undefined,
    flags: undefined,
    preemptCount: undefined,
    seconds: -1,
    rest: 0,
    body: line,
  };
}

function parseGraphTrace(line: string, layout: TextLayout): TextLine {
  return (
    parseGraphLine(line, layout.graph!) ??
    parseSwitchLine(line) ??
    (isGraphNote(line) ? noteLine : parseOther(line, layout))
  );
}

function parseOther(line: string, { form, tracer }: TextLayout): TextLine {
  const lost = parseLostLine(line);
  if (lost !== undefined) return lost;
  const frame = parseStackFrame(line);
  if (frame !== undefined) return { kind: 'frame', frame };
  if (startedPattern.test(line)) return noteLine;
  if (form === 'hex' && line === '') return noteLine;
  // What the tracers for latency write between the events.
  if (tracer !== undefined && form === 'latency' && /^ *(?:\| )?-{10,}$/.test(line)) return noteLine;
  return restLine;
}

/** `CPU:1 [LOST 2260 EVENTS]`, or as trace-cmd report has it. */
function parseLostLine(line: string): LostLine | undefined {
  const match = line.startsWith('CPU:') ? lostPattern.exec(line) : null;
  if (match === null) return undefined;
  const count = match[2] ?? match[3];
  return { kind: 'lost', cpu: Number(match[1]), count: count === undefined ? undefined : Number(count) };
}

/** Whether a line at the beginning is of the header: of the trace file, or of a report of trace-cmd. */
export function isTextHeader(line: string): boolean {
  if (line.startsWith('#')) return !startedPattern.test(line);
  return /^(?:version = \d+|cpus=\d+)$/.test(line);
}
