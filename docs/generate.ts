/**
 * `node docs/generate.ts` writes the documents that come from definitions in the code: cli.md, ftui.1 and keys.md.
 * With `--check` it writes nothing and fails where a file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageFile from '../package.json' with { type: 'json' };
import { loadCommands } from '../src/cli/command-list.ts';
import { readCommandDefinition } from './generate/command-definitions.ts';
import { formatCommandLinePage } from './generate/command-line-page.ts';
import { formatKeysPage } from './generate/keys-page.ts';
import { formatManPage } from './generate/man-page.ts';

const definitions = (await loadCommands()).map(readCommandDefinition);
const documents = {
  'cli.md': formatCommandLinePage(definitions),
  'ftui.1': formatManPage(packageFile, definitions),
  'keys.md': formatKeysPage(),
};

const checksOnly = process.argv.includes('--check');
for (const [name, text] of Object.entries(documents)) {
  const file = join(import.meta.dirname, name);
  if (readIfThere(file) === text) continue;
  if (checksOnly) {
    console.error(`docs/${name} is stale: run npm run fix`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`docs/${name} written`);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
