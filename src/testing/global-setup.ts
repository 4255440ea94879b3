import { openTestRun } from './run.ts'

/**
 * Starts one PostgreSQL for all test files of a run, or uses the one of TEST_DATABASE_URL when that is set. Use it as
 * `globalSetup` in the Vitest configuration of a package of plugins.
 *
 * @returns the teardown function.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { close } = await openTestRun()
  return close
}
