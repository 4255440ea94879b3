import type { Sql } from '../data/sql.ts'
import { PluginFailedError } from '../plugins/failure.ts'
import { checkExpression } from '../plugins/statement-guard.ts'
import type { RowReference } from '../schema/fields.ts'
import { foreignKey, type RecordType, type Registry } from '../schema/registry.ts'
import type { Row } from './reading.ts'

/** A piece of SQL that a declaration makes, and whose it is. */
export interface DeclaredSql {
  readonly registry: Registry
  /** Plugin that declares it. */
  readonly owner: string
  /** `<Type>.<field>`, for messages. */
  readonly name: string
  /** Type whose row it is about. */
  readonly type: RecordType
}

/**
 * The SQL that a declaration makes over a row. A plugin's reaches its own tables and those of its manifest's `reads`, and of
 * another's record only what is published.
 * With `isChecked` false the tables are not looked at: what it makes holds SQL of the platform's own.
 * @throws PluginFailedError where it throws, or reaches further.
 */
export function declaredSql(
  declared: DeclaredSql,
  row: Row,
  make: (row: RowReference) => Sql,
  options: { readonly isChecked?: boolean } = {},
): Sql {
  const plugin = declared.registry.plugins.find(({ id }) => id === declared.owner)
  if (!plugin || plugin.isCore) return make(row)
  try {
    const made = make(row.model.owner === plugin.id ? row : publishedRow(declared, row))
    if (options.isChecked !== false) checkExpression(made.text, plugin, declared.registry.models)
    return made
  } catch (error) {
    if (error instanceof PluginFailedError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PluginFailedError({ plugin: plugin.id, name: declared.name }, 'THREW', reason, error)
  }
}

/** Columns that the type's fields publish, by name, with those that every statement needs. */
export function publishedColumns(type: RecordType): ReadonlySet<string> {
  const { fields, model } = type.within ?? type
  const names = new Set(['workspaceId', 'id'])
  for (const field of fields.values()) {
    if (field.kind === 'column') names.add(field.column.name)
    else if (field.kind === 'one') names.add(foreignKey(model, field.relation).name)
    else if (field.declaration.kind === 'money') names.add(field.declaration.amount).add(field.declaration.currency)
  }
  return names
}

const published = new WeakMap<RecordType, ReadonlySet<string>>()

function publishedRow({ type }: DeclaredSql, row: Row): RowReference {
  const names = published.get(type) ?? publishedColumns(type)
  published.set(type, names)
  return {
    column(name) {
      if (!names.has(name)) throw new Error(`The column ${name} of ${type.name} is not published.`)
      return row.column(name)
    },
  }
}
