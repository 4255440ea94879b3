import { open, rm } from 'node:fs/promises'
import type { UserError } from '../../platform/declare/rules/user-errors.ts'
import { exportFile } from '../../platform/exports/export-file.ts'
import type { ExportOrder } from '../../platform/exports/export-order.ts'
import { planExport } from '../../platform/exports/plan-export.ts'
import { type ActingUser, contextOf, withApp } from '../acting.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'

/**
 * Exports records to a new file, with the permissions of the user. Returns the number of records. When the export fails,
 * the file is removed.
 *
 * @param path Path of the file, which must not exist.
 * @throws CommandError when the order is not valid, the user lacks a permission, or the file can't be written.
 */
export async function exportToFile(
  context: CommandContext,
  path: string,
  order: ExportOrder,
  user: ActingUser,
): Promise<number> {
  return withApp(context, 'rapport export', async (app) => {
    const request = { ...(await contextOf(app, user)), mutation: 'rapport export' }
    const planned = planExport(request, order)
    if ('errors' in planned) throw new CommandError(planned.errors.map(problemOf).join('\n'))
    return writeFile(path, exportFile(request, planned.plan))
  })
}

async function writeFile(path: string, pieces: AsyncGenerator<string, number, undefined>): Promise<number> {
  const file = await open(path, 'wx').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CommandError(`${path} can't be created: ${reason}. Name a file that does not exist.`)
  })
  try {
    let next = await pieces.next()
    for (; !next.done; next = await pieces.next()) await file.write(next.value)
    return next.value
  } catch (error) {
    await rm(path)
    throw error
  } finally {
    await pieces.return(0)
    await file.close()
  }
}

/** Returns a problem of the order, after the option that it refers to. */
function problemOf({ path, message }: UserError): string {
  const [, name = '', index] = path ?? []
  const option = OPTIONS[name]
  return option === undefined ? message : `${option}${index === undefined ? '' : ` ${Number(index) + 1}`}: ${message}`
}

const OPTIONS: Readonly<Record<string, string>> = {
  object: '--object',
  fields: '--field',
  search: '--search',
  orderBy: '--order-by',
  includeDeleted: '--include-deleted',
}
