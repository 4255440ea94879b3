import { pino } from 'pino'
import type { Permission } from '../platform/declare/permission.ts'
import { runJobNow } from '../platform/jobs/run-job.ts'
import type { Background } from '../platform/plugins/background/background.ts'
import { deliverAll } from '../platform/plugins/background/deliver-all.ts'
import { type CollectedChange, collectChanges } from './changes.ts'
import type { TestActor, TestClient } from './client.ts'
import { createTestClock, type TestClock } from './clock.ts'
import type { PluginUnderTest } from './install.ts'
import { createPermittedClient } from './permitted-client.ts'
import { type RouteTestRequest, type RouteTestResponse, sendToRoute } from './route-requests.ts'
import { openTestServer, type TestRole, type TestWorkspace } from './server.ts'

/** Options of {@link createPluginTestApp}. */
export interface PluginTestAppOptions {
  /** Plugins that are installed and enabled in both workspaces. Include the dependencies of the tested plugin. */
  readonly plugins: readonly PluginUnderTest[]
  /** Initial time of the clock, which changes only when the test sets it. Default: the current time. */
  readonly now?: Date
}

/** Sends operations as a user of a workspace. */
export interface PluginTestClient extends Pick<TestClient, 'query' | 'must'> {
  /** uuid of the user. */
  readonly actorId: string
  /** uuid of the workspace. */
  readonly workspaceId: string
}

/** The whole server with plugins, on a new PostgreSQL database. */
export interface PluginTestApp {
  /**
   * Returns a client that sends requests as the user with a role, in the workspace `acme` (the default) or `globex`.
   */
  as(role: TestRole, workspace?: TestWorkspace): PluginTestClient
  /**
   * Creates a user with exactly the given permissions, such as `['matter:read', 'contact:*']`, in the workspace `acme`
   * (the default) or `globex`. Returns a client that sends requests as this user.
   */
  withPermissions(permissions: readonly Permission[], workspace?: TestWorkspace): Promise<PluginTestClient>
  /** The clock that gives writes, rules and jobs the current time. */
  readonly clock: TestClock
  /** Returns all changes of a workspace that have been committed, in commit order. */
  changes(workspace?: TestWorkspace): Promise<readonly CollectedChange[]>
  /**
   * Delivers every committed change to the handlers, and then the changes that the handlers write, until all changes
   * are delivered.
   */
  deliver(): Promise<void>
  /**
   * Runs a job of a plugin now, in one workspace: `acme` by default.
   * @throws Error when the job does not exist or fails. A job that fails writes nothing.
   */
  runJob(name: string, payload?: Readonly<Record<string, unknown>>, workspace?: TestWorkspace): Promise<void>
  /**
   * Sends a request to a route of a plugin, as another system does, and returns the response. For a route that verifies
   * its sender, set the secret with `updatePluginSettings`, and pass the headers of `signBody`.
   * @throws Error when no plugin has a route of this name.
   */
  send(route: string, request?: RouteTestRequest): Promise<RouteTestResponse>
  /** Text of every SQL statement that was sent for requests since `resetStatements`, in order. */
  readonly statements: readonly string[]
  /** Empties `statements`. */
  resetStatements(): void
  /** Stops the server and drops its database. Call it in `afterAll`. */
  close(): Promise<void>
}

/**
 * Opens the whole server with plugins on a new database, with two workspaces and an administrator, a member and a
 * reader in each. Nothing runs in the background: tests call `deliver` and `runJob`.
 * @throws Error that lists the reasons when the plugins can't be used.
 */
export async function createPluginTestApp(options: PluginTestAppOptions): Promise<PluginTestApp> {
  const clock = createTestClock(options.now ?? new Date())
  const { app, as, ...server } = await openTestServer({ plugins: options.plugins, now: clock.now })
  const background: Background = { database: app.database, host: app.host, log: pino({ level: 'silent' }) }
  const workspaceId = (workspace?: TestWorkspace) => as('admin', workspace).actor.workspaceId
  return {
    as: (role, workspace) => clientOf(as(role, workspace)),
    withPermissions: async (permissions, workspace) =>
      clientOf(await createPermittedClient(app, workspaceId(workspace), permissions)),
    clock,
    changes: (workspace) => collectChanges(app, workspaceId(workspace)),
    deliver: () => deliverAll(background),
    runJob: (name, payload, workspace) => runJobNow(background, workspaceId(workspace), name, payload),
    send: (route, request = {}) => sendToRoute(app, route, request),
    statements: server.statements,
    resetStatements: server.resetStatements,
    close: server.close,
  }
}

function clientOf({ actor, query, must }: TestClient<TestActor>): PluginTestClient {
  return { actorId: actor.id, workspaceId: actor.workspaceId, query, must }
}
