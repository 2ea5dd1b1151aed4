/** `ftui completion`: the script that completes ftui's commands in a shell. */

import { buildCommandLine } from '../command-line.ts';

export const command = 'completion';
export const describe = 'Print a script that completes ftui’s commands in bash or zsh';

export function handler(): void {
  buildCommandLine([]).showCompletionScript();
}
