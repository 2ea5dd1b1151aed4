/** What this kernel and this user can do: what `ftui doctor` prints and the start screen shows. */

import { type ExitStatus, exitStatus, FtuiError } from '../base/errors.ts';
import { type Feature, probeFeatures } from '../tracefs/features.ts';
import type { KernelFiles } from '../tracefs/kernel-files.ts';
import type { Tracefs } from '../tracefs/tracefs.ts';

export interface Diagnosis {
  readonly kernel: string;
  readonly tracefs: string | null;
  /** Why nothing at all can be traced; null when it can. */
  readonly problem: string | null;
  /** The same, part by part; `ftui doctor --json` has the text only. */
  readonly error?: FtuiError | undefined;
  readonly features: readonly Feature[];
  /** Whether the main commands work. */
  readonly commands: Readonly<Record<'graph' | 'uprobe' | 'event', boolean>>;
  readonly exitStatus: ExitStatus;
}

/** Never throws for a kernel that cannot trace: that is what it is asked for. */
export function diagnoseKernel({ description: kernel }: KernelFiles, openTracefs: () => Tracefs): Diagnosis {
  const nothing = { graph: false, uprobe: false, event: false };
  try {
    const tracefs = openTracefs();
    const features = probeFeatures(tracefs);
    const has = (key: string) => features.some((feature) => feature.key === key && feature.answer === 'yes');
    const commands = {
      graph: has('tracer:function_graph'),
      uprobe: has('file:uprobe_events'),
      event: has('instances'),
    };
    const complete = commands.graph && commands.uprobe && commands.event;
    const status = complete ? exitStatus.fine : exitStatus.unsupported;
    return { kernel, tracefs: tracefs.root, problem: null, features, commands, exitStatus: status };
  } catch (error) {
    if (!(error instanceof FtuiError)) throw error;
    const problem = `${error.message}${error.remedy === undefined ? '' : ` (${error.remedy})`}`;
    return { kernel, tracefs: null, problem, error, features: [], commands: nothing, exitStatus: error.exitStatus };
  }
}
