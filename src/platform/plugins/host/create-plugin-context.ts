import { uuidv7 } from 'uuidv7'
import type { Plugin } from '../../declare/plugin.ts'
import type { PluginContext } from '../../declare/plugin-context.ts'
import { dayIn } from '../../formats/day.ts'
import { can, permissionSet } from '../../permissions/grants.ts'
import { limitedTo } from '../../permissions/limited-to.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { bindWork } from '../../request/plugin-work.ts'
import { isSandboxed, type RunCall, type RunningPart, setRunningPart } from '../../sandbox/running.ts'
import { levelOf, type Part, queueWrite, throwIfMarkedFailed, type WorkLevel } from '../../sandbox/work-level.ts'
import { createRecords } from '../records/plugin-records.ts'
import { contextPrisma } from './context-prisma.ts'
import { convertMoney } from './convert-money.ts'
import { guardedSql } from './guarded-transaction.ts'
import { objectQuestions } from './object-questions.ts'
import { readSecret, readSettings } from './plugin-settings.ts'
import { createCoreSees } from './sees.ts'

const contexts = new WeakMap<UnitOfWork, Map<Plugin, PluginContext>>()

/**
 * Returns the context that a plugin's code gets while it runs in a unit of work. Calls with the same unit of work and
 * plugin return the same context.
 */
export function createPluginContext(work: UnitOfWork, plugin: Plugin): PluginContext {
  const contextsByPlugin = contexts.get(work) ?? new Map<Plugin, PluginContext>()
  contexts.set(work, contextsByPlugin)
  const cached = contextsByPlugin.get(plugin)
  if (cached) return cached
  const context = isSandboxed(work, plugin) ? limitedContext(work, plugin) : coreContext(work, plugin)
  contextsByPlugin.set(plugin, context)
  return bindWork(context, work)
}

/** Returns the context of a module of core, which runs without the limits and checks that apply to plugins. */
function coreContext(work: UnitOfWork, plugin: Plugin): PluginContext {
  const level = levelOf(work)
  const { actor } = work.context
  const part: Part = { plugin, name: plugin.id, isReadOnly: false }
  const { registry, schema } = work.context.runtime
  const today = dayIn(actor.calendar.timeZone, work.now)
  const prisma = onFirstUse(() => contextPrisma(level, part, actor, (call) => call(), false))
  const unrestrictedPrisma = onFirstUse(() => contextPrisma(level, part, actor, (call) => call(), true))
  const sees = onFirstUse(() => createCoreSees({ registry, schema, actor }))
  return {
    now: work.now,
    today,
    actor: { id: actor.id, kind: actor.kind, displayName: actor.displayName },
    transaction: work.transaction,
    get prisma() {
      return prisma()
    },
    unrestricted: {
      query: work.transaction.query,
      get prisma() {
        return unrestrictedPrisma()
      },
    },
    get sees() {
      return sees()
    },
    records: createRecords(level, part, actor, (call) => call()),
    can: (permission) => can(actor, permission),
    ...objectQuestions(registry, actor),
    convertMoney: (amount, to, on = today) => convertMoney(work.transaction, amount, to, on),
    newId: uuidv7,
    settings: (schema) => readSettings(level, plugin, schema),
    secret: async () => null,
    enqueue: (job, payload, options) => enqueue(level, plugin, job, payload, options),
  }
}

/** Returns the context of a plugin, whose calls are checked and limited. */
function limitedContext(work: UnitOfWork, plugin: Plugin): PluginContext {
  const level = levelOf(work)
  const { actor } = level.root.work.context
  const part: RunningPart = { plugin, name: plugin.id, isReadOnly: false, unfinished: 0 }
  const permissions = permissionSet(plugin.permissions ?? [])
  const today = dayIn(actor.calendar.timeZone, work.now)
  // Background work has the plugin's permissions. Work for a caller has the permissions that both the caller and the
  // plugin have.
  const limitedActor = actor.kind === 'PLUGIN' ? { ...actor, permissions } : limitedTo(actor, permissions)

  const run: RunCall = async (call) => {
    part.unfinished++
    try {
      // The plugin's synchronous code is interrupted when it exceeds its time limit. The platform's code runs in a
      // later microtask, outside of that limit, so that it is never interrupted.
      await undefined
      throwIfMarkedFailed(level)
      return await call()
    } finally {
      part.unfinished--
    }
  }
  const guardedContextSql = guardedSql(level, part, limitedActor, run)
  const prisma = onFirstUse(() => contextPrisma(level, part, limitedActor, run, false))
  const unrestrictedPrisma = onFirstUse(() => contextPrisma(level, part, limitedActor, run, true))
  const context: PluginContext = {
    // A copy, because a plugin could change the Date, and the platform writes `work.now` to the database.
    now: new Date(work.now),
    today,
    actor: { id: actor.id, kind: actor.kind, displayName: actor.displayName },
    ...guardedContextSql,
    get prisma() {
      return prisma()
    },
    unrestricted: {
      ...guardedContextSql.unrestricted,
      get prisma() {
        return unrestrictedPrisma()
      },
    },
    records: createRecords(level, part, limitedActor, run),
    can: (permission) => can(limitedActor, permission),
    ...objectQuestions(level.root.work.context.runtime.registry, limitedActor),
    convertMoney: (amount, to, on = today) =>
      run(() => convertMoney(level.root.work.transaction, { ...amount }, to, on)),
    newId: uuidv7,
    settings: (schema) => run(() => readSettings(level, plugin, schema)),
    secret: (name) => run(() => readSecret(level, plugin, name)),
    enqueue: (job, payload, options) =>
      run(() => queueWrite(level, part, () => enqueue(level, plugin, job, payload, options))),
  }
  setRunningPart(context, part)
  return context
}

/** Returns a function that creates a value at its first call: most code uses only a few parts of its context. */
function onFirstUse<Value>(create: () => Value): () => Value {
  let created: { readonly value: Value } | null = null
  return () => {
    created ??= { value: create() }
    return created.value
  }
}

async function enqueue(
  { root: { work } }: WorkLevel,
  plugin: Plugin,
  name: string,
  payload: Readonly<Record<string, unknown>> = {},
  options: Parameters<PluginContext['enqueue']>[2] = {},
): Promise<void> {
  const job = plugin.jobs?.find((candidate) => candidate.name === name)
  if (!job) throw new Error(`The plugin ${plugin.id} declares no job ${name}.`)
  const { jobs } = work.context.runtime
  if (!jobs) throw new Error(`${name} can't be enqueued: this process has no job queue.`)
  const { byHandler = false } = work.context
  await jobs.enqueue(work.transaction, job, payload, { ...options, byHandler })
}
