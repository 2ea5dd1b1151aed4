/** The command line: from words to a command, from an error to a message and an exit status. */

import { enableCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';

// Node's default is a folder in the shared /tmp, from which root must not load code.
enableCompileCache(path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'ftui', 'compiled'));

// A reader that has gone away (`| head -1`) ends the output, not with an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const words = process.argv.slice(2);
if (words.length === 1 && words[0] === '--version') {
  const { version } = await import('./version.ts');
  process.stdout.write(`${version}\n`);
} else {
  const { runCommandLine } = await import('./command-line.ts');
  await runCommandLine(words);
}
