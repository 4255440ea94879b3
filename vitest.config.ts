import { defineConfig } from 'vitest/config'

export default defineConfig({
  // The file that Node takes. Left to itself Vite takes index.mjs, a second copy beside the one of the libraries.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts', '{plugins,examples}/*/test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Each worker has a PostgreSQL connection pool or two beside it; more of them than this only wait for each other.
    maxWorkers: 2,
  },
})
