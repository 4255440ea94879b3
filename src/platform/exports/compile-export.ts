import { rowOf } from '../data/row.ts'
import { and, type Sql, sql } from '../data/sql.ts'
import type { Compiled } from '../declare/objects/field-read.ts'
import { enforceGuard, objectGuard } from '../permissions/guard.ts'
import { orderBy } from '../reads/order/keyset.ts'
import type { Reading } from '../reads/reading.ts'
import { compileRecord } from '../reads/record.ts'
import { selectedOrder, selectedRows } from '../reads/root.ts'
import { startReading } from '../reads/start-reading.ts'
import type { RequestContext } from '../request/context.ts'
import { timeOf } from '../request/time.ts'
import { reportFailure } from '../sandbox/strikes.ts'
import type { ExportPlan } from './export-plan.ts'

/** The function that turns rows of an export into answers, and the state that belongs to these rows. */
export interface BatchShape {
  readonly reading: Reading
  readonly shape: Compiled['shape']
}

/**
 * Compiles an export to one statement, which returns a row for each record: its column `item` is what the shape of a
 * batch turns into an answer. It is made from the same parts as a list of the API: visibility, filter, search and order.
 * @throws GraphQLError FORBIDDEN or BAD_USER_INPUT, as a list of the API.
 */
export function compileExport(context: RequestContext, { object, group, args, terms }: ExportPlan): Sql {
  enforceGuard(context.actor, objectGuard(object, 'read', 'Exporting'))
  const reading = startExport(context)
  const selected = selectedRows({ reading, args }, object)
  const keys = selectedOrder(reading, object, selected, terms)
  const record = compileRecord(reading, object, selected.row, group)
  return sql`select ${record.sql} as item from ${selected.from} where ${and(selected.conditions)} order by ${orderBy(keys, false)}`
}

/**
 * Returns how one batch of rows becomes answers. Each batch has its own: it collects the records whose reads are audited
 * and the values that plugins compute, which would otherwise add up for the whole file.
 */
export function shapeOfBatch(context: RequestContext, { object, group }: ExportPlan): BatchShape {
  const reading = startExport(context)
  const { shape } = compileRecord(reading, object, rowOf(reading.alias(), object.model), group)
  return { reading, shape }
}

function startExport(context: RequestContext): Reading {
  const { runtime, actor, requestId } = context
  return startReading({
    schema: runtime.schema,
    fragments: {},
    variables: {},
    registry: runtime.registry,
    actor,
    request: context,
    now: timeOf(context),
    report: (failure) =>
      reportFailure(runtime, actor.workspaceId, requestId, failure, { strikes: 'for overruns only' }),
  })
}
