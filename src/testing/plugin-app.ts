import type { Permission } from '../platform/declare/permission.ts'
import { runJobNow } from '../platform/jobs/run-job.ts'
import type { Background } from '../platform/plugins/background/background.ts'
import { deliverAll } from '../platform/plugins/background/deliver-all.ts'
import { PluginFailedError } from '../platform/sandbox/failure.ts'
import { type CollectedChange, collectChanges } from './changes.ts'
import type { TestActor, TestClient } from './client.ts'
import { createTestClock, type TestClock } from './clock.ts'
import { createFailureLog, type LoggedFailure, thrownBy } from './failure-log.ts'
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
  /**
   * Whether three failures put a plugin into quarantine in a workspace, as in production. Default: false, so that each
   * test sees the failure itself.
   */
  readonly quarantine?: boolean
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
   * @throws Error when a handler fails, after the other handlers have run; `cause` is what the handler threw. A later
   * call does not run the handler for that change again before the time of its next attempt.
   */
  deliver(): Promise<void>
  /**
   * Runs a job of a plugin now, in one workspace: `acme` by default.
   * @throws Error when the job does not exist or fails: `cause` is then what the job threw. A job that fails writes
   * nothing.
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
 * reader in each. Nothing runs in the background: tests call `deliver` and `runJob`. When code of a plugin fails, its
 * error is printed with `console.error`.
 * @throws Error that lists the reasons when the plugins can't be used.
 */
export async function createPluginTestApp(options: PluginTestAppOptions): Promise<PluginTestApp> {
  const clock = createTestClock(options.now ?? new Date())
  const failures = createFailureLog(printFailure)
  const { plugins, quarantine = false } = options
  const { app, as, ...server } = await openTestServer({ plugins, quarantine, failures, now: clock.now })
  const background: Background = { database: app.database, host: app.host, log: failures.log }
  const workspaceId = (workspace?: TestWorkspace) => as('admin', workspace).actor.workspaceId
  return {
    as: (role, workspace) => clientOf(as(role, workspace)),
    withPermissions: async (permissions, workspace) =>
      clientOf(await createPermittedClient(app, workspaceId(workspace), permissions, failures)),
    clock,
    changes: (workspace) => collectChanges(app, workspaceId(workspace)),
    async deliver() {
      failures.takeHandlerFailures()
      await deliverAll(background)
      const [failure] = failures.takeHandlerFailures()
      if (failure) throw new Error(failure.summary, { cause: failure.error })
    },
    async runJob(name, payload, workspace) {
      try {
        await runJobNow(background, workspaceId(workspace), name, payload)
      } catch (error) {
        if (!(error instanceof PluginFailedError)) throw error
        throw new Error(`The plugin ${error.plugin} failed in ${error.part}: ${error.reason}`, {
          cause: thrownBy(error),
        })
      }
    },
    send: (route, request = {}) => sendToRoute(app, route, request),
    statements: server.statements,
    resetStatements: server.resetStatements,
    close: server.close,
  }
}

function printFailure({ summary, error, handler }: LoggedFailure): void {
  // `deliver` throws the failure of a handler.
  if (handler !== null) return
  console.error(error instanceof Error ? `${summary}\n${error.stack}` : summary)
}

function clientOf({ actor, query, must }: TestClient<TestActor>): PluginTestClient {
  return { actorId: actor.id, workspaceId: actor.workspaceId, query, must }
}
