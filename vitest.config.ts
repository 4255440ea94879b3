import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { pluginTestConfig } from './src/plugin-testing-config.ts'

const TESTS = ['test/**/*.test.ts', '{plugins,examples}/*/test/**/*.test.ts']

/** Files that leave something in their process: plugins that do harm in it, first uses, modules that are imported again or watched. */
const APART = [
  'test/plugins/{bad/**,lifecycle/*,prisma/cold}.test.ts',
  'test/cli/*.test.ts',
  'test/data/*.test.ts',
  'test/{identity/passwords,server/sign-in/password}.test.ts',
]

/**
 * Files whose outcome does not depend on the version of PostgreSQL, on its settings or on the rights of its role. With
 * DATABASE_TESTS_ONLY they are left out, as for a second run on another PostgreSQL.
 */
const INDEPENDENT = [
  'test/*.test.ts',
  'test/{async,cli,formats,graphql,operations}/**',
  'test/plugins/{authoring,bad,lifecycle,routes,schema}/**',
  'test/server/sign-in/**',
  // What a caller may do is decided before a statement is sent. Its statements run there in the comparison with Prisma.
  'test/permissions/{matrix/**,refused.test.ts}',
  'test/server/{browsers,clairvoyance,two-workspaces,cost,drained-bodies,environment,explain,graphql-http,limits,origin,persisted-operations,rates,unreadable}.test.ts',
]
const LEFT_OUT = process.env['DATABASE_TESTS_ONLY'] ? INDEPENDENT : []

// Node keeps what it compiled for the next process; each test process imports most of the code.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/tests')

export default defineConfig({
  // The file that Node takes. Left to itself Vite takes index.mjs, a second copy beside the one of the libraries.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    // As for plugins: the same limits, and Node loads the code under test itself, as in production, instead of Vite.
    ...pluginTestConfig().test,
    // The fixture of the permission matrix has records of every object, made through the API; some of its tests ask for each field.
    hookTimeout: 120_000,
    testTimeout: 120_000,
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      // One process for many files, as one server answers many requests: importing everything takes longer than most tests.
      { extends: true, test: { name: 'together', include: TESTS, exclude: [...APART, ...LEFT_OUT], isolate: false } },
      { extends: true, test: { name: 'apart', include: APART, exclude: LEFT_OUT } },
    ],
  },
})
