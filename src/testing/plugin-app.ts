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
import { openTestServer, type TestRole, type TestWorkspace } from './server.ts'

export interface PluginTestAppOptions {
  /** Installed, and enabled in both workspaces. Name those too that the plugin depends on. */
  readonly plugins: readonly PluginUnderTest[]
  /** What time it is at first; the real time unless said otherwise. It stands still until it is moved. */
  readonly now?: Date
}

/** Sends operations as a user of a workspace. */
export interface PluginTestClient extends Pick<TestClient, 'query' | 'must'> {
  /** uuid of the user. */
  readonly actorId: string
  /** uuid of the workspace. */
  readonly workspaceId: string
}

/** The whole server with plugins, on a real database of its own. */
export interface PluginTestApp {
  /** A user of one of the workspaces `acme` and `globex`; of acme unless said otherwise. */
  as(role: TestRole, workspace?: TestWorkspace): PluginTestClient
  /**
   * A new user of a workspace who may do this and nothing else, such as `['matter:read', 'contact:*']`; of acme unless said
   * otherwise.
   */
  withPermissions(permissions: readonly Permission[], workspace?: TestWorkspace): Promise<PluginTestClient>
  /** The time that writes, rules and jobs see. */
  readonly clock: TestClock
  /** Committed changes of a workspace so far, first to last. */
  changes(workspace?: TestWorkspace): Promise<readonly CollectedChange[]>
  /** Delivers every committed change to the handlers, and what they write in turn, until there is none left. */
  deliver(): Promise<void>
  /**
   * Runs a job of a plugin at once, in one workspace.
   * @throws Error when there is no such job, or it fails; then nothing of it was written.
   */
  runJob(name: string, payload?: Readonly<Record<string, unknown>>, workspace?: TestWorkspace): Promise<void>
  /** Text of every SQL statement sent for requests since `resetStatements`, in order. */
  readonly statements: readonly string[]
  resetStatements(): void
  /** Stops the server and drops its database. Call it in `afterAll`. */
  close(): Promise<void>
}

/**
 * Opens the whole server with plugins on a database of its own, with two workspaces and an administrator, a member and a
 * reader in each. Nothing runs in the background: `deliver` and `runJob` do it when the test says so.
 * @throws Error with the reasons where the plugins can't be used.
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
    statements: server.statements,
    resetStatements: server.resetStatements,
    close: server.close,
  }
}

function clientOf({ actor, query, must }: TestClient<TestActor>): PluginTestClient {
  return { actorId: actor.id, workspaceId: actor.workspaceId, query, must }
}
