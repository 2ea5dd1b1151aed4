/** `ftui doctor`: what this kernel and this user can and cannot do, and what would change it. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { exitStatus, FtuiError } from '../../base/errors.ts';
import { jsonLine } from '../../base/json-text.ts';
import { type Feature, probeFeatures } from '../../tracefs/features.ts';
import type { Environment } from '../environment.ts';
import { openEnvironmentTracefs, runningEnvironment } from '../environment.ts';

export const command = 'doctor';
export const describe = 'Show what this kernel and this user can do, and what would enable the rest';

export function builder(yargs: Argv) {
  return yargs
    .option('json', { type: 'boolean', default: false, describe: 'Print one JSON object' })
    .option('tracefs', { type: 'string', nargs: 1, describe: 'Folder of tracefs, instead of looking for it' });
}

interface DoctorArguments {
  readonly json: boolean;
  readonly tracefs?: string | undefined;
}

export function handler(args: ArgumentsCamelCase<DoctorArguments>): void {
  const diagnosis = diagnose(runningEnvironment(), args.tracefs);
  process.stdout.write(args.json ? `${jsonLine(diagnosis)}\n` : `${formatDiagnosis(diagnosis).join('\n')}\n`);
  process.exitCode = diagnosis.exitStatus;
}

export interface Diagnosis {
  readonly kernel: string;
  readonly tracefs: string | null;
  /** Why nothing at all can be traced; null when it can. */
  readonly problem: string | null;
  readonly features: readonly Feature[];
  /** Whether the main commands work. */
  readonly commands: Readonly<Record<'graph' | 'uprobe' | 'event', boolean>>;
  readonly exitStatus: number;
}

/** Never throws for a kernel that cannot trace: that is what it is asked for. */
export function diagnose(environment: Environment, directory: string | undefined): Diagnosis {
  const kernel = environment.kernel.description;
  const nothing = { graph: false, uprobe: false, event: false };
  try {
    const tracefs = openEnvironmentTracefs(environment, directory);
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
    return { kernel, tracefs: null, problem, features: [], commands: nothing, exitStatus: error.exitStatus };
  }
}

const answers = { yes: 'yes', no: 'no', unknown: '?' } as const;

function formatDiagnosis({ kernel, tracefs, problem, features, commands }: Diagnosis): string[] {
  if (problem !== null) return [`kernel   ${kernel}`, `problem  ${problem}`];
  const works = Object.entries(commands).map(([name, works]) => `${name}: ${works ? 'works' : 'does not work'}`);
  return [
    `kernel   ${kernel}`,
    `tracefs  ${tracefs}`,
    `commands ${works.join(', ')}`,
    '',
    ...features.map(({ title, answer, remedy }) => {
      const line = `${answers[answer].padEnd(4)} ${title}`;
      if (answer === 'yes') return line;
      return `${line.padEnd(44)} ${answer === 'no' ? 'needs' : 'could not tell; needs'} ${remedy}`;
    }),
  ];
}
