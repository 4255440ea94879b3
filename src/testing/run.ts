import { readTestDatabaseUrl, writeTestCluster } from '../config.ts'
import { openTestCluster, type TestCluster } from './test-cluster.ts'

/**
 * Opens one cluster for a whole test run, in the PostgreSQL of TEST_DATABASE_URL when that is set. Until `close`, this
 * process and its child processes use the cluster.
 */
export async function openTestRun(): Promise<{ readonly cluster: TestCluster; close(): Promise<void> }> {
  const { adminUrl, template, close } = await openTestCluster(readTestDatabaseUrl())
  const cluster = { adminUrl, template }
  writeTestCluster(cluster)
  return {
    cluster,
    close() {
      writeTestCluster(null)
      return close()
    },
  }
}
