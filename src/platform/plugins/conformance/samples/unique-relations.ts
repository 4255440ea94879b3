import { DatabaseError, type Pool } from 'pg'
import type { Model, Relation } from '../../../data/models/models.ts'

/** SQLSTATE of a violated unique key and of a violated exclusion constraint. */
const UNIQUE_VIOLATION = '23505'
const EXCLUSION_VIOLATION = '23P01'

/** Whether the database refused a row because another row has the same values. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof DatabaseError && [UNIQUE_VIOLATION, EXCLUSION_VIOLATION].includes(error.code ?? '')
}

/**
 * Returns the relations of a model that are part of a unique key or an exclusion constraint of its table. Reads the
 * database, because migrations also create such constraints that the models can't declare.
 */
export async function uniqueRelations(ownerPool: Pool, model: Model): Promise<ReadonlySet<Relation>> {
  const { rows } = await ownerPool.query<{ name: string }>(
    `select distinct a.attname::text as name
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = format('public.%I', $1::text)::regclass and (i.indisunique or i.indisexclusion)`,
    [model.table],
  )
  const uniqueColumns = new Set(rows.map(({ name }) => name))
  const isUnique = (column: string) =>
    column !== 'workspaceId' && uniqueColumns.has(model.columns.get(column)?.column ?? '')
  return new Set([...model.relations.values()].filter(({ columns }) => columns.some(isUnique)))
}
