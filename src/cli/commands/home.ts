/** `ftui` alone: the start screen. The only command that loads the user interface. */

import { UsageError } from '../../base/errors.ts';
import { runningEnvironment } from '../environment.ts';
import { diagnose } from './doctor.ts';

export const command = '$0';
export const describe = 'Show what can be done here (in a terminal)';

export async function handler(): Promise<void> {
  if (!process.stdout.isTTY || !process.stdin.isTTY) {
    throw new UsageError({
      attempted: 'opening the start screen',
      why: 'this is no terminal',
      remedy: 'ftui --help lists the commands',
    });
  }
  const diagnosis = diagnose(runningEnvironment(), undefined);
  const { showHome } = await import('../../../ui/home-screen.tsx');
  await showHome(diagnosis);
}
