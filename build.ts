/**
 * `npm run build`: bundles the program (dist/ftui.js, which bin/ftui starts), the parts that it loads later, its threads,
 * and the engine's public door (dist/index.js), each with all it depends on.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundleOptions, inkWithoutDevelopment } from './bundle-options.ts';

const root = import.meta.dirname;

/**
 * yargs lays its help out with string-width, whose emoji expression alone takes as long to compile as the rest of a plain
 * command's start. Help is plain text: there a character is a column. Ink keeps the real one.
 */
const yargsWithPlainWidths: Plugin = {
  name: 'yargs-with-plain-widths',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      /node_modules\/(?:yargs|cliui)\//.test(importer) ? { path: 'plain-width', namespace: 'plain-width' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'plain-width' }, () => ({
      contents: `import { stripVTControlCharacters } from 'node:util';
        export default (text) => [...stripVTControlCharacters(text)].length;`,
    }));
  },
};

/** yargs lays out the whole help text of each command that it runs, in case somebody asks for it later: nobody does. */
const yargsWithoutHelpInAdvance: Plugin = {
  name: 'yargs-without-help-in-advance',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/yargs\/build\/lib\/command\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replace('yargs.getInternalMethods().getUsageInstance().cacheHelpMessage();', '');
      if (contents === source) throw new Error(`${path} lays out no help in advance (any more): this plugin can go`);
      return { contents };
    });
  },
};

/** Yoga would read its own WebAssembly by fetch(), which loads all of Node's HTTP client: a fifth of the screen's start. */
const yogaWithoutFetch: Plugin = {
  name: 'yoga-without-fetch',
  setup({ onLoad }) {
    onLoad({ filter: /yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('typeof fetch', '"undefined"'),
      loader: 'js',
    }));
  },
};

/**
 * What is imported dynamically is a file of its own only where that saves a start: `--version` needs no command line, a
 * plain command no user interface, a session without a command no emulator. Everything else is in the file that needs it:
 * each file costs a start more than the code in it, on a slow file system most of all.
 */
const partsLoadedLater: Plugin = {
  name: 'parts-loaded-later',
  setup({ onResolve }) {
    onResolve({ filter: /(?:command-line|open-session|emulator)\.tsx?$/ }, ({ path, kind }) => {
      const name = /([\w-]+)\.tsx?$/.exec(path)![1];
      return kind === 'dynamic-import' ? { path: `./${name}.js`, external: true } : undefined;
    });
  },
};

await rm(join(root, 'dist'), { recursive: true, force: true });
await build({
  ...bundleOptions,
  absWorkingDir: root,
  entryPoints: {
    ftui: 'src/cli/main.ts',
    'command-line': 'src/cli/command-line.ts',
    'open-session': 'ui/open-session.tsx',
    emulator: 'ui/terminal/emulator.ts',
    index: 'src/index.ts',
    // Threads, which src/base/worker-url.ts finds.
    'record-worker': 'src/session/record-worker.ts',
    'chunk-worker': 'src/session/chunk-worker.ts',
  },
  outdir: 'dist',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [partsLoadedLater, inkWithoutDevelopment, yogaWithoutFetch, yargsWithPlainWidths, yargsWithoutHelpInAdvance],
});
