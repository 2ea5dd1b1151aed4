/** How long the plain commands take, beside a Node that does nothing. */

import { type Contender, timeProgram } from './measurement.ts';

/** The unit of all start-up times. */
export const unit = 'node -e 0';

export function startUpContenders(ftui: string): Record<string, Contender> {
  return {
    [unit]: () => timeProgram(process.execPath, ['-e', '0']),
    'ftui --version': () => timeProgram(ftui, ['--version']),
    'ftui --help': () => timeProgram(ftui, ['--help']),
  };
}
