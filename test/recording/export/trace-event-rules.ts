/**
 * The rules of the JSON trace event format, as its document has them, made strict: every event has what its phase asks for,
 * slices of a track nest, arrows have two ends that stick to slices, and each track has a name.
 */
export interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly name: string;
  readonly cat?: string;
  readonly s?: string;
  readonly id?: number;
  readonly bp?: string;
  readonly cname?: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Control characters but for line breaks, bidi controls, lone surrogates. */
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\p{Surrogate}]/u;

const metadataNames = ['process_name', 'thread_name', 'process_sort_index', 'thread_sort_index'];

/** What is wrong, a sentence each; empty when nothing is. */
export function findTraceEventProblems(text: string): string[] {
  const problems: string[] = [];
  const document = JSON.parse(text, (key, value) => {
    if (unprintable.test(key) || (typeof value === 'string' && unprintable.test(value))) {
      problems.push(`unprintable characters in ${JSON.stringify(value)}`);
    }
    return value;
  }) as { traceEvents: TraceEvent[]; displayTimeUnit: unknown };
  if (document.displayTimeUnit !== 'ns') problems.push('displayTimeUnit is not ns');
  const events = document.traceEvents;
  for (const event of events) problems.push(...findEventProblems(event));
  const tracks = groupBy(
    events.filter(({ ph }) => ph !== 'M'),
    trackOf,
  );
  for (const [track, members] of tracks) {
    const isNamed = events.some((event) => event.name === 'thread_name' && trackOf(event) === track);
    if (!isNamed) problems.push(`track ${track} has no name`);
    problems.push(
      ...findNestingProblems(
        track,
        members.filter(({ ph }) => ph === 'B' || ph === 'E'),
      ),
    );
  }
  return problems.length > 0 ? problems : findArrowProblems(events);
}

export function trackOf({ pid, tid }: TraceEvent): string {
  return `${pid}/${tid}`;
}

const isNumberOfTask = (value: unknown) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 32;
const isTime = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;

function findEventProblems(event: TraceEvent): string[] {
  const { ph, pid, tid, ts, dur, name, s, id, bp, args } = event;
  const problems: string[] = [];
  const check = (isRight: boolean, text: string) => {
    if (!isRight) problems.push(`${text}: ${JSON.stringify(event).slice(0, 200)}`);
  };
  check(['M', 'B', 'E', 'i', 's', 'f'].includes(ph), 'an unknown phase');
  check(isNumberOfTask(pid) && isNumberOfTask(tid), 'no pid and tid');
  check(typeof name === 'string', 'no name');
  if (ph === 'M') check(metadataNames.includes(name) && args !== undefined, 'unknown metadata');
  else check(isTime(ts), 'no time');
  check(dur === undefined, 'a duration');
  check((ph === 'i') === (s !== undefined) && ['t', 'p', 'g', undefined].includes(s), 'a scope that does not fit');
  check((ph === 's' || ph === 'f') === (id !== undefined), 'an id that does not fit');
  check((ph === 'f') === (bp === 'e'), 'an end of an arrow without binding');
  return problems;
}

/** In the order of the file: time never goes back on a track, and what ends is the slice that began last. */
function findNestingProblems(track: string, ends: readonly TraceEvent[]): string[] {
  const problems: string[] = [];
  const open: string[] = [];
  let last = 0;
  for (const { ph, ts, name } of ends) {
    if (ts! < last) problems.push(`track ${track}: time goes back at ${name}`);
    last = ts!;
    if (ph === 'B') open.push(name);
    else if (open.pop() !== name) problems.push(`track ${track}: ${name} ends and is not the innermost`);
  }
  if (open.length > 0) problems.push(`track ${track}: ${open.join()} does not end`);
  return problems;
}

export interface Slice extends TraceEvent {
  readonly ts: number;
  readonly end: number;
}

/** Slices with their ends, in the order in which they begin; of events without problems. */
export function listSlices(events: readonly TraceEvent[]): Slice[] {
  const slices: (TraceEvent & { ts: number; end: number })[] = [];
  const open = new Map<string, (TraceEvent & { end: number })[]>();
  for (const event of events) {
    const track = trackOf(event);
    const stack = open.get(track) ?? [];
    open.set(track, stack);
    if (event.ph === 'E') stack.pop()!.end = event.ts!;
    if (event.ph !== 'B') continue;
    const slice = { ...event, ts: event.ts!, end: Number.NaN };
    slices.push(slice);
    stack.push(slice);
  }
  return slices;
}

function findArrowProblems(events: readonly TraceEvent[]): string[] {
  const problems: string[] = [];
  const slices = groupBy(listSlices(events), trackOf);
  const sticks = (arrow: TraceEvent) =>
    (slices.get(trackOf(arrow)) ?? []).some(({ ts, end }) => arrow.ts! >= ts && arrow.ts! <= end);
  const arrows = groupBy(
    events.filter(({ id }) => id !== undefined),
    ({ id }) => String(id),
  );
  for (const [id, ends] of arrows) {
    const start = ends.find(({ ph }) => ph === 's');
    const finish = ends.find(({ ph }) => ph === 'f');
    if (ends.length !== 2 || start === undefined || finish === undefined) problems.push(`arrow ${id} has no two ends`);
    else if (start.ts! > finish.ts!) problems.push(`arrow ${id} goes back in time`);
    else if (!sticks(start) || !sticks(finish)) problems.push(`arrow ${id} sticks to nothing`);
  }
  return problems;
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
