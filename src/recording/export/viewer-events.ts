/** Events of the JSON trace event format that perfetto and chrome://tracing read; times in it are microseconds. */
import type { CallNode } from '../../call-graph/call-tree.ts';
import { formatReturnValue } from '../../call-graph/return-value.ts';
import { quoteVisibly } from './json-text.ts';
import type { Track } from './viewer-tracks.ts';

/** ns as microseconds, exact. */
function formatMicroseconds(time: number): string {
  const nanoseconds = Math.round(time);
  if (nanoseconds < 0) return String(nanoseconds / 1000);
  const rest = nanoseconds % 1000;
  const micros = (nanoseconds - rest) / 1000;
  return rest === 0 ? String(micros) : `${micros}.${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}`;
}

interface Slice {
  readonly track: Track;
  readonly name: string;
  readonly category: string;
  readonly start: number;
  readonly end: number;
  /** Keys and values of a JSON object, without its braces. */
  readonly args?: string;
  /** A name that chrome://tracing has a colour for. */
  readonly colour?: string | undefined;
}

/**
 * A slice begins and ends in events of their own (B, E). One event with a duration (X) would be shorter, but viewers add
 * that to its start as doubles, and slices that meet would overlap.
 */
export function formatSliceBegin({ track, name, category, start, args, colour }: Omit<Slice, 'end'>): string {
  const head = `{"ph":"B",${placeText(track, start)},"cat":"${category}","name":${quoteVisibly(name)}`;
  const cname = colour === undefined ? '' : `,"cname":"${colour}"`;
  return args === undefined || args === '' ? `${head}${cname}}` : `${head}${cname},"args":{${args}}}`;
}

/** With the name and nothing else: viewers match beginnings and ends that fall together by it. */
export function formatSliceEnd({ track, name, end }: Pick<Slice, 'track' | 'name' | 'end'>): string {
  return `{"ph":"E",${placeText(track, end)},"name":${quoteVisibly(name)}}`;
}

function placeText({ pid, tid }: Track, time: number): string {
  return `"pid":${pid},"tid":${tid},"ts":${formatMicroseconds(time)}`;
}

/** A point in time; `args` as in Slice. */
export function formatInstant(
  track: Track,
  { name, category, time, args }: { name: string; category: string; time: number; args: string },
): string {
  return `{"ph":"i","s":"t",${placeText(track, time)},"cat":${quoteVisibly(category)},"name":${quoteVisibly(name)},"args":{${args}}}`;
}

/** What a call shows besides its name and times. */
export function formatCallArgs({ args, retval, cut, interrupt, omittedCalls, duration }: CallNode): string {
  const pairs: string[] = [];
  if (args !== undefined) pairs.push(`"args":"${args.map((word) => `0x${word.toString(16)}`).join(', ')}"`);
  if (retval !== undefined) pairs.push(`"returned":${quoteVisibly(formatReturnValue(retval))}`);
  if (interrupt) pairs.push('"interrupt":true');
  if (omittedCalls > 0) pairs.push(`"calls not kept":${omittedCalls}`);
  if (cut !== undefined) pairs.push(`"cut":"${cut}"`);
  if (duration === undefined) pairs.push('"end":"not seen"');
  return pairs.join(',');
}

/** One end of an arrow: it sticks to the slice around it. */
export function formatArrow(phase: 's' | 'f', id: number, track: Track, time: number): string {
  const enclosing = phase === 'f' ? ',"bp":"e"' : '';
  return `{"ph":"${phase}"${enclosing},"id":${id},"cat":"wakeup","name":"wakeup",${placeText(track, time)}}`;
}
