import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Each worker has a PostgreSQL connection pool or two beside it; more of them than this only wait for each other.
    maxWorkers: 2,
  },
})
