import type { UnitOfWork } from '../../request/context.ts'
import { discard } from '../../writes/unit-of-work.ts'
import { type ImportReport, importTable } from '../import-table.ts'
import type { CsvTable } from '../notation/csv.ts'
import type { ImportSet, ImportStep } from './import-set.ts'
import { stepImport } from './step-table.ts'

/** What a step of an import set did or, in a dry run, would do. */
export interface StepReport {
  readonly step: ImportStep
  /** What is wrong with the step itself: it does not fit its file. Nothing was imported then. */
  readonly problems: readonly string[]
  readonly report: ImportReport
}

/** Called while a step is imported, and before its first record with 0. Counts records. */
export type OnStepProgress = (step: ImportStep, done: number, total: number) => void

/**
 * Imports the steps of a set one after the other, in one transaction, each as `importTable` imports a file. When a step
 * has errors, nothing of the set is written, and the steps after it are not tried: the last report has the errors.
 * @param tables The files, by name; every file that a step names.
 * @throws GraphQLError FORBIDDEN as `importTable`.
 */
export async function importSet(
  work: UnitOfWork,
  set: ImportSet,
  tables: ReadonlyMap<string, CsvTable>,
  { dryRun, onProgress }: { readonly dryRun: boolean; readonly onProgress: OnStepProgress },
): Promise<StepReport[]> {
  const reports: StepReport[] = []
  for (const step of set.steps) {
    const prepared = stepImport(set, step, tables.get(step.file ?? '') ?? null, dryRun)
    if ('problems' in prepared) {
      discard(work)
      return [...reports, { step, problems: prepared.problems, report: { errors: [], rows: [] } }]
    }
    const { order, table } = prepared
    onProgress(step, 0, table.rows.length)
    const report = await importTable(work, order, table, (done) => onProgress(step, done, table.rows.length))
    reports.push({ step, problems: [], report })
    if (hasErrors(report)) {
      discard(work)
      return reports
    }
  }
  return reports
}

/** Whether the import of a step was refused. */
function hasErrors({ errors, rows }: ImportReport): boolean {
  return errors.length > 0 || rows.some((row) => row.errors.length > 0)
}
