/** What a view is begun with, made of captured pages: the tasks that the kernel's text names live. */
import { asPid } from '../../src/base/units.ts';
import { emptyPlan } from '../../src/control/trace-plan.ts';
import type { SessionContext } from '../../src/session/live-session.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import type { CapturedPages } from '../ring-buffer/captured-pages.ts';
import { readFixture } from '../simulated/fixtures.ts';

/** `names` gives each living task its name. */
export function contextOf(pages: CapturedPages, names: ReadonlyMap<number, string>): SessionContext {
  const files = Object.fromEntries([...names].map(([pid, name]) => [`/proc/${asPid(pid)}/comm`, `${name}\n`]));
  const tracefs = new Tracefs(new SimulatedKernel(readFixture('6.12'), { files }), '/sys/kernel/tracing');
  const { layout, header, formats } = pages;
  return {
    tracefs,
    directory: tracefs.top,
    plan: emptyPlan,
    catalogue: { layout, abi: layout, header, formats },
    origin: () => 0n,
  };
}
