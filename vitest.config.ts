import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: ['test/kernel/**', 'node_modules/**'],
    globalSetup: ['test/fresh-build.ts'],
    testTimeout: 20_000,
  },
});
