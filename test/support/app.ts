import type { App } from '../../src/app.ts'
import { createTestClient, type TestClient } from '../../src/testing/client.ts'
import {
  openTestServer,
  type TestRole as Role,
  type TestServer,
  type TestServerOptions,
  type TestWorkspace as Workspace,
} from '../../src/testing/server.ts'

export type TestWorkspace = Workspace
export type TestRole = Role
export type TestAppOptions = TestServerOptions

/** The whole server on a separate database, with the workspaces `acme` and `globex` and three users in each. */
export interface TestApp
  extends Omit<TestServer, 'app'>,
    Pick<App, 'schema' | 'runtime' | 'host' | 'database' | 'fetch'> {
  /** A client with any credential: an access token, an API key, an invalid text, or null for none. */
  withCredential(token: string | null): TestClient<null>
  /** Listens on a free port, for tests that need a socket, and returns the addresses of the endpoint. */
  listen(): Promise<{ readonly url: string; readonly webSocketUrl: string }>
}

/** Starts a `TestApp` in about 150 ms. Close it in `afterAll`. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { app, ...server } = await openTestServer(options)
  return {
    ...server,
    schema: app.schema,
    runtime: app.runtime,
    host: app.host,
    database: app.database,
    fetch: app.fetch,
    withCredential: (token) => createTestClient(app.fetch, token, null),
    async listen() {
      const { url } = await app.listen({ host: '127.0.0.1', port: 0 })
      return { url, webSocketUrl: url.replace('http:', 'ws:') }
    },
  }
}
