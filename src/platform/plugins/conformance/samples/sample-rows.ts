import type { Pool } from 'pg'
import { uuidv7 } from 'uuidv7'
import type { Column, Model, Models, Relation } from '../../../data/models/models.ts'
import { isDuplicate, uniqueRelations } from './unique-relations.ts'

/** A row by the model's field names. */
export type SampleRow = Readonly<Record<string, unknown>>

/** Creates rows of models in a workspace, with the rows that they refer to. */
export interface SampleRows {
  /**
   * Returns the row of a model, which the first call creates. Throws the error of the database when the database
   * refuses the row.
   */
  get(model: string): Promise<SampleRow>
  /**
   * Creates another row of a model. It refers to the rows that `get` returns, and to new ones when a unique key does not
   * accept that. Throws like `get`.
   */
  create(model: string): Promise<SampleRow>
}

/**
 * Returns functions that create sample rows in a workspace. The rows are inserted with SQL, so no rules run.
 * @param actorId Actor that the rows refer to where a model has a relation to Actor.
 */
export function sampleRows(ownerPool: Pool, models: Models, workspaceId: string, actorId: string): SampleRows {
  const rowsByModel = new Map<string, SampleRow>([
    ['Workspace', { id: workspaceId }],
    ['Actor', { workspaceId, id: actorId }],
  ])
  /** Models of which a row is being created, with the rows that it refers to. */
  const started = new Set<string>()
  const rows: SampleRows = {
    async get(name) {
      const cached = rowsByModel.get(name)
      if (cached) return cached
      const row = await rows.create(name)
      rowsByModel.set(name, row)
      return row
    },
    async create(name) {
      const model = models.models.get(name)
      if (!model) throw new Error(`There is no model ${name}.`)
      if (started.has(name)) throw new Error(`A new row of ${name} needs another new row of ${name}.`)
      started.add(name)
      try {
        return await createRow(ownerPool, model, async (relations, renewed) => {
          const row = await rowValues(models, rows, model, relations, renewed)
          return model.hasWorkspace ? { ...row, workspaceId } : row
        })
      } finally {
        started.delete(name)
      }
    },
  }
  return rows
}

/** Returns the values of a row with some of its relations, of which the renewed ones refer to new rows. */
type ValuesOf = (relations: readonly Relation[], renewed: ReadonlySet<Relation>) => Promise<SampleRow>

async function createRow(ownerPool: Pool, model: Model, valuesOf: ValuesOf): Promise<SampleRow> {
  const insert = async (relations: readonly Relation[], renewed: ReadonlySet<Relation>) => {
    const row = await valuesOf(relations, renewed)
    await insertRow(ownerPool, model, row)
    return row
  }
  const insertUnique = async (relations: readonly Relation[]) => {
    try {
      return await insert(relations, new Set())
    } catch (error) {
      if (!isDuplicate(error)) throw error
      return await insert(relations, await uniqueRelations(ownerPool, model))
    }
  }
  const relations = [...model.relations.values()]
  const required = relations.filter(({ isRequired }) => isRequired)
  try {
    return await insertUnique(required)
  } catch (error) {
    // A CHECK constraint of the table may require one of several optional relations.
    for (const optional of relations.filter(({ isRequired }) => !isRequired)) {
      const row = await insertUnique([...required, optional]).catch(() => null)
      if (row) return row
    }
    throw error
  }
}

async function rowValues(
  models: Models,
  rows: SampleRows,
  model: Model,
  relations: readonly Relation[],
  renewed: ReadonlySet<Relation>,
): Promise<Record<string, unknown>> {
  const row: Record<string, unknown> = {}
  for (const column of model.columns.values())
    if (column.isRequired && !column.hasDefault && !column.isGenerated) row[column.name] = sampleValue(models, column)
  for (const relation of relations) {
    const target = await (renewed.has(relation) ? rows.create(relation.target) : rows.get(relation.target))
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

function sampleValue(models: Models, column: Column): unknown {
  const value = elementValue(models, column)
  return column.isList ? [] : value
}

function elementValue(models: Models, { type, enumName, maxLength }: Column): unknown {
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
