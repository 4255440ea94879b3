import type { ClientBase } from 'pg'
import type { MigrationFile } from '../../../data/migrations/migration-files.ts'
import type { Models } from '../../../data/models/models.ts'
import { parseStatements } from '../../statements/check-statements.ts'
import { modelDifferences } from '../verify-models.ts'
import { problemsOfTables } from '../verify-tables.ts'
import { type DatabaseState, readDatabaseState } from './state.ts'
import { predictStatement } from './statement.ts'

/** Migrations that would be run, and what their result would be compared with. */
export interface PredictedMigrations {
  /** Id of the plugin. */
  readonly id: string
  /** The migrations that were not run yet; with none, the tables as they are now are checked. */
  readonly files: readonly MigrationFile[]
  /** Models that the plugin's tables have to match afterwards; null to skip this check. */
  readonly models: Models | null
}

/**
 * Predicts from the text of migrations and from the tables that exist now why the migrations could not be run. Executes
 * nothing and locks nothing, so it can't find everything: what depends on rows, on expressions and on functions shows
 * only when the migrations run. What it is not certain of, such as the columns of a view, it leaves to that time too.
 * Returns one sentence for each problem.
 * @throws PluginLifecycleError when a file is not valid SQL.
 */
export async function predictProblems(client: ClientBase, migrations: PredictedMigrations): Promise<string[]> {
  const { id, files } = migrations
  const state = await readDatabaseState(client, id)
  for (const { name: file, sql } of files)
    for (const { statement, line } of await parseStatements({ id, file, sql })) {
      const problem = predictStatement(state, statement)
      if (problem !== null) return [`${file} of plugin ${id}, line ${line}: ${problem}. ${remedy(problem)}`]
    }
  const when = files.length === 0 ? `In the database` : `After the migrations of ${id}`
  return problemsIn(state, migrations.models).map((problem) => `${when}, ${problem}.`)
}

function remedy(problem: string): string {
  return problem.endsWith(' already')
    ? 'Nothing that is installed created it, or an earlier statement did: drop it by hand if nobody needs it, or correct the migration.'
    : 'Correct the migration.'
}

function problemsIn(state: DatabaseState, models: Models | null): string[] {
  const certain = [...state.tables.values()].filter(({ isKnown, row }) => isKnown && !row.isView)
  const rows = certain.map(({ row, columns, isSecured, hasPolicy }) => ({
    ...row,
    hasWorkspace: columns.get('workspace_id')?.isRequired === true,
    isProtected: isSecured && hasPolicy,
  }))
  const columns = certain.flatMap((table) => [...table.columns.values()])
  return [
    ...problemsOfTables(
      state.id,
      rows,
      certain.flatMap(({ keys }) => keys),
    ),
    ...(models === null ? [] : modelDifferences(state.id, onlyCertain(models, state), columns)),
  ]
}

/** Returns the models without those whose table or view is not certain. */
function onlyCertain(models: Models, { tables }: DatabaseState): Models {
  const isCertain = (table: string) => {
    const state = tables.get(table)
    return state === undefined || (state.isKnown && !state.row.isView)
  }
  return { ...models, models: new Map([...models.models].filter(([, { table }]) => isCertain(table))) }
}
