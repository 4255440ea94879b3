import {
  MARKER_SCHEMA,
  PassedError,
  type PrismaStatement,
} from '../../../src/platform/data/prisma/joined-connection.ts'
import { prismaBase } from '../../../src/platform/data/prisma/transaction-client.ts'
import { type Transaction, transact } from '../../../src/platform/data/transaction.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { visibleStatements } from '../../../src/platform/reads/tables/visible-statement.ts'
import type { Actor } from '../../../src/platform/request/actor.ts'
import type { Runtime } from '../../../src/platform/request/context.ts'

/** A call of Prisma Client, such as `prisma.account.findMany({ take: 3 })`. */
export interface PrismaCall {
  /** Name of the model, such as `Account`. */
  readonly model: string
  /** Name of the function, such as `findMany`. */
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** What a call returned, or the message of the error that Prisma threw. */
export type Outcome = { readonly result: unknown } | { readonly error: string }

/** Sends calls to Prisma Client in one transaction. */
export type Ask = (call: PrismaCall) => Promise<Outcome>

/** Whose view of the tables Prisma gets. */
export interface Viewer {
  readonly runtime: Runtime
  readonly actor: Actor
  readonly plugin: Plugin
  /** Name of the schema with the tables as the API shows them to the actor. */
  readonly shadow: string
}

/** Runs a function in one transaction with two clients, which read the tables as two sources say. */
export type WithBoth = (compare: (guarded: Ask, shown: Ask) => Promise<void>) => Promise<void>

/**
 * Returns a function that opens two clients of Prisma in one transaction: `guarded` reads the tables through the
 * platform's guard, and `shown` reads the schema with what the API showed.
 */
export function clientsOf({ runtime, actor, plugin, shadow }: Viewer): WithBoth {
  const { registry, schema, database } = runtime
  const visible = visibleStatements({ registry, schema, actor, plugin, isUnrestricted: false })
  const enums = new Set([...registry.models.enums.values()].map(({ type }) => type))
  const inShadow = (text: string) =>
    text.replaceAll(MARKED, (_, name: string) => `"${enums.has(name) ? 'public' : shadow}"."${name}"`)
  const run = async (transaction: Transaction, compare: Parameters<WithBoth>[0]) => {
    const send = async (statement: PrismaStatement, text: string, values: readonly unknown[]) => {
      try {
        return await transaction.queryForPrisma({ ...statement, text, values })
      } catch (error) {
        throw new PassedError(error)
      }
    }
    const base = prismaBase(registry.models.schema)
    const guarded = await base.join((statement) => {
      const { text, values } = visible(statement.text, statement.values)
      return send(statement, text, values)
    }, transaction.onEnd)
    const shown = await base.join(
      (statement) => send(statement, inShadow(statement.text), statement.values),
      transaction.onEnd,
    )
    await compare(askerOf(guarded), askerOf(shown))
  }
  return (compare) =>
    transact(database, actor.workspaceId, (transaction) => run(transaction, compare), undefined, 'read only')
}

const MARKED = new RegExp(`"${MARKER_SCHEMA.replace('$', '\\$')}"\\."([^"]+)"`, 'g')

function askerOf(client: Awaited<ReturnType<ReturnType<typeof prismaBase>['join']>>): Ask {
  return async ({ model, name, args }) => {
    const call = client[model.charAt(0).toLowerCase() + model.slice(1)]?.[name]
    if (!call) throw new Error(`Prisma Client has no ${model}.${name}.`)
    try {
      return { result: await call(args) }
    } catch (error) {
      if (error instanceof PassedError) throw error.cause
      // Other errors, such as of arguments that are not valid, are no answers: the call should not have been made.
      if (!(error instanceof Error) || !('code' in error) || !/^P20/.test(String(error.code))) throw error
      return { error: `${error.code}: ${error.message.split('\n').at(-1)}` }
    }
  }
}
