import { open } from 'node:fs/promises'
import { type CsvTable, readCsv } from '../platform/imports/csv.ts'
import { type ImportReport, importTable } from '../platform/imports/import.ts'
import type { ImportOrder } from '../platform/imports/order.ts'
import { appendLog } from '../platform/operations/log.ts'
import { runWork } from '../platform/operations/work.ts'
import { type ActingUser, contextOf, withApp } from './acting.ts'
import { CommandError } from './command-error.ts'
import type { CommandContext } from './context.ts'

/** Imports a CSV file in one transaction. Throws CommandError for a file that can't be read. */
export async function importFile(
  context: CommandContext,
  path: string,
  order: ImportOrder,
  who: ActingUser,
): Promise<ImportReport> {
  const table = await readFile(path)
  return withApp(context, 'rapport import', async (app) => {
    const { result } = await runWork(await contextOf(app, who), async (work) => {
      const report = await importTable(work, order, table)
      if (work.log.length > 0) await appendLog(work)
      return report
    })
    return result
  })
}

async function readFile(path: string): Promise<CsvTable> {
  try {
    await using file = await open(path)
    return await readCsv(file.createReadStream({ autoClose: false }))
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new CommandError(`${path} can't be read: ${error.message}.`)
    throw error
  }
}
