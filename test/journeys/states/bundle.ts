/** state-program.ts as one file that Node can run: the user interface is JSX, which Node does not read itself. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundleOptions, inkWithoutDevelopment } from '../../../bundle-options.ts';

/** Where its files say they are: fixtures are found beside them. */
const placesOfSources: Plugin = {
  name: 'places-of-sources',
  setup({ onLoad }) {
    onLoad({ filter: /\/(?:src|ui|test)\/.*\.tsx?$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

/** The path of the program; its folder is to be removed by the caller. */
export async function bundleStateProgram(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ftui-state-program-'));
  const outfile = join(folder, 'state-program.mjs');
  await build({
    ...bundleOptions,
    entryPoints: [join(import.meta.dirname, 'state-program.ts')],
    outfile,
    plugins: [placesOfSources, inkWithoutDevelopment],
  });
  return outfile;
}
