/** Events in no sensible order of calls and switches, from a fixed seed: every format stays valid, and nothing throws. */
import { expect, it } from 'vitest';
import type { SourceItem } from '../../../src/recording/event-source.ts';
import { flameGraph } from '../../../src/recording/export/flame-graph.ts';
import { jsonLines } from '../../../src/recording/export/json-lines.ts';
import { speedscope } from '../../../src/recording/export/speedscope.ts';
import { traceEvents } from '../../../src/recording/export/trace-events.ts';
import { damaged, event, exported, hostileNames, lost, sourceOf } from './recorded-events.ts';
import { findSpeedscopeProblems } from './speedscope-rules.ts';
import { findTraceEventProblems } from './trace-event-rules.ts';
import { parseXml } from './xml-rules.ts';

/** mulberry32: whole numbers from 0 up to `below`. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

function randomItem(random: (below: number) => number, time: number): SourceItem {
  const [cpu, pid, comm] = [random(3), random(4), hostileNames[random(hostileNames.length)]!];
  const task = { time, cpu, pid, comm, instance: random(5) === 0 ? 'other' : '' };
  const func = BigInt(random(6));
  const depth = random(8) === 0 ? random(2 ** 31) - 2 ** 30 : random(6);
  switch (random(8)) {
    case 0:
      return random(4) === 0 ? damaged(time, comm, cpu) : lost(time, random(2) === 0 ? undefined : random(100), cpu);
    case 1:
      return event({ ...task, stack: { kind: random(2) === 0 ? 'kernel' : 'user', frames: [func, comm] } });
    case 2: {
      const [prev_pid, next_pid, prev_state] = [random(4), random(4), random(512)];
      const fields = { prev_pid, prev_comm: comm, prev_state, next_pid, next_comm: comm, next_prio: 1 };
      return event({ ...task, name: 'sched_switch', fields });
    }
    case 3:
      return event({ ...task, name: 'sched_waking', fields: { pid: random(4), comm } });
    case 4:
    case 5:
      return event({ ...task, graph: { kind: 'entry', func, depth, args: undefined, retaddr: undefined } });
    default: {
      const duration = random(3) === 0 ? undefined : random(500);
      const times = { calltime: undefined, rettime: undefined };
      return event({ ...task, graph: { kind: 'exit', func, depth, overrun: 0, duration, retval: func, ...times } });
    }
  }
}

it.each(Array.from({ length: 60 }, (_, seed) => seed))('seed %i', (seed) => {
  const random = randomNumbers(seed);
  let time = 0;
  const source = sourceOf(
    Array.from({ length: 400 }, () => {
      time += random(4) === 0 ? 0 : random(100);
      return randomItem(random, time);
    }),
  );
  expect(findTraceEventProblems(exported(traceEvents, source).text)).toEqual([]);
  expect(findSpeedscopeProblems(exported(speedscope, source).text)).toEqual([]);
  for (const line of exported(jsonLines, source).text.trimEnd().split('\n')) JSON.parse(line);
  parseXml(exported(flameGraph, source).text);
});
