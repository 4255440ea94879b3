import { type Row, rowOf } from '../data/row.ts'
import { and, type Sql, sql } from '../data/sql.ts'
import type { RowReference } from '../declare/objects/field-sql.ts'
import { type Permission, parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { AccessContext } from '../permissions/access-context.ts'
import { accessRulesOn, ruleApplies } from '../permissions/access-rules.ts'
import { canOnWholeRecords, recordScopes } from '../permissions/grants.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import { foreignKey } from '../registry/columns.ts'
import type { RecordType, Registry } from '../registry/object-type.ts'
import { objectBySingular, objectNamed } from '../registry/registry.ts'
import { PluginFailedError } from '../sandbox/failure.ts'
import { checkExpression, tablesIn } from '../sandbox/statement-guard.ts'

/** A piece of SQL that a declaration makes, and whose it is. */
export interface DeclaredSql {
  readonly registry: Registry
  /** Plugin that declares it. */
  readonly pluginId: string
  /** `<Type>.<field>`, for messages. */
  readonly name: string
  /** Type whose row it is about. */
  readonly type: RecordType
}

type Make = (row: RowReference) => Sql

/**
 * The SQL that a declaration makes over a row. A plugin's reaches its own tables and those of its manifest's `reads`, and of
 * another's record only what is published.
 * With `isChecked` false the tables are not looked at: what it makes holds SQL of the platform's own.
 * @throws PluginFailedError where it throws, or reaches further.
 */
export function declaredSql(
  declared: DeclaredSql,
  reading: AccessContext,
  row: Row,
  make: Make,
  options: { readonly isChecked?: boolean } = {},
): Sql {
  return made(declared, reading, row, make, options.isChecked !== false).sql
}

/**
 * The same of something that needs a permission, or null where the caller is not to be told: they lack it, or they see some of
 * its records only and the SQL does not ask which.
 */
export function guardedSql(
  declared: DeclaredSql,
  reading: AccessContext,
  row: Row,
  permission: Permission | undefined,
  make: Make,
): Sql | null {
  if (permission && !reading.isSystem && !canOnWholeRecords(reading.actor, permission)) return null
  const { sql: expression, asks } = made(declared, reading, row, make, true)
  return permission && !asks && !seesEvery(reading, permission) ? null : expression
}

/** What a declaration's SQL looks at. */
export interface DeclaredSqlCheck {
  /** Tables that it reads. */
  readonly tables: readonly string[]
  /** Whether it asks of records whether the caller sees them. */
  readonly asks: boolean
}

/**
 * Looks at what a declaration makes, over a row and without a caller.
 * @throws PluginFailedError where it throws, or reaches further than it may.
 */
export function checkDeclared(declared: DeclaredSql, row: Row, make: Make): DeclaredSqlCheck {
  const plugin = limitedPlugin(declared)
  let asks = false
  const sees = () => {
    asks = true
    return sql`true`
  }
  const { models } = declared.registry
  if (!plugin) return { tables: tablesIn(make(referenceTo(declared, row, sees, true)).text, models), asks }
  const looked = inspectSql(declared, plugin, row, make, true)
  return { tables: tablesIn(looked.sql.text, models), asks: looked.asks }
}

/** Whether no record of the permission's object is hidden from the caller. */
function seesEvery(reading: AccessContext, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (reading.isSystem || !parsed) return reading.isSystem === true
  const object = objectBySingular(reading.registry, parsed.object)
  const rules = object ? accessRulesOn(reading.registry, object.name) : []
  const isSandboxed = recordScopes(reading.actor, parsed.object, parsed.action)?.length !== 0
  return !isSandboxed && !rules.some(({ rule }) => ruleApplies(reading, rule, parsed.action))
}

function made(
  declared: DeclaredSql,
  reading: AccessContext,
  row: Row,
  make: Make,
  isChecked: boolean,
): { readonly sql: Sql; readonly asks: boolean } {
  const sees = (name: string, alias: Sql) => {
    const object = objectNamed(declared.registry, name)
    return and(visibilityConditions(reading, object, rowOf(alias, object.model), { includeDeleted: true }))
  }
  const plugin = limitedPlugin(declared)
  if (plugin) {
    // What the platform puts in for `sees` reads tables that are none of the plugin's business: it is looked at without.
    const looked = inspectSql(declared, plugin, row, make, isChecked)
    return looked.asks ? { sql: make(referenceTo(declared, row, sees, isOwn(plugin, row))), asks: true } : looked
  }
  let asks = false
  const seen = (name: string, alias: Sql) => {
    asks = true
    return sees(name, alias)
  }
  const expression = make(referenceTo(declared, row, seen, true))
  return { sql: expression, asks }
}

/** The SQL with `true` for each `sees`, looked over, and whether it asks so. */
function inspectSql(
  declared: DeclaredSql,
  plugin: Plugin,
  row: Row,
  make: Make,
  isChecked: boolean,
): { readonly sql: Sql; readonly asks: boolean } {
  let asks = false
  const sees = () => {
    asks = true
    return sql`true`
  }
  try {
    const looked = make(referenceTo(declared, row, sees, isOwn(plugin, row)))
    if (isChecked) checkExpression(looked.text, plugin, declared.registry.models)
    return { sql: looked, asks }
  } catch (error) {
    if (error instanceof PluginFailedError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PluginFailedError({ plugin: plugin.id, name: declared.name }, 'THREW', reason, error)
  }
}

/** The plugin that declares it, where that is none of core's. */
function limitedPlugin({ registry, pluginId }: DeclaredSql): Plugin | null {
  const plugin = registry.plugins.find(({ id }) => id === pluginId)
  return plugin && !plugin.isCore ? plugin : null
}

function isOwn(plugin: Plugin, row: Row): boolean {
  return row.model.pluginId === plugin.id
}

/** Columns that the type's fields publish, by name, with those that every statement needs. */
export function publishedColumns(type: RecordType): ReadonlySet<string> {
  const { fields, model } = type.groupedIn ?? type
  const names = new Set(['workspaceId', 'id'])
  for (const field of fields.values()) {
    if (field.kind === 'column') names.add(field.column.name)
    else if (field.kind === 'one') names.add(foreignKey(model, field.relation).name)
    else if (field.declaration.kind === 'money') names.add(field.declaration.amount).add(field.declaration.currency)
  }
  return names
}

const published = new WeakMap<RecordType, ReadonlySet<string>>()

function referenceTo({ type }: DeclaredSql, row: Row, sees: RowReference['sees'], isWhole: boolean): RowReference {
  if (isWhole) return { column: (name) => row.column(name), sees }
  const names = published.get(type) ?? publishedColumns(type)
  published.set(type, names)
  return {
    column(name) {
      if (!names.has(name)) throw new Error(`The column ${name} of ${type.name} is not published.`)
      return row.column(name)
    },
    sees,
  }
}
