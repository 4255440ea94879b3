import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { createApp } from '../app.ts'
import { coreParts } from '../core.ts'
import { createUser } from '../modules/workspaces/create-user.ts'
import { createWorkspace } from '../modules/workspaces/provision.ts'
import { actorById } from '../platform/identity/authenticate.ts'
import { openSigningKeys } from '../platform/identity/sessions/signing-keys.ts'
import { issueToken } from '../platform/identity/sessions/tokens.ts'
import { runJobNow } from '../platform/jobs/run-job.ts'
import type { Background } from '../platform/plugins/background/background.ts'
import type { ConformanceSetup } from '../platform/plugins/conformance/check-conformance.ts'
import type { ConformanceApp, ConformanceWorkspace } from '../platform/plugins/conformance/trial-app.ts'
import { usablePlugins } from '../platform/plugins/lifecycle/usable-plugins.ts'
import type { LoadedPlugin } from '../platform/request/loaded-plugin.ts'
import { createTestClient } from './client.ts'
import { createFailureLog, type FailureLog } from './failure-log.ts'
import { disableForTest, enableForTest } from './install.ts'
import { createPermittedClient } from './permitted-client.ts'
import { openTestServer, type TestServer } from './server.ts'
import { createTestDatabase } from './test-database.ts'

const WORKSPACES = ['acme', 'globex'] as const
const TOKEN_SECONDS = 3_600
const JOB_LIMIT_MS = 10_000

/** What `extensions.explain` of a response has. */
const explanation = z.object({ statements: z.int(), computed: z.array(z.object({ field: z.string() })) })

/**
 * Creates the setup of `checkConformance`, which runs the checks of `rapport plugin check`. All checks create their
 * databases in one test cluster (a PostgreSQL server for tests), which stays open until `close`.
 * @param others Other plugins of the installation; the checked plugin may depend on some of them.
 * @param only The only check to run, besides those that the others need. Default: all.
 * @param writesSchema Whether to write what the plugin adds to the GraphQL schema to its folder.
 */
export async function conformanceSetup(
  others: readonly LoadedPlugin[],
  writesSchema: boolean,
  only?: string,
): Promise<ConformanceSetup & { close(): Promise<void> }> {
  const core = await coreParts()
  // No check uses this database. It keeps the cluster open, which stops when its last database is dropped and would
  // otherwise start again for each check.
  const heldDatabase = await createTestDatabase()
  return {
    core,
    others,
    writesSchema,
    only,
    async withInstallation(run) {
      const [database, folder] = await Promise.all([createTestDatabase(), mkdtemp(join(tmpdir(), 'rapport-check-'))])
      try {
        return await run({ databaseUrl: database.url, configPath: join(folder, 'rapport.config.ts'), core })
      } finally {
        await Promise.all([database.drop(), rm(folder, { recursive: true, force: true })])
      }
    },
    async enableAndDisable({ databaseUrl, configPath }, plugins) {
      const app = await createApp({ databaseUrl, plugins: (ownerPool) => usablePlugins(ownerPool, core, configPath) })
      try {
        const { ownerPool } = app.database
        const workspace = { slug: 'acme', adminEmail: 'admin@acme.example' }
        const { workspaceId, adminId } = await createWorkspace(ownerPool, workspace)
        const admin = await actorById(ownerPool, workspaceId, adminId)
        await enableForTest(app.host, admin, plugins)
        await disableForTest(app.host, admin, plugins)
      } finally {
        await app.close()
      }
    },
    async withApp(plugins, run) {
      const failures = createFailureLog()
      const server = await openTestServer({
        failures,
        quarantine: false,
        plugins: plugins.map(({ plugin, directory }) => ({ plugin, ...(directory === null ? {} : { directory }) })),
      })
      try {
        return await run(await conformanceApp(server, plugins, failures))
      } finally {
        await server.close()
      }
    },
    close: () => heldDatabase.drop(),
  }
}

async function conformanceApp(
  server: TestServer,
  plugins: readonly LoadedPlugin[],
  failures: FailureLog,
): Promise<ConformanceApp> {
  const { app, as } = server
  const background: Background = { database: app.database, host: app.host, log: failures.log }
  const clientsWithoutRole = new Map<ConformanceWorkspace, ReturnType<typeof createTestClient>>()
  for (const workspace of WORKSPACES) clientsWithoutRole.set(workspace, await addUserWithoutRole(server, workspace))
  return {
    runtime: app.host.runtimeFor(plugins.map(({ plugin }) => plugin.id)),
    ownerPool: app.database.ownerPool,
    workspaceId: (workspace) => as('admin', workspace).actor.workspaceId,
    adminId: (workspace) => as('admin', workspace).actor.id,
    async execute(role, workspace, document, variables) {
      const client = role === 'nobody' ? clientsWithoutRole.get(workspace) : as(role, workspace)
      if (!client) throw new Error(`No user without a role in ${workspace}.`)
      const requestId = randomUUID()
      const { data, errors } = await client.query(document, variables, { 'x-request-id': requestId })
      return { data, errors, failures: failures.ofRequest(requestId) }
    },
    background,
    async runJob(name, payload) {
      const limit = new AbortController()
      // Unlike in production: a check that waits for minutes, such as for another service, looks as if it hung.
      const stopped = sleep(JOB_LIMIT_MS, null, { signal: limit.signal }).then(
        () => Promise.reject(new Error(`${name} did not end within ${JOB_LIMIT_MS / 1_000} s.`)),
        () => undefined,
      )
      try {
        await runJobNow(background, as('admin').actor.workspaceId, name, payload, stopped)
      } finally {
        limit.abort()
      }
    },
    async withPermissions(permissions, workspace) {
      const client = await createPermittedClient(app, as('admin', workspace).actor.workspaceId, permissions)
      return async (document, variables) => {
        const requestId = randomUUID()
        const { data, errors } = await client.query(document, variables, { 'x-request-id': requestId })
        return { data, errors, failures: failures.ofRequest(requestId) }
      }
    },
    async explain(document) {
      const requestId = randomUUID()
      const headers = { 'x-request-id': requestId }
      const { data, errors, extensions } = await as('admin').query(document, undefined, headers, { explain: true })
      // A request that fails as a whole has no explanation.
      const { statements, computed } =
        errors.length > 0 && extensions['explain'] === undefined
          ? { statements: 0, computed: [] }
          : explanation.parse(extensions['explain'])
      const fields = computed.map(({ field }) => field)
      return { data, errors, failures: failures.ofRequest(requestId), statementCount: statements, computed: fields }
    },
  }
}

/** Creates a user without any role. Returns a client of the user. */
async function addUserWithoutRole({ app, as }: TestServer, workspace: ConformanceWorkspace) {
  const { ownerPool } = app.database
  const { workspaceId } = as('admin', workspace).actor
  const email = `nobody@${workspace}.example`
  const actorId = await createUser(ownerPool, { workspaceId, email, displayName: 'Nobody', roleName: 'read-only' })
  await ownerPool.query('delete from actor_roles where workspace_id = $1 and actor_id = $2', [workspaceId, actorId])
  const keys = await openSigningKeys(ownerPool)
  const token = await issueToken(keys, { workspaceId, actorId, expiresInSeconds: TOKEN_SECONDS })
  return createTestClient(app.fetch, token, { id: actorId, workspaceId, email })
}
