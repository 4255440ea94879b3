import type { Models } from '../../data/models/models.ts'
import { PassedError, type PrismaStatement } from '../../data/prisma/joined-connection.ts'
import { lazyClient } from '../../data/prisma/lazy-client.ts'
import { prismaBase } from '../../data/prisma/transaction-client.ts'
import type { PluginPrisma } from '../../declare/plugin-prisma.ts'
import { visibleStatements } from '../../reads/tables/visible-statement.ts'
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
  const visible = visibleStatements({ registry, schema, actor, plugin, isUnrestricted })
  const base = () => prismaBase(registry.models.schema)
  const fieldsOf = (model: string) => runOutsideBudgets(() => base().fieldsOf(model))

  const send = async (statement: PrismaStatement) => {
    if (isUnrestricted && !plugin.isCore) publishUnrestrictedUse(part)
    const { text, values, isWrite } = visible(statement.text, statement.values)
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
  const run: RunCall = (call) =>
    runCall(async () => {
      // Prisma itself would call the transaction committed, even when it was rolled back.
      transaction.requireOpen()
      return call()
    })
  const join = async () => {
    const client = base()
    await waitOutsideBudgets(client.connect)
    transaction.requireOpen()
    return client.join(send, transaction.onEnd)
  }
  return lazyClient(clientNames(registry.models), fieldsOf, join, run)
}

const namesByModels = new WeakMap<Models, ReadonlySet<string>>()

/** Returns the names of the models as properties of Prisma Client: in camelCase. */
function clientNames(models: Models): ReadonlySet<string> {
  const cached = namesByModels.get(models)
  if (cached) return cached
  const names = new Set([...models.models.keys()].map((name) => name.charAt(0).toLowerCase() + name.slice(1)))
  namesByModels.set(models, names)
  return names
}
