import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/kernel/**', 'node_modules/**'],
    globalSetup: ['test/fresh-build.ts'],
    // To find what hangs, also on a machine that is busy with other things.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
