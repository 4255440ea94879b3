import { uuidv7 } from 'uuidv7'
import type { RequestContext } from '../request/context.ts'
import { auditBeginning, auditEnd } from './audit-export.ts'
import type { ExportPlan } from './export-plan.ts'
import { exportedRecords } from './exported-records.ts'
import { formatOf } from './formats/file-format.ts'

/**
 * Writes the file of an export, piece by piece: the next records are read when the caller asks for the next piece. The
 * first piece is there only when records could be read. The audit has an entry before the first piece, and one with the
 * number of records when the file is complete, when an error ends it, or when the caller stops.
 * @returns the number of records
 * @param mayGoOn Called before each piece. It throws when the export may not go on, and the file ends with its error.
 */
export async function* exportFile(
  context: RequestContext,
  plan: ExportPlan,
  mayGoOn: () => Promise<void> = async () => undefined,
): AsyncGenerator<string, number, undefined> {
  const { header, record: textOf } = formatOf(plan)
  const running = { id: uuidv7(), order: plan.order }
  await auditBeginning(context, running)
  let records = 0
  let isComplete = false
  let text = header
  try {
    for await (const batch of exportedRecords(context, plan)) {
      await mayGoOn()
      records += batch.length
      for (const record of batch) text += textOf(record)
      yield text
      text = ''
    }
    // Also for a file without records: the client's connection is then as complete as the file.
    if (text !== '') yield text
    isComplete = true
    return records
  } finally {
    await auditEnd(context, running, { records, isComplete })
  }
}
