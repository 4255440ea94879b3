import { defineConfig } from 'vitest/config'

const TESTS = ['test/**/*.test.ts', '{plugins,examples}/*/test/**/*.test.ts']

/** Files that leave something in their process: plugins that do harm in it, modules that are imported again or watched. */
const APART = [
  'test/plugins/{bad/**,lifecycle/*}.test.ts',
  'test/cli/*.test.ts',
  'test/data/*.test.ts',
  'test/{identity/passwords,server/sign-in/password}.test.ts',
]

export default defineConfig({
  // The file that Node takes. Left to itself Vite takes index.mjs, a second copy beside the one of the libraries.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Each worker has a PostgreSQL connection pool or two beside it; more of them than this only wait for each other.
    maxWorkers: 2,
    projects: [
      // One process for many files, as one server answers many requests: importing everything takes longer than most tests.
      { extends: true, test: { name: 'together', include: TESTS, exclude: APART, isolate: false } },
      { extends: true, test: { name: 'apart', include: APART } },
    ],
  },
})
