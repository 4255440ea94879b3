import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import type { App } from '../app.ts'
import { findActorByEmail } from '../modules/workspaces/find-users.ts'
import { actorById } from '../platform/identity/authenticate.ts'
import type { RequestContext } from '../platform/request/context.ts'
import type { CommandContext } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { openDatabaseUrl } from './connect.ts'
import { pluginSupply } from './installation.ts'

/** The user as whom a command reads and writes, identified by the slug of the workspace and the e-mail address. */
export interface ActingUser {
  readonly workspace: string
  readonly email: string
}

/**
 * Runs a callback with the whole server, which does not listen on a port, and closes the server afterwards.
 *
 * @param title Name of the command. Other processes that use the same embedded PostgreSQL show it.
 * @param run Gets the server, and the connection URL of the role that owns the tables.
 * @throws CommandError when the callback throws FORBIDDEN, because the user lacks a permission.
 */
export async function withApp<Result>(
  context: CommandContext,
  title: string,
  run: (app: App, databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  // Imported here, so that commands which need no server do not load its code.
  const { createApp } = await import('../app.ts')
  const log = context.log()
  const connection = await openDatabaseUrl(context.config(), log, title)
  try {
    const app = await createApp({ databaseUrl: connection.url, log, plugins: pluginSupply(context.config()) })
    try {
      return await run(app, connection.url)
    } catch (error) {
      if (error instanceof GraphQLError && error.extensions['code'] === 'FORBIDDEN')
        throw new CommandError(error.message)
      throw error
    } finally {
      await app.close()
    }
  } finally {
    await connection.close()
  }
}

/**
 * Returns the request context of the user, so that a command has the same permissions as a request of the user.
 *
 * @throws ProvisioningError when the user does not exist or is suspended.
 */
export async function contextOf(app: App, { workspace, email }: ActingUser): Promise<RequestContext> {
  const { workspaceId, actorId } = await findActorByEmail(app.database.ownerPool, workspace, email)
  const actor = await actorById(app.database.ownerPool, workspaceId, actorId)
  const runtime = await app.host.runtimeOf(actor)
  return { runtime, actor, requestId: randomUUID(), idempotencyKey: null, requestHash: '' }
}
