import { type Row, recordExists, rowOf } from '../../data/row.ts'
import { and, ident, or, type Sql, sql } from '../../data/sql.ts'
import type { AccessContext } from '../../permissions/access-context.ts'
import { visibilityConditions } from '../../permissions/visible.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { type ChildTable, type ParentKey, recordTablesOf } from '../statements/record-tables.ts'
import type { SeesCall } from '../statements/unseen-reads.ts'

/**
 * Returns the condition that a row in a statement of a plugin's code is a record that the actor may see, or a child row
 * of such records. Soft-deleted records are not excluded.
 * @throws Error when there is no such object or model.
 */
export function visibleRowCondition(access: AccessContext, { name, alias }: SeesCall): Sql {
  const object = access.registry.objects.get(name)
  if (object) return visibleRecord(access, object, ident(alias))
  const child = recordTablesOf(access.registry).children.get(name)
  if (!child) throw new Error(`There is no object and no model of child rows ${name}.`)
  return visibleChild(access, child, rowOf(ident(alias), child.model))
}

/**
 * The conditions are on a copy of the row with an alias of the platform: SQL of other plugins in them, such as in the
 * filter of a sharing rule, may use the same alias as the statement for a table of its own.
 */
function visibleRecord(access: AccessContext, object: ObjectType, alias: Sql): Sql {
  const row = rowOf(access.alias(), object.model)
  const conditions = recordConditions(access, object, row)
  if (conditions.length === 0) return sql`true`
  return sql`exists (select from (select ${alias}.*) ${row.alias} where ${and(conditions)})`
}

function recordConditions(access: AccessContext, object: ObjectType, row: Row): Sql[] {
  return visibilityConditions(access, object, row, { includeDeleted: true })
}

function visibleChild(access: AccessContext, { parents }: ChildTable, row: Row): Sql {
  const conditions = parents.flatMap((parent) => parentCondition(access, parent, row) ?? [])
  if (conditions.length === 0) return sql`true`
  // A child row whose parent keys are all null belongs to no record.
  const ids = parents.map(({ column }) => row.column(column.name))
  return and([...conditions, or(ids.map((id) => sql`${id} is not null`))])
}

/** Returns the condition that a parent is visible or its key is null; null when all records are visible. */
function parentCondition(access: AccessContext, { column, objects }: ParentKey, row: Row): Sql | null {
  const id = row.column(column.name)
  const records = objects.map((object) => {
    const record = rowOf(access.alias(), object.model)
    return { record, conditions: recordConditions(access, object, record) }
  })
  if (records.every(({ conditions }) => conditions.length === 0)) return null
  const visible = records.map(({ record, conditions }) => recordExists(record, row, id, conditions))
  return or([...(column.isRequired ? [] : [sql`${id} is null`]), ...visible])
}
