import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CsvTable } from '../../platform/imports/notation/csv.ts'
import { type ImportSet, parseImportSet } from '../../platform/imports/sets/import-set.ts'
import { importSet, type OnStepProgress, type StepReport } from '../../platform/imports/sets/run-import-set.ts'
import { runWrites } from '../../platform/writes/unit-of-work.ts'
import { contextOf, withApp } from '../acting.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { showProgress } from '../progress.ts'
import { actingUser, type ImportUser } from './acting-user.ts'
import { readCsvFile } from './file.ts'

/**
 * Imports the files of a set in one transaction, with the permissions of the user, and shows the progress on stderr.
 *
 * @param path Path of the set, a JSON file.
 * @param folder Folder of the CSV files that the set names.
 * @throws CommandError when the set is not valid, a file can't be read, or the user lacks a permission.
 */
export async function importSetFrom(
  context: CommandContext,
  path: string,
  folder: string,
  { dryRun, ...user }: ImportUser & { readonly dryRun: boolean },
): Promise<StepReport[]> {
  const set = await readSet(path)
  const tables = await readFiles(set, folder)
  return withApp(context, 'rapport import', async (app) => {
    const acting = await actingUser(app, user)
    const request = { ...(await contextOf(app, acting)), mutation: 'rapport import' }
    const progress = stepProgress()
    try {
      const { result } = await runWrites(request, (work) =>
        importSet(work, set, tables, { dryRun, onProgress: progress.at }),
      )
      return result
    } finally {
      progress.end()
    }
  })
}

async function readSet(path: string): Promise<ImportSet> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new CommandError(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}.`)
  })
  const parsed = parseImportSet(text)
  if ('problems' in parsed) throw new CommandError(parsed.problems.map((problem) => `${path}: ${problem}`).join('\n'))
  return parsed.set
}

/** Reads each file that the set names, once. */
async function readFiles({ steps }: ImportSet, folder: string): Promise<Map<string, CsvTable>> {
  const tables = new Map<string, CsvTable>()
  for (const { file } of steps)
    if (file !== undefined && !tables.has(file)) tables.set(file, await readCsvFile(join(folder, file)))
  return tables
}

/** Shows the progress of one step after the other on stderr. */
function stepProgress(): { readonly at: OnStepProgress; end(): void } {
  let shown: {
    readonly step: Parameters<OnStepProgress>[0]
    readonly progress: ReturnType<typeof showProgress>
  } | null = null
  const end = () => {
    shown?.progress.end()
    shown = null
  }
  return {
    at(step, done, total) {
      if (shown?.step !== step) {
        end()
        shown = { step, progress: showProgress(process.stderr, step.name, total) }
      }
      shown.progress.at(done)
    },
    end,
  }
}
