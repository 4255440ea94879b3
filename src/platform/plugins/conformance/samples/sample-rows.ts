import type { Pool } from 'pg'
import { uuidv7 } from 'uuidv7'
import type { Column, Model, Models, Relation } from '../../../data/models/models.ts'

/** A row by the model's field names. */
export type SampleRow = Readonly<Record<string, unknown>>

/** Makes rows of models in a workspace, with those they refer to. */
export interface SampleRows {
  /** The row of a model, made on the first call. Throws what the database refuses it for. */
  of(model: string): Promise<SampleRow>
  /** Another row of a model. */
  another(model: string): Promise<SampleRow>
}

/** Sample rows of a workspace; `actorId` is in whose name they are written. They pass by operations and rules. */
export function sampleRows(ownerPool: Pool, models: Models, workspaceId: string, actorId: string): SampleRows {
  const made = new Map<string, SampleRow>([
    ['Workspace', { id: workspaceId }],
    ['Actor', { workspaceId, id: actorId }],
  ])
  const rows: SampleRows = {
    async of(name) {
      const known = made.get(name)
      if (known) return known
      const row = await rows.another(name)
      made.set(name, row)
      return row
    },
    async another(name) {
      const model = models.models.get(name)
      if (!model) throw new Error(`There is no model ${name}.`)
      const insert = async (relations: readonly Relation[]) => {
        const row = await values(models, rows, model, relations)
        await insertRow(ownerPool, model, model.hasWorkspace ? { ...row, workspaceId } : row)
        return row
      }
      const all = [...model.relations.values()]
      const required = all.filter(({ isRequired }) => isRequired)
      try {
        return await insert(required)
      } catch (error) {
        // A check of the table may want one of several relations.
        for (const optional of all.filter(({ isRequired }) => !isRequired)) {
          const row = await insert([...required, optional]).catch(() => null)
          if (row) return row
        }
        throw error
      }
    },
  }
  return rows
}

async function values(
  models: Models,
  rows: SampleRows,
  model: Model,
  relations: readonly Relation[],
): Promise<Record<string, unknown>> {
  const row: Record<string, unknown> = {}
  for (const column of model.columns.values())
    if (column.isRequired && !column.hasDefault && !column.isGenerated) row[column.name] = sample(models, column)
  for (const relation of relations) {
    const target = await rows.of(relation.target)
    relation.columns.forEach((column, index) => {
      row[column] = target[relation.references[index] ?? '']
    })
  }
  return row
}

async function insertRow(ownerPool: Pool, { table, columns }: Model, row: SampleRow): Promise<void> {
  const names = Object.keys(row)
  await ownerPool.query(
    `insert into "${table}" (${names.map((name) => `"${columns.get(name)?.column}"`).join(', ')})
     values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  )
}

let count = 0

function sample(models: Models, column: Column): unknown {
  const value = scalar(models, column)
  return column.isList ? [] : value
}

function scalar(models: Models, { type, enumName, maxLength }: Column): unknown {
  switch (type) {
    case 'uuid':
      return uuidv7()
    case 'text':
      return maxLength === 3 ? 'EUR' : maxLength === 2 ? 'DE' : `sample ${++count}`.slice(0, maxLength ?? undefined)
    case 'boolean':
      return false
    case 'timestamp':
      return new Date()
    case 'date':
      return '2026-01-31'
    case 'json':
      return '{}'
    case 'bytes':
      return Buffer.from('sample')
    case 'enum':
      return models.enums.get(enumName ?? '')?.values[0]?.name
    default:
      return 1
  }
}
