/**
 * A session steered by a person on a real kernel: call trees and events together, an event switched on and off, a
 * recording on and off; the file has what the screen had, and tracefs is as before (the runner compares).
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { GraphView } from '../../../src/session/graph-view.ts';
import { InteractiveSession } from '../../../src/session/interactive-session.ts';
import { startRecorderThread } from '../../../src/session/record-threads.ts';
import { RunningKernel } from '../../../src/tracefs/running-kernel.ts';
import { Tracefs } from '../../../src/tracefs/tracefs.ts';
import { needs, reportOf } from '../recordings.ts';
import { type Lab, scenario } from '../scenario.ts';

const schedSwitch = { system: 'sched', event: 'sched_switch' };
const schedWaking = { system: 'sched', event: 'sched_waking' };

function openSession(lab: Lab): InteractiveSession {
  return new InteractiveSession({
    tracefs: new Tracefs(new RunningKernel(), lab.tracefs),
    journalFolder: { path: lab.folder, searched: [lab.folder] },
    startRecorder: startRecorderThread,
    producer: 'ftui test',
  });
}

/** What came of each event, by name, while `counting` was so. */
function countNames(session: InteractiveSession): { readonly names: Map<string, number>; trees: number } {
  const counts = { names: new Map<string, number>(), trees: 0 };
  const view = new GraphView(() => {
    counts.trees += 1;
  });
  session.subscribe({
    items: (batch) => {
      for (const item of batch) {
        view.add(item);
        const name = item.kind === 'event' ? item.name : item.kind;
        counts.names.set(name, (counts.names.get(name) ?? 0) + 1);
      }
    },
  });
  return counts;
}

scenario('an-interactive-session', { kernels: ['7'], needs, timeout: 240 }, async (lab) => {
  const session = openSession(lab);
  const load = lab.startAny('sh', ['-c', 'while :; do cat /proc/uptime >/dev/null; sleep 0.05; done']);
  try {
    await session.want({ graph: ['vfs_read'], depth: 3, events: [schedSwitch] });
    const counts = countNames(session);
    await session.start();
    await sleep(1_500);
    assert.ok((counts.names.get('sched_switch') ?? 0) > 10, `${[...counts.names]}`);
    assert.ok(counts.trees > 10, `${counts.trees} trees`);
    assert.equal(counts.names.get('sched_waking'), undefined);
    await session.want({ events: [schedSwitch, schedWaking] });
    assert.equal(session.status().interruptedMs, undefined);
    await sleep(1_000);
    assert.ok((counts.names.get('sched_waking') ?? 0) > 5, `${[...counts.names]}`);
    assert.equal(session.status().state.kind, 'running', inspect(session.status()));
    await record(lab, session);
    await session.want({ graph: ['vfs_open'] });
    console.error(`another graph: interrupted for ${session.status().interruptedMs?.toFixed(0)} ms`);
    await session.want({ events: [schedWaking] });
    await sleep(200);
    assert.equal(session.status().state.kind, 'running');
    assert.equal(session.status().lost.total, 0);
  } finally {
    await session.close();
    load.kill('SIGKILL');
  }
});

/** A recording of a second; trace-cmd finds as many events in it as were shown meanwhile. */
async function record(lab: Lab, session: InteractiveSession): Promise<void> {
  const file = `${lab.folder}/a.dat`;
  await session.startRecording(file);
  await sleep(1_000);
  assert.ok(session.status().recording!.bytes > 0);
  await session.stopRecording();
  const { events } = session.status().lastRecording!;
  assert.ok(events > 100, `${events} events`);
  // Not as a tree: that has one line for the two events of a call without calls.
  assert.equal(reportOf(file, '-R').length, events);
}
