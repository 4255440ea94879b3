import { type App, type AppOptions, createApp } from '../app.ts'
import { createUser } from '../modules/workspaces/create-user.ts'
import { createWorkspace } from '../modules/workspaces/provision.ts'
import { actorById } from '../platform/identity/authenticate.ts'
import { openSigningKeys } from '../platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../platform/identity/sessions/tokens.ts'
import { createTestClient, type TestActor, type TestClient } from './client.ts'
import type { FailureLog } from './failure-log.ts'
import { enableForTest, installForTest, loadedForTest, type PluginUnderTest, settingsForTest } from './install.ts'
import { createTestDatabase } from './test-database.ts'

const WORKSPACES = ['acme', 'globex'] as const
const ROLES = ['admin', 'member', 'reader'] as const
const TOKEN_SECONDS = 3_600

/** Slug of a workspace of a test server. */
export type TestWorkspace = (typeof WORKSPACES)[number]
/**
 * A user of each workspace: `admin` may do everything, `member` may do everything except administration, and `reader`
 * may only read.
 */
export type TestRole = (typeof ROLES)[number]

export interface TestServerOptions extends Omit<AppOptions, 'databaseUrl' | 'onStatement' | 'plugins'> {
  /** Plugins that are installed and, unless `enable` is `nowhere`, enabled in every workspace. */
  readonly plugins?: readonly PluginUnderTest[]
  /** Log of the server, from which `must` takes why a request failed. Default: `log`, and `must` says no reasons. */
  readonly failures?: FailureLog
  /** `nowhere`: no plugin is enabled, so that the tests can enable them. */
  readonly enable?: 'nowhere'
}

/** The whole server on a new database, with the workspaces `acme` and `globex` and three users in each. */
export interface TestServer {
  readonly app: App
  /** Connection URL of the owner of the database. */
  readonly databaseUrl: string
  /** Returns a client that sends requests as a user, such as member@acme.example. Default workspace: `acme`. */
  as(role: TestRole, workspace?: TestWorkspace): TestClient<TestActor>
  /** Text of every SQL statement that was sent for requests since `resetStatements`, in order. */
  readonly statements: readonly string[]
  /** Empties `statements`. */
  resetStatements(): void
  /** Stops the server, and drops the database even when the server can't be stopped. */
  close(): Promise<void>
}

/**
 * Opens a test server on a new database. This takes about 150 ms in a test run whose global setup has opened a cluster
 * (a PostgreSQL server for tests); otherwise a cluster is started first.
 */
export async function openTestServer(options: TestServerOptions): Promise<TestServer> {
  const database = await createTestDatabase()
  try {
    return await openOn(database, options)
  } catch (error) {
    await database.drop()
    throw error
  }
}

async function openOn(
  database: { readonly url: string; drop(): Promise<void> },
  { plugins = [], enable, failures, ...appOptions }: TestServerOptions,
): Promise<TestServer> {
  const statements: string[] = []
  const loaded = await loadedForTest(plugins)
  const settings = settingsForTest(plugins)
  const app = await createApp({
    ...appOptions,
    ...(failures ? { log: failures.log } : {}),
    plugins: async (ownerPool) => {
      await installForTest(database.url, ownerPool, loaded, settings)
      return { usable: loaded, refused: [] }
    },
    databaseUrl: database.url,
    onStatement: (text) => statements.push(text),
  })
  try {
    const problems = app.host.unavailable.map(({ source, reason }) => `${source}: ${reason}`)
    if (problems.length > 0) throw new Error(problems.join('\n'))
    const clients = await provision(app, failures)
    const as: TestServer['as'] = (role, workspace = 'acme') => {
      const client = clients.get(emailOf(role, workspace))
      if (!client) throw new Error(`No user ${role} in ${workspace}.`)
      return client
    }
    for (const slug of enable === 'nowhere' ? [] : WORKSPACES) {
      const { id, workspaceId } = as('admin', slug).actor
      if (loaded.length > 0)
        await enableForTest(app.host, await actorById(app.database.ownerPool, workspaceId, id), loaded)
    }
    return {
      app,
      databaseUrl: database.url,
      as,
      statements,
      resetStatements: () => void statements.splice(0),
      close: () => app.close().finally(() => database.drop()),
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

function emailOf(role: TestRole, workspace: TestWorkspace): string {
  return `${role}@${workspace}.example`
}

/** Creates the workspaces and their users. Returns a client for each user, by e-mail. */
async function provision(app: App, failures?: FailureLog): Promise<Map<string, TestClient<TestActor>>> {
  const { ownerPool } = app.database
  const keys = await openSigningKeys(ownerPool)
  const clients = new Map<string, TestClient<TestActor>>()
  for (const slug of WORKSPACES) {
    const { workspaceId, adminId } = await createWorkspace(ownerPool, { slug, adminEmail: emailOf('admin', slug) })
    const addUser = (role: TestRole, displayName: string, roleName: string) =>
      createUser(ownerPool, { workspaceId, email: emailOf(role, slug), displayName, roleName })
    const ids: Record<TestRole, string> = {
      admin: adminId,
      member: await addUser('member', 'Member', 'member'),
      reader: await addUser('reader', 'Reader', 'read-only'),
    }
    for (const role of ROLES) {
      const actor = { id: ids[role], workspaceId, email: emailOf(role, slug) }
      const token = await issueToken(keys, { workspaceId, actorId: actor.id, expiresInSeconds: TOKEN_SECONDS })
      clients.set(actor.email, createTestClient(app.fetch, token, actor, failures))
    }
  }
  return clients
}
