/** kill -9 at random moments: the next command that writes to tracefs brings everything back, and only our own things. */
import assert from 'node:assert/strict';
import { killSessions, listOtherJournals, measureSessions, setUpForeignState } from '../killed-sessions.ts';
import { SeededRandom } from '../random.ts';
import { scenario } from '../scenario.ts';

const wanted = Number(process.env.FTUI_KILLS ?? 6);

scenario('killed-at-random-moments', { kernels: ['6.1', '7'], timeout: 120 + wanted * 20 }, async (lab) => {
  const random = new SeededRandom(Number(process.env.FTUI_SEED ?? Math.floor(Math.random() * 1e9)));
  setUpForeignState(lab);
  // A session that lives on beside all the others, and must not be undone with them.
  const survivor = lab.start(['event', 'sched:sched_process_exec', '-v'], { timeout: (120 + wanted * 20) * 1000 });
  await survivor.waitFor('tracing:');
  const before = lab.snapshotTracefs();
  const lives = await measureSessions(lab);
  lab.expectSame(before);
  const started = performance.now();
  let killed = 0;
  let leftBehind = 0;
  for (let round = 0; killed < wanted; round += 1) {
    try {
      const result = await killSessions(lab, random, lives, round % 2 === 0);
      killed += result.killed;
      leftBehind += result.leftBehind;
      lab.expectSame(before);
      assert.deepEqual(listOtherJournals(survivor.pid), []);
    } catch (error) {
      throw new Error(`round ${round}, FTUI_SEED=${random.seed}`, { cause: error });
    }
  }
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${killed} killed, ${leftBehind} of them with changes in place; FTUI_SEED=${random.seed}; ${seconds} s`);
  survivor.kill('SIGINT');
  const { stderr, status } = await survivor.done;
  assert.equal(status, 0, stderr);
});
