import { openTestRun } from './run.ts'

/**
 * What Vitest's `globalSetup` is for the tests of a package of plugins: one PostgreSQL for all files of the run, that of
 * TEST_DATABASE_URL where it is set.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { close } = await openTestRun()
  return close
}
