import { readInBatches } from '../data/read-in-batches.ts'
import { auditReads } from '../log/audited-reads.ts'
import { settleWithin } from '../reads/deferred.ts'
import { computeResolved } from '../reads/fields/resolutions.ts'
import type { RequestContext } from '../request/context.ts'
import { compileExport, shapeOfBatch } from './compile-export.ts'
import type { ExportPlan } from './export-plan.ts'

/** Number of records that are in memory at a time. */
const BATCH_SIZE = 200

/** The selected fields of a record, as in a response of the API. */
export type ExportedRecord = Readonly<Record<string, unknown>>

/**
 * Reads the records of an export in batches, as they were when the first batch was read. Where reads of the object are
 * audited, the entries of a batch are committed before the batch is returned.
 * @throws the error of a field whose value a plugin could not compute: the file would lack it without saying so.
 */
export async function* exportedRecords(
  context: RequestContext,
  plan: ExportPlan,
): AsyncGenerator<readonly ExportedRecord[], void, undefined> {
  const { database, onStatement } = context.runtime
  const batches = readInBatches<{ item: string }>({
    database,
    workspaceId: context.actor.workspaceId,
    statement: compileExport(context, plan),
    size: BATCH_SIZE,
    onStatement,
  })
  for await (const rows of batches) {
    const { reading, shape } = shapeOfBatch(context, plan)
    const records = rows.map(({ item }) => shape(JSON.parse(item)))
    await computeResolved(reading)
    settleWithin(records, [], (error) => {
      throw error
    })
    await auditReads(context, reading.auditedReads)
    yield records.filter(isRecord)
  }
}

/** Whether the value is a record: it is null where the variant of the record is hidden from the caller. */
function isRecord(value: unknown): value is ExportedRecord {
  return value !== null && typeof value === 'object'
}
