/** What events are called, `SYSTEM:NAME`: put together once for each kind of event, not for each of millions. */
import type { SourceItem } from '../../src/index.ts';

type Event = Extract<SourceItem, { kind: 'event' }>;

const names = new WeakMap<object, string>();

export function eventNameOf({ format, system, name }: Event): string {
  const known = format && names.get(format);
  if (known !== undefined) return known;
  const full = system === undefined ? name : `${system}:${name}`;
  if (format !== undefined) names.set(format, full);
  return full;
}
