/** `ftui doctor`: what this kernel and this user can and cannot do, and what would change it. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { jsonLine } from '../../base/json-text.ts';
import { type Diagnosis, diagnoseKernel } from '../../session/diagnosis.ts';
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
  process.stdout.write(
    args.json ? `${jsonLine({ ...diagnosis, error: undefined })}\n` : `${formatDiagnosis(diagnosis).join('\n')}\n`,
  );
  process.exitCode = diagnosis.exitStatus;
}

/** What is found in `environment`; `directory` is --tracefs. */
export function diagnose(environment: Environment, directory: string | undefined): Diagnosis {
  return diagnoseKernel(environment.kernel, () => openEnvironmentTracefs(environment, directory));
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
