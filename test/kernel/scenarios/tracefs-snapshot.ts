/** The comparison that all other scenarios rest on: still when nothing changes, and awake when something does. */
import assert from 'node:assert/strict';
import { scenario } from '../scenario.ts';
import { listChanges } from '../tracefs-snapshot.ts';

scenario('snapshot-is-stable', { live: true }, (lab) => {
  const before = lab.snapshotTracefs();
  assert.ok(before.size > 500, `only ${before.size} settings`);
  lab.expectSame(before);
});

scenario('snapshot-sees-a-graph-depth', { needs: ['max_graph_depth'] }, (lab) => {
  const before = lab.snapshotTracefs();
  lab.setUp('echo 3 > max_graph_depth', 'echo 0 > max_graph_depth');
  const changed = lab.snapshotTracefs();
  assert.deepEqual(listChanges(before, changed), ['  max_graph_depth: "0\\n" -> "3\\n"']);
  assert.throws(() => lab.expectSame(before, changed), /max_graph_depth/);
});

scenario('snapshot-sees-instances-probes-and-filters', { needs: ['uprobe_events'] }, (lab) => {
  const before = lab.snapshotTracefs();
  lab.shell(`mkdir instances/lab && echo 'p:lab/probe /bin/bash:0x1000' >> uprobe_events`);
  lab.shell(`echo 'prev_pid == 1' > instances/lab/events/sched/sched_switch/filter`);
  const names = listChanges(before, lab.snapshotTracefs()).map((line) => line.trim().split(':')[0]);
  lab.shell(`echo '-:lab/probe' >> uprobe_events; rmdir instances/lab`);
  for (const name of ['instances/', 'uprobe_events', 'events/lab/probe/filter', 'instances/lab/current_tracer']) {
    assert.ok(names.includes(name), `${name} in ${names.slice(0, 20).join(' ')}`);
  }
  lab.expectSame(before);
});
