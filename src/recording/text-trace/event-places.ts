/** Who, when and where of a line in the terms of events. */
import { asCpuId, asPid } from '../../base/units.ts';
import { decodeByteText, detachText } from './byte-text.ts';
import type { EventPlace } from './text-event.ts';
import type { LineContext } from './text-line.ts';

/** Names are few; a damaged file must not grow the table for ever. */
const commLimit = 65_536;

export class EventPlaces {
  readonly #comms = new Map<string, string>();

  /** The place of a line's event; `time` is relative to the source's origin. */
  placeOf(context: LineContext, time: number, instance: string): EventPlace {
    const { tgid, flags, preemptCount } = context;
    const cpu = context.cpu ?? 0;
    return {
      time,
      cpu: asCpuId(cpu),
      // Of an unknown task; not 0, which would be the idle one's.
      pid: asPid(context.pid ?? -1 - cpu),
      comm: this.#commOf(context.comm),
      tgid: tgid === undefined ? undefined : asPid(tgid),
      flags,
      preemptCount,
      instance,
    };
  }

  #commOf(bytes: string): string {
    const known = this.#comms.get(bytes);
    if (known !== undefined) return known;
    const key = detachText(bytes);
    const comm = decodeByteText(key);
    if (this.#comms.size < commLimit) this.#comms.set(key, comm);
    return comm;
  }
}
