import type { TestProject } from 'vitest/node'
import { readTestCluster } from '../../src/config.ts'
import { openTestRun } from '../../src/testing/run.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a role that may create databases, and the name of the migrated database to clone. */
    testCluster: { adminUrl: string; template: string }
  }
}

/** Starts one PostgreSQL for the whole run, or uses the one of TEST_DATABASE_URL. Called for each project of the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const opened = readTestCluster()
  if (opened) {
    project.provide('testCluster', opened)
    return async () => undefined
  }
  const { cluster, close } = await openTestRun()
  project.provide('testCluster', cluster)
  return close
}
