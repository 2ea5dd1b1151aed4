/**
 * `npm run build`: bundles the program (dist/ftui.js, which bin/ftui starts) and the engine's public door
 * (dist/index.js) with all they depend on. What is imported dynamically, such as the UI with React and Ink, becomes a
 * chunk of its own, which a plain command never loads.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = import.meta.dirname;

/**
 * Ink's development mode (DEV=true in the user's environment) wants react-devtools-core, which is not installed: taken
 * out. Should Ink spell it another way one day, the build stops at that import.
 */
const inkWithoutDevelopment: Plugin = {
  name: 'ink-without-development',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/ink\/build\/\w+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll("process.env['DEV'] === 'true'", 'false') };
    });
  },
};

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

await rm(join(root, 'dist'), { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: {
    ftui: 'src/cli/main.ts',
    index: 'src/index.ts',
    // The recorder's thread, which src/session/record-threads.ts starts.
    'record-worker': 'src/session/record-worker.ts',
    'report-worker': 'src/session/report-worker.ts',
  },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  minifySyntax: true,
  minifyWhitespace: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [inkWithoutDevelopment, yargsWithPlainWidths],
  // CommonJS packages in the bundle call require('fs'); the name avoids a clash with what bundled code imports itself.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
