/** What both documents say of the program as a whole. */

import { exitStatus } from '../../src/base/errors.ts';

const meanings: Readonly<Record<keyof typeof exitStatus, string>> = {
  fine: 'fine; a live command ended by Ctrl-C, too',
  failed: 'failed',
  usage: 'wrong use of the command line, or a name that is not there',
  unsupported: 'the running kernel lacks what is needed',
  notPermitted: 'not permitted',
  busy: 'someone else is tracing',
};

/** Exit statuses and what they mean, in order. */
export const exitStatuses: readonly (readonly [status: string, meaning: string])[] = [
  ...Object.entries(exitStatus).map(
    ([key, status]) => [String(status), meanings[key as keyof typeof meanings]] as const,
  ),
  ['129, 143', 'ended by SIGHUP or SIGTERM, after everything has been put back'],
];

export const commandStatusNote =
  'With a traced command (after --) the status is the status of that command, 128 plus the signal when one killed it.';

export const environmentVariables: readonly (readonly [name: string, meaning: string])[] = [
  ['FTUI_DEBUG', '1 prints the stack of an error before its message.'],
  ['XDG_CACHE_HOME', 'The compiled program is kept in ftui/compiled under this folder; without it under ~/.cache.'],
];

export const files: readonly (readonly [path: string, meaning: string])[] = [
  ['/sys/kernel/tracing', 'tracefs. Root mounts it there when it is mounted nowhere.'],
  [
    '/run/ftui/',
    'Journals: what a running session has changed and will put back. The temporary folder where /run cannot be used.',
  ],
  ['~/.cache/ftui/compiled/', 'Compiled program code. It may be removed at any time.'],
];

export const completionLines: readonly string[] = [
  'ftui completion >> ~/.bashrc',
  'SHELL=/bin/zsh ftui completion >> ~/.zshrc',
];
