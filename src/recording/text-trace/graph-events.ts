/** Lines of function_graph to the entries and exits that they were printed from, and to the events among them. */
import type { GraphExit, GraphRecord } from '../../call-graph/graph-record.ts';
import { type EventBody, parseEventBody } from './event-body.ts';
import type { EventPlaces } from './event-places.ts';
import { parseGraphArguments, parseReturnValue } from './graph-call.ts';
import type { GraphTasks } from './graph-tasks.ts';
import type { TextSymbols } from './symbol-table.ts';
import { TextEvent } from './text-event.ts';
import type { GraphLine, LineContext } from './text-line.ts';

export interface GraphEventParts {
  readonly symbols: TextSymbols;
  readonly tasks: GraphTasks;
  readonly places: EventPlaces;
}

/** A leaf call is two events: its exit was at a later time than the line's. */
interface GraphEvents {
  readonly event: TextEvent;
  readonly exit: TextEvent | undefined;
}

/** The events of a line; `printed` is its time, undefined when times have to be counted. */
export function makeGraphEvents(line: GraphLine, printed: number | undefined, parts: GraphEventParts): GraphEvents {
  const { tasks, symbols } = parts;
  const cpu = line.cpu ?? tasks.guessCpu(line.pid);
  const task = line.pid === undefined ? tasks.taskOn(cpu) : { pid: line.pid, comm: line.comm };
  const context = { ...line, cpu, pid: task?.pid, comm: task?.comm ?? line.comm };
  const key = task === undefined || task.pid === 0 ? -1 - cpu : task.pid;
  const { depth, duration } = line;
  if (line.shape === 'comment') {
    const place = parts.places.placeOf(context, printed ?? tasks.now(key), '');
    return { event: new TextEvent(place, commentBody(line.text), undefined, symbols), exit: undefined };
  }
  if (line.shape === 'exit') {
    const left = tasks.leave(key, depth, duration, printed);
    const func = line.func === undefined ? left.func : symbols.addressOf(line.func);
    return { event: graphEvent(context, left.time, exitRecord(line, func ?? 0n), line.text, parts), exit: undefined };
  }
  const func = symbols.addressOf(line.func!);
  const time = tasks.enter(key, depth, func, printed);
  const event = graphEvent(context, time, entryRecord(line, func, symbols), line.text, parts);
  if (line.shape === 'entry') return { event, exit: undefined };
  const left = tasks.leave(key, depth, duration, printed);
  const end = printed === undefined ? left.time : printed + (duration ?? 0);
  return { event, exit: graphEvent(context, end, exitRecord(line, func), '}', parts) };
}

function graphEvent(
  context: LineContext,
  time: number,
  graph: GraphRecord,
  text: string,
  { places, symbols }: GraphEventParts,
): TextEvent {
  const name = graph.kind === 'entry' ? 'funcgraph_entry' : 'funcgraph_exit';
  const body: EventBody = { system: 'ftrace', name, text, func: undefined, parent: undefined, stack: undefined };
  return new TextEvent(places.placeOf(context, time, ''), body, graph, symbols);
}

/** A remark in a call: an event's `name: text`, or the text of a marker alone. */
function commentBody(text: string): EventBody {
  const body = parseEventBody(text, 'function_graph', false);
  if (body.name !== 'unknown' && body.func === undefined) return body;
  return { system: 'ftrace', name: 'print', text, func: undefined, parent: undefined, stack: undefined };
}

function entryRecord(line: GraphLine, func: bigint, symbols: TextSymbols): GraphRecord {
  return {
    kind: 'entry',
    func,
    depth: line.depth,
    args: parseGraphArguments(line.args),
    retaddr: line.caller === undefined ? undefined : symbols.addressOf(line.caller),
  };
}

function exitRecord({ depth, duration, retval }: GraphLine, func: bigint): GraphExit {
  return {
    kind: 'exit',
    func,
    depth,
    overrun: 0,
    duration,
    calltime: undefined,
    rettime: undefined,
    retval: retval === undefined ? undefined : parseReturnValue(retval),
  };
}
