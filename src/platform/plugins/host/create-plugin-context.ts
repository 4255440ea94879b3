import { uuidv7 } from 'uuidv7'
import type { Sql } from '../../data/sql.ts'
import { sqlState } from '../../data/transaction.ts'
import { passed } from '../../declare/passed-error.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { ContextTransaction, PluginContext } from '../../declare/plugin-context.ts'
import { can, permissionSet } from '../../permissions/grants.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { bindWork } from '../../request/plugin-work.ts'
import { isSandboxed, noteRunning, type Run, type Running } from '../../sandbox/running.ts'
import { markFailed, type Part, type Scope, scopeOf, throwIfMarkedFailed, writing } from '../../sandbox/scope.ts'
import { checkStatement } from '../../sandbox/statement-guard.ts'
import { createRecords } from '../records/plugin-records.ts'
import { readSecret, readSettings } from './plugin-settings.ts'

const contexts = new WeakMap<UnitOfWork, Map<Plugin, PluginContext>>()
/** What the plugin's code may use while it runs in the work's transaction. */
export function createPluginContext(work: UnitOfWork, plugin: Plugin): PluginContext {
  const made = contexts.get(work) ?? new Map<Plugin, PluginContext>()
  contexts.set(work, made)
  const known = made.get(plugin)
  if (known) return known
  const context = isSandboxed(work, plugin) ? limitedContext(work, plugin) : coreContext(work, plugin)
  made.set(plugin, context)
  return bindWork(context, work)
}

function coreContext(work: UnitOfWork, plugin: Plugin): PluginContext {
  const scope = scopeOf(work)
  const { actor } = work.context
  const part: Part = { plugin, name: plugin.id, isReadOnly: false }
  return {
    now: work.now,
    actor: { id: actor.id, kind: actor.kind, displayName: actor.displayName },
    transaction: work.transaction,
    records: createRecords(scope, part, actor, (act) => act()),
    can: (permission) => can(actor, permission),
    newId: uuidv7,
    settings: (schema) => readSettings(scope, plugin, schema),
    secret: async () => null,
    enqueue: (job, payload, options) => enqueue(scope, plugin, job, payload, options),
  }
}

function limitedContext(work: UnitOfWork, plugin: Plugin): PluginContext {
  const scope = scopeOf(work)
  const { actor } = scope.root.work.context
  const part: Running = { plugin, name: plugin.id, isReadOnly: false, unfinished: 0 }
  const permissions = permissionSet(plugin.permissions ?? [])
  // What nobody asked for has the plugin's rights; what somebody did, those that both have.
  const limitedBy = actor.limitedBy ? { permissions, limitedBy: actor.limitedBy } : { permissions }
  const narrowed = actor.kind === 'PLUGIN' ? { ...actor, permissions } : { ...actor, limitedBy }

  const run: Run = async (act) => {
    part.unfinished++
    try {
      // What the platform does is not within the limit on the plugin's own computing: it must not be cut off half-way.
      await undefined
      throwIfMarkedFailed(scope)
      return await act()
    } finally {
      part.unfinished--
    }
  }
  const context: PluginContext = {
    // Its own: a date can be set, and the platform writes this one.
    now: new Date(work.now),
    actor: { id: actor.id, kind: actor.kind, displayName: actor.displayName },
    transaction: guardedTransaction(scope, part, run),
    records: createRecords(scope, part, narrowed, run),
    can: (permission) => can(narrowed, permission),
    newId: uuidv7,
    settings: (schema) => run(() => readSettings(scope, plugin, schema)),
    secret: (name) => run(() => readSecret(scope, plugin, name)),
    enqueue: (job, payload, options) =>
      run(() => writing(scope, part, () => enqueue(scope, plugin, job, payload, options))),
  }
  noteRunning(context, part)
  return context
}

function guardedTransaction(scope: Scope, part: Part, run: Run): ContextTransaction {
  const { transaction, context } = scope.root.work
  return {
    workspaceId: transaction.workspaceId,
    query<Row extends Record<string, unknown>>(statement: Sql) {
      const send = async () => {
        try {
          return await transaction.query<Row>(statement)
        } catch (error) {
          // PostgreSQL ends the transaction with its first error, whether or not the plugin's code catches it.
          const told = isOfTheMoment(error) ? passed(error) : error
          markFailed(scope, told)
          throw told
        }
      }
      return run(() => {
        const { isWrite } = checkStatement(statement.text, part.plugin, context.runtime.registry.models)
        return isWrite ? writing(scope, part, send) : send()
      })
    },
  }
}

/**
 * Whether the platform has its own way with the error: it tries again after a race for a unique value, a serialization
 * failure or a deadlock, and answers UNAVAILABLE for a lost connection.
 */
function isOfTheMoment(error: unknown): boolean {
  const state = sqlState(error)
  return state === null || ['23505', '40001', '40P01'].includes(state) || /^(?:08|53|57P)/.test(state)
}

async function enqueue(
  { root: { work } }: Scope,
  plugin: Plugin,
  name: string,
  payload: Readonly<Record<string, unknown>> = {},
  options: Parameters<PluginContext['enqueue']>[2] = {},
): Promise<void> {
  const job = plugin.jobs?.find((each) => each.name === name)
  if (!job) throw new Error(`The plugin ${plugin.id} declares no job ${name}.`)
  const { jobs } = work.context.runtime
  if (!jobs) throw new Error(`${name} can't be asked for: nothing runs jobs in this process.`)
  await jobs.enqueue(work.transaction, job, payload, options)
}
