/** What a view is begun with, made of captured pages: the tasks that the kernel's text names live. */
import { asPid } from '../../src/base/units.ts';
import type { LiveView } from '../../src/cli/live-view.ts';
import { EventClock } from '../../src/cli/print-time.ts';
import { emptyPlan } from '../../src/control/trace-plan.ts';
import { ItemFilter } from '../../src/recording/item-filter.ts';
import type { StreamItem } from '../../src/ring-buffer/stream-item.ts';
import { LiveEvents } from '../../src/session/live-events.ts';
import type { SessionContext } from '../../src/session/live-session.ts';
import { SimulatedKernel } from '../../src/simulated/simulated-kernel.ts';
import { Tracefs } from '../../src/tracefs/tracefs.ts';
import type { CapturedPages } from '../ring-buffer/captured-pages.ts';
import { readFixture } from '../simulated/fixtures.ts';

/** The pages' items as events, and the view begun with their clock. `names` gives each living task its name. */
export function beginView(view: LiveView, pages: CapturedPages, names: ReadonlyMap<number, string>) {
  const context = contextOf(pages, names);
  const events = new LiveEvents(context, context.catalogue!);
  view.begin(new EventClock(() => context.origin(), true), new ItemFilter([], () => undefined));
  return (item: StreamItem) => view.show(events.eventOf(item));
}

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
