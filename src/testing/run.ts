import { readTestDatabaseUrl, writeTestCluster } from '../config.ts'
import { openTestCluster, type TestCluster } from './test-cluster.ts'

/**
 * Opens one cluster (a PostgreSQL server with a template database) for a whole test run. When TEST_DATABASE_URL is set,
 * uses the server of that URL. Until `close`, the test databases of this process and of its child processes are
 * created in the cluster.
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
