import { open } from 'node:fs/promises'
import type { ImportOrder } from '../../platform/imports/import-order.ts'
import { type ImportReport, importTable } from '../../platform/imports/import-table.ts'
import { type CsvTable, readCsv } from '../../platform/imports/notation/csv.ts'
import { runWrites } from '../../platform/writes/unit-of-work.ts'
import { contextOf, withApp } from '../acting.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { actingUser, type ImportUser } from './acting-user.ts'

/**
 * Imports a CSV file in one transaction, with the permissions of the user. The report contains the errors of the rows.
 *
 * @param path Path of the file.
 * @throws CommandError when the file can't be read or the user lacks a permission.
 */
export async function importFile(
  context: CommandContext,
  path: string,
  order: ImportOrder,
  user: ImportUser,
): Promise<ImportReport> {
  const table = await readCsvFile(path)
  return withApp(context, 'rapport import', async (app) => {
    const request = { ...(await contextOf(app, await actingUser(app, user))), mutation: 'rapport import' }
    const { result } = await runWrites(request, (work) => importTable(work, order, table))
    return result
  })
}

/**
 * Reads a CSV file.
 *
 * @throws CommandError when it can't be read.
 */
export async function readCsvFile(path: string): Promise<CsvTable> {
  try {
    await using file = await open(path)
    return await readCsv(file.createReadStream({ autoClose: false }))
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new CommandError(`${path} can't be read: ${error.message}.`)
    throw error
  }
}
