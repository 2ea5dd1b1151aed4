/** The commands of ftui. A start loads the one that it is about; help, completion and the documents need all of them. */

import type { CommandModule } from 'yargs';

export type Command = CommandModule & { readonly command: string };

/** In the order in which help shows them; `$0` is what `ftui` alone does. */
const loaders = {
  graph: () => import('./commands/graph.ts'),
  function: () => import('./commands/function.ts'),
  event: () => import('./commands/event.ts'),
  kprobe: () => import('./commands/kprobe.ts'),
  uprobe: () => import('./commands/uprobe.ts'),
  usdt: () => import('./commands/usdt.ts'),
  vars: () => import('./commands/vars.ts'),
  list: () => import('./commands/list.ts'),
  record: () => import('./commands/record.ts'),
  restore: () => import('./commands/restore.ts'),
  replay: () => import('./commands/replay.ts'),
  report: () => import('./commands/report.ts'),
  info: () => import('./commands/info.ts'),
  convert: () => import('./commands/convert.ts'),
  export: () => import('./commands/export.ts'),
  status: () => import('./commands/status.ts'),
  reset: () => import('./commands/reset.ts'),
  doctor: () => import('./commands/doctor.ts'),
  demo: () => import('./commands/demo.ts'),
  start: () => import('./commands/start.ts'),
  completion: () => import('./commands/completion.ts'),
  $0: () => import('./commands/home.ts'),
};

/** What can be typed. */
export const commandNames: readonly string[] = Object.keys(loaders).filter((name) => name !== '$0');

/** The command of this name, or all where it is none's. */
export async function loadCommands(name?: string): Promise<readonly Command[]> {
  const loads = Object.entries(loaders);
  const named = loads.filter(([command]) => command === name);
  const modules = await Promise.all((named.length > 0 ? named : loads).map(([, load]) => load()));
  return modules as unknown as readonly Command[];
}
