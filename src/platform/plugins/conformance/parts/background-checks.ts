import { uuidv7 } from 'uuidv7'
import { visibleBefore } from '../../../changes/change-before.ts'
import { encodeLogCursor } from '../../../changes/cursor.ts'
import { ident, sql } from '../../../data/sql.ts'
import { CHANGE_OPERATIONS } from '../../../declare/change.ts'
import type { HandledChange, Handler } from '../../../declare/handler.ts'
import type { Job } from '../../../declare/job.ts'
import type { Plugin } from '../../../declare/plugin.ts'
import { decodeId } from '../../../declare/record-id.ts'
import type { Values } from '../../../declare/rules/values.ts'
import { startFinding } from '../../../reads/start-reading.ts'
import type { ObjectType } from '../../../registry/object-type.ts'
import type { UnitOfWork } from '../../../request/context.ts'
import { runPart } from '../../../sandbox/run-part.ts'
import { loggedSpecs, writerOf } from '../../../writes/input/writer.ts'
import { selectRows } from '../../../writes/rows/row-statements.ts'
import { snapshotOf } from '../../../writes/rows/snapshot.ts'
import { backgroundContext, runInBackground } from '../../background/background.ts'
import { CHANGE_LIMIT_MS } from '../../background/deliver-handler.ts'
import { failureText } from '../failure-text.ts'
import { objectOfInput, type SampleIds } from '../samples/sample-ids.ts'
import { samplePayloads } from '../samples/sample-payloads.ts'
import type { ConformanceApp } from '../trial-app.ts'
import type { PartReport } from './part-report.ts'

/** A change for a handler, and whether its record is soft-deleted when the handler runs. */
interface SampleChange {
  readonly change: HandledChange
  readonly object: ObjectType
  readonly isDeleted: boolean
}

/**
 * Runs each handler for a change of each of its types and operations, in a transaction that is rolled back. A record
 * may be soft-deleted when its change is handled, so each change is also handled with its record soft-deleted.
 */
export async function runHandlers(
  app: ConformanceApp,
  plugin: Plugin,
  ids: SampleIds,
  report: PartReport,
): Promise<void> {
  for (const handler of plugin.handlers ?? []) {
    for (const type of handler.on.types) {
      const object = app.runtime.registry.objects.get(type)
      const recordId = object && ids.uuidOf(object)
      if (!object || !recordId) {
        report.notRun(`${handler.name} was not run for ${type}: no sample of it could be created`)
        continue
      }
      for (const sample of sampleChanges(app, handler, object, recordId)) {
        const { operation, kind } = sample.change
        const what = `${operation} of ${kind === null ? '' : `${kind} of `}${type}`
        await runHandler(app, plugin, handler, sample).catch((error: unknown) => {
          const state = sample.isDeleted ? ' that is soft-deleted by then' : ''
          report.failed(`handler ${handler.name}`, ` for ${what}${state}`, failureText(error))
        })
      }
    }
  }
}

function sampleChanges(app: ConformanceApp, { on }: Handler, object: ObjectType, recordId: string): SampleChange[] {
  const changedFields = [...writerOf(app.runtime.registry, object).logged.keys()]
  const kinds = object.discriminator ? [...object.variants.keys()] : [null]
  return (on.operations ?? CHANGE_OPERATIONS).flatMap((operation) =>
    kinds.flatMap((kind) => {
      const change: HandledChange = {
        cursor: encodeLogCursor('1', '1'),
        at: new Date(),
        operation,
        type: object.name,
        kind,
        recordId,
        actorId: app.adminId('acme'),
        changedFields,
      }
      const states = operation === 'DELETED' ? [true] : object.isSoftDeleted ? [false, true] : [false]
      return states.map((isDeleted) => ({ change, object, isDeleted: isDeleted && object.isSoftDeleted }))
    }),
  )
}

/** Thrown to roll back the transaction of a handler that has not failed. */
const ROLLED_BACK = new Error('The handler has run.')

async function runHandler(
  app: ConformanceApp,
  plugin: Plugin,
  handler: Handler,
  { change, object, isDeleted }: SampleChange,
): Promise<void> {
  const context = await backgroundContext(app.background, app.workspaceId('acme'), plugin)
  if (!context) throw new Error(`The workspace does not use ${plugin.id}.`)
  const running = runInBackground(context, async (work) => {
    const { transaction } = work
    if (isDeleted)
      await transaction.query(
        sql`update ${ident(object.model.table)} set deleted_at = ${work.now}::timestamptz
            where workspace_id = ${transaction.workspaceId}::uuid and id = ${change.recordId}::uuid`,
      )
    const delivered = { ...change, before: await sampleBefore(work, object, change) }
    await runPart(work, plugin, handler.name, CHANGE_LIMIT_MS, (pluginContext) =>
      handler.handle(delivered, pluginContext),
    )
    throw ROLLED_BACK
  })
  await running.catch((error: unknown) => {
    if (error !== ROLLED_BACK) throw error
  })
}

/** Returns the values of the record as those before an update, as far as the plugin may see them. */
async function sampleBefore(
  { context, transaction }: UnitOfWork,
  object: ObjectType,
  { operation, kind, recordId }: HandledChange,
): Promise<Values> {
  const id = object.model.columns.get('id')
  if (operation !== 'UPDATED' || !id) return {}
  const { registry } = context.runtime
  const [row = {}] = await selectRows(transaction, object.model, id, [recordId])
  const values = snapshotOf(registry, loggedSpecs(writerOf(registry, object), kind), row, new Map())
  const logged = Object.fromEntries(Object.entries(values).map(([field, from]) => [field, { from }]))
  return visibleBefore(startFinding(context))(object.name, logged)
}

/**
 * Runs each job as scheduled, and with payloads that are made from its schema. A failure with a payload whose ids can
 * belong to any object is only noted, because the job may rightly miss the record.
 */
export async function runJobs(app: ConformanceApp, plugin: Plugin, ids: SampleIds, report: PartReport): Promise<void> {
  for (const job of plugin.jobs ?? []) {
    if (job.schedule !== undefined || !job.payload) await runScheduled(app, job, report)
    if (job.payload) await runEnqueued(app, job, job.payload, ids, report)
  }
}

async function runScheduled(app: ConformanceApp, job: Job, report: PartReport): Promise<void> {
  const how = job.schedule === undefined ? '' : ' as scheduled, with the payload {}'
  await app.runJob(job.name, {}).catch((error: unknown) => report.failed(`job ${job.name}`, how, failureText(error)))
}

async function runEnqueued(
  app: ConformanceApp,
  job: Job,
  schema: NonNullable<Job['payload']>,
  ids: SampleIds,
  report: PartReport,
): Promise<void> {
  let hasUnknownId = false
  const textFor = (name: string) => {
    if (!/(?:^i|I)ds?$/.test(name)) return undefined
    hasUnknownId ||= objectOfInput(app.runtime.registry, name) === null
    return decodeId(ids.idFor(null)(name))?.uuid ?? uuidv7()
  }
  const payloads = samplePayloads(schema, textFor)
  if (payloads.length === 0) report.notRun(`${job.name} was not run: no payload that its schema accepts could be made`)
  for (const payload of payloads) {
    await app.runJob(job.name, payload).catch((error: unknown) => {
      const [sample, text] = [` with ${JSON.stringify(payload)}`, failureText(error)]
      if (hasUnknownId) report.notRun(`${job.name} fails${sample}, where an id may be of another object: ${text}`)
      else report.failed(`job ${job.name}`, sample, text)
    })
  }
}
