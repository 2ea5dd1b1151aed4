/** What a person asked to trace, as a change of all that is traced. */
import { parseCpuList, parsePids, parseSizeKb, UsageError, type WantedTraces } from '../../src/index.ts';
import type { ScreenId } from '../keys/key-table.ts';
import type { TraceChange } from '../state/effect.ts';
import type { EngineHost } from './engine-host.ts';

export interface WantedChange {
  readonly wanted: Partial<WantedTraces>;
  /** The screen that shows it. */
  readonly screen: ScreenId | undefined;
  readonly notes: readonly string[];
}

export async function changeWanted(change: TraceChange, before: WantedTraces, host: EngineHost): Promise<WantedChange> {
  switch (change.what) {
    case 'graph':
      return { wanted: { graph: change.functions }, screen: 'graph', notes: [] };
    case 'function':
      return { wanted: { functions: change.functions }, screen: 'log', notes: [] };
    case 'event':
      return changeEvent(change.event, change.on, before);
    case 'probe': {
      const { probes, notes } = await host.resolveProbe(change.words);
      return { wanted: { probes: [...before.probes, ...probes] }, screen: 'log', notes };
    }
    case 'depth':
      if (!Number.isInteger(change.depth) || change.depth < 0) refuse('depth', 'it takes a whole number', ':depth 5');
      return { wanted: { depth: change.depth === 0 ? undefined : change.depth }, screen: undefined, notes: [] };
    case 'cpus':
      return {
        wanted: { cpus: change.text === '' ? undefined : parseCpuList(change.text) },
        screen: undefined,
        notes: [],
      };
    case 'pids':
      return { wanted: { pids: change.text === '' ? [] : parsePids([change.text]) }, screen: undefined, notes: [] };
    case 'buffer':
      return { wanted: { bufferSizeKb: parseSizeKb(change.text) }, screen: undefined, notes: [] };
    default:
      return { wanted: {}, screen: undefined, notes: [] };
  }
}

function refuse(what: string, why: string, remedy: string): never {
  throw new UsageError({ attempted: `reading :${what}`, why, remedy });
}

/** `sched:sched_switch`, `sched_switch`, or with a filter behind it: `sched:sched_switch prev_pid>0`. */
function changeEvent(text: string, on: boolean, { events }: WantedTraces): WantedChange {
  const [name = '', ...rest] = text.trim().split(' ');
  const [system, event] = name.includes(':') ? name.split(':', 2) : ['*', name];
  if (!event || !system) refuse('event', `'${text}' is no event`, ':event sched:sched_switch');
  const others = events.filter((known) => known.system !== system || known.event !== event);
  const filter = rest.join(' ');
  const added = { system: system!, event: event!, ...(filter === '' ? {} : { filter }) };
  return { wanted: { events: on ? [...others, added] : others }, screen: on ? 'events' : undefined, notes: [] };
}
