import type { Model, Models } from '../../data/models/models.ts'
import { WRITE_FUNCTIONS } from '../../data/prisma/functions.ts'
import { PassedError, type PrismaStatement } from '../../data/prisma/joined-connection.ts'
import { type ClientCall, lazyClient } from '../../data/prisma/lazy-client.ts'
import { prismaBase } from '../../data/prisma/transaction-client.ts'
import type { PluginPrisma } from '../../declare/plugin-prisma.ts'
import { detectMissingGrant } from '../../permissions/detect-missing-grant.ts'
import { reachedModels } from '../../reads/tables/related-model.ts'
import { requireReadable, requireWritable, visibleStatements } from '../../reads/tables/visible-statement.ts'
import type { Actor } from '../../request/actor.ts'
import type { RunCall } from '../../sandbox/running.ts'
import { runOutsideBudgets, waitOutsideBudgets } from '../../sandbox/time-limit.ts'
import { publishUnrestrictedUse } from '../../sandbox/unrestricted-use.ts'
import { markFailed, type Part, queueWrite, type WorkLevel } from '../../sandbox/work-level.ts'
import { reportedError } from './reported-error.ts'

/**
 * Creates the `prisma` of a plugin's context: Prisma Client in the transaction of the unit of work.
 * @param actor Actor whose permissions decide which rows and columns are read.
 * @param runCall Runs each call of the plugin's code, with the checks that apply to all calls.
 * @param isUnrestricted Whether the plugin's own tables are read as they are, whatever the actor may see.
 */
export function contextPrisma(
  level: WorkLevel,
  part: Part,
  actor: Actor,
  runCall: RunCall,
  isUnrestricted: boolean,
): PluginPrisma {
  const { context, transaction } = level.root.work
  const { registry, schema } = context.runtime
  const { plugin } = part
  const reader = { registry, schema, actor, plugin, isUnrestricted }
  const visible = visibleStatements(reader)
  const models = clientNames(registry.models)
  const base = () => prismaBase(registry.models.schema)
  const fieldsOf = (model: string) => runOutsideBudgets(() => base().fieldsOf(model))

  const send = async (statement: PrismaStatement) => {
    if (isUnrestricted && !plugin.isCore) publishUnrestrictedUse(part)
    const { text, values, isWrite } = passingErrors(() => visible(statement.text, statement.values))
    const query = async () => {
      try {
        return await transaction.queryForPrisma({ ...statement, text, values })
      } catch (error) {
        // PostgreSQL has aborted the transaction, so it must fail even if the plugin's code catches the error.
        const reported = reportedError(error)
        markFailed(level, reported)
        throw new PassedError(reported)
      }
    }
    return isWrite ? queueWrite(level, part, query) : query()
  }
  const run = <Result>(
    { model: modelName, name, args }: ClientCall,
    sendCall: () => Promise<Result>,
  ): Promise<Result> =>
    runCall(async () => {
      // Prisma itself would call the transaction committed, even when it was rolled back.
      transaction.requireOpen()
      const model = models.get(modelName)
      if (model && WRITE_FUNCTIONS.has(name)) requireWritable(reader, model)
      // Prisma sends no statement for a relation of no row, and a key that is hidden leads to none. So a permission that
      // the manifest lacks would not show in every workspace.
      if (model) for (const reached of reachedModels(registry.models, model, args)) requireReadable(reader, reached)
      return sendCall()
    }).catch((error: unknown) => {
      detectMissingGrant(registry, part, error)
      throw error
    })
  const join = async () => {
    const client = base()
    await waitOutsideBudgets(client.connect)
    transaction.requireOpen()
    return client.join(send, transaction.onEnd)
  }
  return lazyClient(models, fieldsOf, join, run)
}

/** Calls a function whose error Prisma passes to its caller unchanged. */
function passingErrors<Result>(call: () => Result): Result {
  try {
    return call()
  } catch (error) {
    throw new PassedError(error)
  }
}

const namesByModels = new WeakMap<Models, ReadonlyMap<string, Model>>()

/** Returns the models by their names as properties of Prisma Client: in camelCase. */
function clientNames(models: Models): ReadonlyMap<string, Model> {
  const cached = namesByModels.get(models)
  if (cached) return cached
  const names = new Map(
    [...models.models].map(([name, model]) => [name.charAt(0).toLowerCase() + name.slice(1), model] as const),
  )
  namesByModels.set(models, names)
  return names
}
