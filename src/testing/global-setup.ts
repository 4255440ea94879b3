import { openTestRun } from './run.ts'

/**
 * Starts one PostgreSQL for all test files of a run, or uses that of TEST_DATABASE_URL when it is set. For `globalSetup` in
 * the Vitest configuration of a package of plugins.
 *
 * @returns the teardown.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { close } = await openTestRun()
  return close
}
