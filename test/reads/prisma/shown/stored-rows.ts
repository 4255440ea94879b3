import type { Pool } from 'pg'
import type { Model, Models } from '../../../../src/platform/data/models/models.ts'

/** The rows of a table as they are stored, by the model's field names. */
export type StoredRow = Readonly<Record<string, unknown>>
/** The rows of all tables of the workspaces, by the name of the model. */
export type StoredRows = ReadonlyMap<string, readonly StoredRow[]>

/** Names of the fields that tell the rows of a model apart. */
export function keyOf(model: Model): readonly string[] {
  return model.columns.has('id') ? ['id'] : model.primaryKey.filter((name) => name !== 'workspaceId')
}

/** The key of a row as one text. */
export function rowKey(model: Model, row: StoredRow): string {
  return keyOf(model)
    .map((name) => String(row[name]))
    .join('/')
}

/** Reads all rows of a workspace, in the order of their positions and ids. */
export async function readStored(ownerPool: Pool, { models }: Models, workspaceId: string): Promise<StoredRows> {
  const stored = new Map<string, readonly StoredRow[]>()
  for (const model of models.values()) {
    if (!model.hasWorkspace && model.name !== 'Workspace') continue
    const columns = [...model.columns.values()]
    const order = ['position', 'id'].filter((name) => model.columns.has(name))
    const { rows } = await ownerPool.query<StoredRow>(
      `select ${columns.map(({ name, column }) => `"${column}" as "${name}"`).join()} from "${model.table}"
       where ${model.hasWorkspace ? 'workspace_id' : 'id'} = $1 order by ${[...order, '1'].join()}`,
      [workspaceId],
    )
    stored.set(model.name, rows)
  }
  return stored
}

/** Which rows of the tables are shown, and on which of them each column has its value. */
export interface ShownRows {
  showRow(model: Model, key: string): void
  showValues(model: Model, columns: readonly string[], key: string): void
  /** Keys of the rows of a model that are shown. */
  rowsOf(model: string): ReadonlySet<string>
  /** Keys of the rows on which the column has its value. */
  valuesOf(model: string, column: string): ReadonlySet<string>
}

export function createShownRows(): ShownRows {
  const keys = new Map<string, Set<string>>()
  const add = (place: string, key: string) => void keys.set(place, (keys.get(place) ?? new Set<string>()).add(key))
  return {
    showRow: (model, key) => add(model.name, key),
    showValues(model, columns, key) {
      for (const column of columns) add(`${model.name}.${column}`, key)
    },
    rowsOf: (model) => keys.get(model) ?? new Set(),
    valuesOf: (model, column) => keys.get(`${model}.${column}`) ?? new Set(),
  }
}
