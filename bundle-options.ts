/** How ftui's sources become files that Node runs: what the build and the test programs made of them have in common. */
import { readFile } from 'node:fs/promises';
import type { BuildOptions, Plugin } from 'esbuild';

export const bundleOptions: BuildOptions = {
  bundle: true,
  // Its binary is a file beside it, and it may be missing.
  external: ['@lydell/node-pty'],
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  // CommonJS packages in the bundle call require('fs'); the name avoids a clash with what bundled code imports itself.
  banner: {
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
  logLevel: 'warning',
};

/**
 * Ink's development mode (DEV=true in the user's environment) wants react-devtools-core, which is not installed: taken
 * out. Should Ink spell it another way one day, the build stops at that import.
 */
export const inkWithoutDevelopment: Plugin = {
  name: 'ink-without-development',
  setup({ onLoad }) {
    onLoad({ filter: /node_modules\/ink\/build\/\w+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: source.replaceAll("process.env['DEV'] === 'true'", 'false') };
    });
  },
};
