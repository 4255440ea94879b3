import { GraphQLError, type GraphQLField } from 'graphql'
import type { Plugin } from '../../declare/plugin.ts'
import type { PluginContext, SelectContext } from '../../declare/plugin-context.ts'
import type { UnitOfWork } from '../../request/context.ts'
import { explainField } from '../../request/explanation.ts'
import { runPart } from '../../sandbox/run-part.ts'
import { throwIfFailed } from '../../sandbox/work-level.ts'
import type { FieldGroup } from '../collect.ts'
import { deferred } from '../deferred.ts'
import { reportOverrun, resolutionsOf, schemaFieldError } from '../fields/resolutions.ts'
import { type Projection, readProjected, startProjection } from '../projection.ts'
import type { Reading, Resolution } from '../reading.ts'
import { type Completion, completeField } from './complete-value.ts'
import { lazySavepoint } from './lazy-savepoint.ts'
import { lazyTransaction } from './lazy-transaction.ts'
import { selectContext } from './select-context.ts'

/** One value that the `resolve` of a plugin's field computes. */
export interface ValueToResolve {
  /** Type that has the field. */
  readonly typeName: string
  readonly field: GraphQLField<unknown, unknown>
  /** What the field has selected. */
  readonly parent: unknown
  readonly args: Readonly<Record<string, unknown>>
  readonly group: FieldGroup
}

/** The fields of one plugin's `schema` in an answer. Their code runs together, in one context of the plugin. */
interface PluginResolution extends Resolution {
  /** Context of the plugin's code. */
  readonly context: PluginContext
  /** Adds a value. Returns a placeholder (see `deferred`) for the answer. */
  add(value: ValueToResolve): unknown
}

const pluginResolutions = resolutionsOf<PluginResolution>()

/** Milliseconds that the code of all fields of a plugin may take together, for each level of an answer. */
const BUDGET_MS = 5_000

/** Returns the resolution of a plugin in a reading; creates it at the first call. */
export function pluginResolution(reading: Reading, plugin: Plugin): PluginResolution {
  return pluginResolutions(reading, plugin, () => createPluginResolution(reading, plugin))
}

/** Returns the context that the functions with which a field selects get: the one of its `resolve`, as far as it exists. */
export function requestContext(reading: Reading, plugin: Plugin, coordinate: string): SelectContext {
  return selectContext(coordinate, () => pluginResolution(reading, plugin).context)
}

/**
 * What became of a value. An error of the platform, such as FORBIDDEN for a record that the value refers to, is not the
 * plugin's failure.
 */
type Outcome = { readonly value: unknown } | { readonly error: unknown; readonly isOfPlatform?: boolean }

interface Entry {
  readonly value: ValueToResolve
  outcome: Outcome | null
  /** Time until the value was there; the budget for a value that never was. */
  milliseconds: number
}

function createPluginResolution(reading: Reading, plugin: Plugin): PluginResolution {
  const pending: Entry[] = []
  const work = unitOfWorkOf(reading)
  return {
    get isPending() {
      return pending.length > 0
    },
    get context() {
      return work.context.runtime.pluginContext(work, plugin)
    },
    add(value) {
      const entry: Entry = { value, outcome: null, milliseconds: BUDGET_MS }
      pending.push(entry)
      return deferred(() => {
        const { outcome } = entry
        if (outcome && 'value' in outcome) return outcome.value
        // Not the plugin's fault: the caller may not read what they select.
        if (outcome?.isOfPlatform) throw outcome.error
        const field = `${value.typeName}.${value.field.name}`
        throw schemaFieldError({ plugin: plugin.id, field }, outcome?.error ?? 'It was not computed.', value.group)
      })
    },
    async run() {
      const batch = pending.splice(0)
      const names = [...new Set(batch.map(({ value }) => `${value.typeName}.${value.field.name}`))].join(', ')
      const started = performance.now()
      const projection = startProjection(reading, { isCompletedByExecutor: false, includeDeleted: false })
      try {
        await runPart(
          work,
          plugin,
          names,
          BUDGET_MS,
          (context) =>
            Promise.all(
              batch.map(async (entry) => {
                await computeEntry(entry, { reading, projection, plugin: plugin.id, context })
                entry.milliseconds = performance.now() - started
              }),
            ),
          { isReadOnly: true },
        )
        throwIfFailed(work)
      } catch (error) {
        explainBatch(reading, plugin.id, batch)
        await work.fail()
        for (const entry of batch) entry.outcome = { error }
        await reportOverrun(reading.report, error)
        return
      }
      explainBatch(reading, plugin.id, batch)
      try {
        await readRecords(projection, work)
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error
        for (const entry of batch) entry.outcome = { error, isOfPlatform: true }
      }
    },
    end: work.endTransaction,
  }
}

function explainBatch({ request }: Reading, plugin: string, batch: readonly Entry[]): void {
  if (!request?.explanation) return
  const byField = Map.groupBy(batch, ({ value }) => `${value.typeName}.${value.field.name}`)
  for (const [field, entries] of byField) {
    const milliseconds = Math.max(...entries.map((entry) => entry.milliseconds))
    explainField(request.explanation, { plugin, field, values: entries.length, calls: entries.length, milliseconds })
  }
}

async function computeEntry(entry: Entry, completion: Completion): Promise<void> {
  const { typeName, field, parent, args, group } = entry.value
  try {
    entry.outcome = { value: await completeField(completion, typeName, field, parent, args, group, undefined) }
  } catch (error) {
    entry.outcome = { error }
  }
}

/** Reads the records that the computed values refer to, with one statement. */
async function readRecords(projection: Projection, { transaction }: UnitOfWork): Promise<void> {
  if (projection.recordFields.size > 0) await readProjected(projection, transaction)
}

/** A unit of work for code that only reads. */
interface ReadingWork extends UnitOfWork {
  /** Undoes what the code has done to the transaction. Called when the code has failed. */
  fail(): Promise<void>
  endTransaction(): Promise<void>
}

/** Returns a unit of work in the transaction of the reading, or in one that begins with the first statement. */
function unitOfWorkOf({ request, transaction, now }: Reading): ReadingWork {
  if (!request) throw new Error('A field of a plugin is read without a request.')
  const common = { context: { ...request, now }, now, log: [], hasPluginStatements: false }
  if (transaction) {
    const protectedOne = lazySavepoint(transaction)
    return {
      ...common,
      transaction: protectedOne.transaction,
      fail: protectedOne.rollBack,
      endTransaction: async () => {},
    }
  }
  const lazy = lazyTransaction(request)
  return { ...common, transaction: lazy.transaction, fail: async () => {}, endTransaction: lazy.end }
}
