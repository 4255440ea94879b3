import { randomUUID } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { type App, createApp } from '../app.ts'
import { findActorByEmail } from '../modules/workspaces/provision.ts'
import { actorById } from '../platform/identity/authenticate.ts'
import type { RequestContext } from '../platform/request/context.ts'
import type { CommandContext } from './command-context.ts'
import { CommandError } from './command-error.ts'
import { openDatabaseUrl } from './connect.ts'
import { pluginSupply } from './installation.ts'

/** Who acts in a command: a user of a workspace. */
export interface ActingUser {
  readonly workspace: string
  readonly email: string
}

/**
 * Does a command's work with the whole server at hand, without a port, and closes everything after it. What the user's
 * roles do not allow is told as a CommandError.
 */
export async function withApp<Result>(
  context: CommandContext,
  title: string,
  work: (app: App) => Promise<Result>,
): Promise<Result> {
  const log = context.log()
  const connection = await openDatabaseUrl(context.config(), log, title)
  try {
    const app = await createApp({ databaseUrl: connection.url, log, plugins: pluginSupply(context.config()) })
    try {
      return await work(app)
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

/** What a request of the user would know. Throws ProvisioningError for one who is not there or suspended. */
export async function contextOf(app: App, { workspace, email }: ActingUser): Promise<RequestContext> {
  const { workspaceId, actorId } = await findActorByEmail(app.database.ownerPool, workspace, email)
  const actor = await actorById(app.database.ownerPool, workspaceId, actorId)
  const runtime = await app.host.runtimeOf(actor)
  return { runtime, actor, requestId: randomUUID(), idempotencyKey: null, requestHash: '' }
}
