import { openTestRun } from './run.ts'

/**
 * Starts one PostgreSQL server for all test files of a run. When TEST_DATABASE_URL is set, uses the server of that URL.
 * Name this file as `globalSetup` in the Vitest configuration of a package of plugins.
 *
 * @returns The function that Vitest calls after the run. It stops the server.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const { close } = await openTestRun()
  return close
}
