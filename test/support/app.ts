import { type App, type AppOptions, createApp } from '../../src/app.ts'
import { createUser, createWorkspace } from '../../src/modules/workspaces/provision.ts'
import { openSigningKeys } from '../../src/platform/access/signing-keys.ts'
import { issueToken } from '../../src/platform/access/tokens.ts'
import { createTestClient, type TestActor, type TestClient } from './client.ts'
import { createTestDatabase } from './database.ts'

const WORKSPACES = ['acme', 'globex'] as const
const ROLES = ['admin', 'member', 'reader'] as const
const TOKEN_SECONDS = 3_600

export type TestWorkspace = (typeof WORKSPACES)[number]
export type TestRole = (typeof ROLES)[number]
export type TestAppOptions = Omit<AppOptions, 'databaseUrl' | 'onStatement'>

/** The whole server on a database of its own, with the workspaces `acme` and `globex` and three users in each. */
export interface TestApp extends Pick<App, 'schema' | 'runtime' | 'database' | 'fetch'> {
  /** Connection URL of the database's owner. */
  readonly databaseUrl: string
  /** A user of a workspace, such as member@acme.example; `acme` unless said otherwise. */
  as(role: TestRole, workspace?: TestWorkspace): TestClient<TestActor>
  /** Whoever has the credential: an access token, an API key, something wrong, or null for none. */
  withCredential(token: string | null): TestClient<null>
  /** Opens a free port, for what needs a socket. Answers the endpoint's address. */
  listen(): Promise<{ readonly url: string; readonly webSocketUrl: string }>
  /** Text of every SQL statement sent for a request since `resetStatements`, in order. */
  readonly statements: readonly string[]
  resetStatements(): void
  /** Stops the server and drops the database, the second also when the first fails. */
  close(): Promise<void>
}

/** Starts a TestApp in about 150 ms. Close it in `afterAll`. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const testDatabase = await createTestDatabase()
  try {
    return await openTestApp(testDatabase, options)
  } catch (error) {
    await testDatabase.drop()
    throw error
  }
}

async function openTestApp(
  testDatabase: { readonly url: string; drop(): Promise<void> },
  options: TestAppOptions,
): Promise<TestApp> {
  const statements: string[] = []
  const app = await createApp({
    ...options,
    databaseUrl: testDatabase.url,
    onStatement: (text) => statements.push(text),
  })
  try {
    const clients = await provision(app)
    return {
      schema: app.schema,
      runtime: app.runtime,
      database: app.database,
      fetch: app.fetch,
      databaseUrl: testDatabase.url,
      statements,
      as(role, workspace = 'acme') {
        const client = clients.get(`${role}@${workspace}.example`)
        if (!client) throw new Error(`No user ${role} in ${workspace}.`)
        return client
      },
      withCredential: (token) => createTestClient(app.fetch, token, null),
      async listen() {
        const { url } = await app.listen({ host: '127.0.0.1', port: 0 })
        return { url, webSocketUrl: url.replace('http:', 'ws:') }
      },
      resetStatements: () => void statements.splice(0),
      close: () => app.close().finally(() => testDatabase.drop()),
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

/** Makes the workspaces and their users. Answers a client for each, by e-mail. */
async function provision(app: App): Promise<Map<string, TestClient<TestActor>>> {
  const { owner } = app.database
  const keys = await openSigningKeys(owner)
  const clients = new Map<string, TestClient<TestActor>>()
  for (const slug of WORKSPACES) {
    const emailOf = (role: TestRole) => `${role}@${slug}.example`
    const { workspaceId, adminId } = await createWorkspace(owner, { slug, adminEmail: emailOf('admin') })
    const ids: Record<TestRole, string> = {
      admin: adminId,
      member: await createUser(owner, {
        workspaceId,
        email: emailOf('member'),
        displayName: 'Member',
        roleName: 'member',
      }),
      reader: await createUser(owner, {
        workspaceId,
        email: emailOf('reader'),
        displayName: 'Reader',
        roleName: 'read-only',
      }),
    }
    for (const role of ROLES) {
      const actor = { id: ids[role], workspaceId, email: emailOf(role) }
      const token = await issueToken(keys, { workspaceId, actorId: actor.id, expiresInSeconds: TOKEN_SECONDS })
      clients.set(actor.email, createTestClient(app.fetch, token, actor))
    }
  }
  return clients
}
