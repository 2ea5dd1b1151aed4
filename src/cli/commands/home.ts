/** `ftui` alone: the interactive session. */

import type { ArgumentsCamelCase, Argv } from 'yargs';
import { UsageError } from '../../base/errors.ts';
import { runningEnvironment } from '../environment.ts';
import { canOpenUi } from '../wants-ui.ts';

export const command = '$0';
export const describe = 'Open the interactive session (in a terminal)';

export function builder(yargs: Argv) {
  return yargs.option('ascii', {
    type: 'boolean',
    default: false,
    describe: 'Draw the screen with ASCII characters only',
  });
}

export async function handler({ ascii }: ArgumentsCamelCase<{ ascii: boolean }>): Promise<void> {
  if (!canOpenUi()) {
    throw new UsageError({
      attempted: 'opening the start screen',
      why: 'this is no terminal',
      remedy: 'ftui --help lists the commands',
    });
  }
  const { openUi } = await import('../open-ui.ts');
  process.exitCode = await openUi(runningEnvironment(), { screen: 'home', ascii });
}
