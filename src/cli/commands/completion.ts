/** `ftui completion`: the script that completes ftui's commands in a shell. */

import { buildCommandLine } from '../command-line.ts';
import { loadCommands } from '../command-list.ts';

export const command = 'completion';
export const describe = 'Print a script that completes ftui’s commands in bash or zsh';

export async function handler(): Promise<void> {
  buildCommandLine([], await loadCommands()).showCompletionScript();
}
