import { type Row, rowOf } from '../data/row.ts'
import { and, type Sql, sql } from '../data/sql.ts'
import type { RowReference } from '../declare/objects/field-sql.ts'
import { type Permission, parsePermission } from '../declare/permission.ts'
import type { Plugin } from '../declare/plugin.ts'
import type { AccessContext } from '../permissions/access-context.ts'
import { accessRulesOn, ruleApplies } from '../permissions/access-rules.ts'
import { canOnWholeRecords, recordScopes } from '../permissions/grants.ts'
import { visibilityConditions } from '../permissions/visible.ts'
import type { RecordType, Registry } from '../registry/object-type.ts'
import { objectBySingular, objectNamed } from '../registry/registry.ts'
import { PluginFailedError } from '../sandbox/failure.ts'
import { checkExpression, tablesIn } from '../sandbox/statement-guard.ts'
import { type RequestReference, requestReference, rowReference, sampleReference, sampleSum } from './row-reference.ts'

/** The source of declared SQL: which plugin declares it, for which field and for rows of which type. */
export interface DeclaredSql {
  readonly registry: Registry
  /** Plugin that declares the SQL. */
  readonly pluginId: string
  /** `<Type>.<field>`, for messages. */
  readonly name: string
  /** Type of the row that the SQL is built over. */
  readonly type: RecordType
}

/** The function of a declaration that returns SQL, such as the value of a computed field, for one table row. */
type BuildSql = (row: RowReference) => Sql

/**
 * Returns the SQL that a declaration builds over a row. The SQL of a plugin may read the plugin's own tables, the
 * tables in `reads` of its manifest, and the published columns of a record of another plugin.
 * @param options `isChecked: false` skips the check of the tables, for SQL that contains SQL of the platform.
 * @throws PluginFailedError when the plugin's code throws, or its SQL reads another table or column.
 */
export function declaredSql(
  declared: DeclaredSql,
  reading: AccessContext,
  row: Row,
  build: BuildSql,
  options: { readonly isChecked?: boolean } = {},
): Sql {
  return buildSql(declared, reading, row, build, options.isChecked !== false).sql
}

/**
 * Returns the SQL of a declaration that may need a permission, or null when the caller may not read its value: when
 * they lack the permission, or when some records of the permission's object are hidden from them and the SQL does not
 * exclude hidden records with `sees`.
 * @throws PluginFailedError as `declaredSql`.
 */
export function guardedSql(
  declared: DeclaredSql,
  reading: AccessContext,
  row: Row,
  permission: Permission | undefined,
  build: BuildSql,
): Sql | null {
  if (permission && !reading.isSystem && !canOnWholeRecords(reading.actor, permission)) return null
  const { sql: expression, checksVisibility } = buildSql(declared, reading, row, build, true)
  return permission && !checksVisibility && !seesEveryRecord(reading, permission) ? null : expression
}

/** What `checkDeclared` finds out about the SQL of a declaration. */
export interface DeclaredSqlCheck {
  /** Names of the tables that the SQL reads. */
  readonly tables: readonly string[]
  /** Whether the SQL uses `sees`, which restricts records to those that the caller may see. */
  readonly checksVisibility: boolean
}

/**
 * Builds the SQL of a declaration to check it, without a caller and without sending it.
 * @param isAllowed What `can` of the row reference returns: the code may build other SQL for callers without a
 * permission.
 * @throws PluginFailedError when the plugin's code throws, or its SQL reads a table or column that it may not read.
 */
export function checkDeclared(declared: DeclaredSql, row: Row, build: BuildSql, isAllowed: boolean): DeclaredSqlCheck {
  const plugin = nonCorePlugin(declared)
  const request = sampleReference(declaringPlugin(declared), isAllowed)
  let checksVisibility = false
  const sees = () => {
    checksVisibility = true
    return sql`true`
  }
  const { models } = declared.registry
  if (!plugin)
    return {
      tables: tablesIn(build(rowReference(declared.type, row, request, sees, true)).text, models),
      checksVisibility,
    }
  const inspected = inspectSql(declared, plugin, row, request, build, true)
  return { tables: tablesIn(inspected.sql.text, models), checksVisibility: inspected.checksVisibility }
}

/**
 * Whether the permission covers every record of its object for the caller: their grants have no scopes, and no access
 * rule of the object applies to them.
 */
function seesEveryRecord(reading: AccessContext, permission: Permission): boolean {
  const parsed = parsePermission(permission)
  if (reading.isSystem || !parsed) return reading.isSystem === true
  const object = objectBySingular(reading.registry, parsed.object)
  const rules = object ? accessRulesOn(reading.registry, object.name) : []
  const isLimitedToScopes = recordScopes(reading.actor, parsed.object, parsed.action)?.length !== 0
  return !isLimitedToScopes && !rules.some(({ rule }) => ruleApplies(reading, rule, parsed.action))
}

/** Builds the SQL of a declaration, and reports whether it uses `sees`. */
function buildSql(
  declared: DeclaredSql,
  reading: AccessContext,
  row: Row,
  build: BuildSql,
  isChecked: boolean,
): { readonly sql: Sql; readonly checksVisibility: boolean } {
  const sees = (name: string, alias: Sql) => {
    const object = objectNamed(declared.registry, name)
    return and(visibilityConditions(reading, object, rowOf(alias, object.model), { includeDeleted: true }))
  }
  const plugin = nonCorePlugin(declared)
  const request = requestReference(reading, declaringPlugin(declared))
  if (plugin) {
    // The platform's SQL for `sees` and `convertedSum` reads tables that the plugin may not read. So the plugin's SQL is
    // first built and checked without it, and then built again with it.
    const { sql: inspected, checksVisibility, converts } = inspectSql(declared, plugin, row, request, build, isChecked)
    const isWhole = !checksVisibility && !converts
    return {
      sql: isWhole ? inspected : build(rowReference(declared.type, row, request, sees, isOwnModel(plugin, row))),
      checksVisibility,
    }
  }
  let checksVisibility = false
  const recordingSees = (name: string, alias: Sql) => {
    checksVisibility = true
    return sees(name, alias)
  }
  const expression = build(rowReference(declared.type, row, request, recordingSees, true))
  return { sql: expression, checksVisibility }
}

/**
 * Builds the SQL of a plugin with `true` instead of each condition of `sees`, and with a plain sum instead of a converted
 * one, checks it unless `isChecked` is false, and reports which of the two it uses.
 */
function inspectSql(
  declared: DeclaredSql,
  plugin: Plugin,
  row: Row,
  request: RequestReference,
  build: BuildSql,
  isChecked: boolean,
): { readonly sql: Sql; readonly checksVisibility: boolean; readonly converts: boolean } {
  let checksVisibility = false
  let converts = false
  const sees = () => {
    checksVisibility = true
    return sql`true`
  }
  const convertedSum: RowReference['convertedSum'] = (amounts, to, on) => {
    converts = true
    return sampleSum(amounts, to, on)
  }
  try {
    const sample = { ...request, convertedSum }
    const inspected = build(rowReference(declared.type, row, sample, sees, isOwnModel(plugin, row)))
    if (isChecked) checkExpression(inspected.text, plugin, declared.registry.models)
    return { sql: inspected, checksVisibility, converts }
  } catch (error) {
    if (error instanceof PluginFailedError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new PluginFailedError({ plugin: plugin.id, name: declared.name }, 'THREW', reason, error)
  }
}

/** Returns the plugin or module of core that declares the SQL. */
function declaringPlugin({ registry, pluginId }: DeclaredSql): Plugin {
  const plugin = registry.plugins.find(({ id }) => id === pluginId)
  if (!plugin) throw new Error(`There is no plugin ${pluginId}.`)
  return plugin
}

/** Returns the plugin that declares the SQL, or null when core declares it. */
function nonCorePlugin(declared: DeclaredSql): Plugin | null {
  const plugin = declaringPlugin(declared)
  return plugin.isCore ? null : plugin
}

function isOwnModel(plugin: Plugin, row: Row): boolean {
  return row.model.pluginId === plugin.id
}
