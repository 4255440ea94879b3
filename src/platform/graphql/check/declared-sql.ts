import type { Model } from '../../data/models/models.ts'
import { type Row, rowOf } from '../../data/row.ts'
import { raw, type Sql } from '../../data/sql.ts'
import type { RowReference } from '../../declare/objects/field-sql.ts'
import type {
  ComputedField,
  ConditionDeclaration,
  FieldDeclaration,
  ResolvedField,
} from '../../declare/objects/fields.ts'
import { BARE_PAGE } from '../../reads/fields/source-fields.ts'
import { checkDeclared, type DeclaredSql, type DeclaredSqlCheck } from '../../reads/plugin-sql.ts'
import { foreignKey } from '../../registry/columns.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { Field, ObjectType, Registry } from '../../registry/object-type.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'
import { argumentSamples, conditionSamples } from './sample-values.ts'

/**
 * Checks the SQL of a declared field or filter condition, by building it once for a row without values. SQL that reads
 * tables has to restrict their rows to what the caller may see. A declaration whose SQL uses a sensitive field (one
 * that a permission on the whole object does not cover) has to be sensitive too.
 * @throws CompositionError that names the plugin, the field and the problem.
 */
export function checkDeclaredSql(
  registry: Registry,
  type: ObjectType,
  name: string,
  pluginId: string,
  declaration: FieldDeclaration | ConditionDeclaration,
): void {
  if (!('where' in declaration) && declaration.kind === 'resolved') checkNeeds(type, name, pluginId, declaration)
  for (const { part, build, needsVisibilityCheck, isSensitive } of sqlParts(registry, declaration)) {
    const declared = { registry, pluginId, name: part === '' ? name : `${name}.${part}`, type }
    const { row, used } = recordingRow(type)
    for (const check of checksOf(declared, row, build))
      if (needsVisibilityCheck && check.tables.length > 0 && !check.checksVisibility)
        throw new CompositionError(
          `${pluginId}: the SQL of ${declared.name} reads ${check.tables.join(', ')} without checking what the caller may see. Declare the \`permission\` that it needs, or check each record with \`sees\`, such as record.sees('Task', sql\`t\`).`,
        )
    const sensitive = isSensitive ? undefined : sensitiveAmong(type, used)
    if (sensitive !== undefined) throw sensitiveError(pluginId, declared.name, type, sensitive)
  }
}

/** Checks the SQL that is built for a caller who has the permissions about which it asks, and for one who has none. */
function checksOf(declared: DeclaredSql, row: Row, build: SqlPart['build']): DeclaredSqlCheck[] {
  try {
    return [true, false].map((isAllowed) => checkDeclared(declared, row, build, isAllowed))
  } catch (error) {
    const reason = error instanceof PluginFailedError ? error.reason : String(error)
    throw new CompositionError(`${declared.pluginId}: the SQL of ${declared.name} can't be used: ${reason}`)
  }
}

/**
 * Checks that a resolved field (its code computes the value) which needs a sensitive field is sensitive too: its code
 * may return the value of the sensitive field in any form.
 */
function checkNeeds(type: ObjectType, name: string, pluginId: string, { needs, sensitive }: ResolvedField): void {
  const used = sensitive ? undefined : sensitiveAmong(type, new Set(needs))
  if (used !== undefined) throw sensitiveError(pluginId, name, type, used)
}

function sensitiveError(pluginId: string, name: string, type: ObjectType, field: string): CompositionError {
  return new CompositionError(
    `${pluginId}: ${name} uses ${type.name}.${field}, which is sensitive. Declare it \`sensitive: true\` too.`,
  )
}

/** Returns a row to build SQL with, and a set that gets the name of each column which the SQL uses. */
function recordingRow(type: ObjectType): { readonly row: Row; readonly used: Set<string> } {
  const row = rowOf(raw('t0'), type.model)
  const used = new Set<string>()
  const column = (name: string) => {
    used.add(name)
    return row.column(name)
  }
  return { row: { ...row, column }, used }
}

/** Returns the name of a sensitive field that is stored in one of the columns; undefined if there is none. */
function sensitiveAmong({ fields, model }: ObjectType, columns: ReadonlySet<string>): string | undefined {
  for (const field of fields.values())
    if (field.isSensitive && columnsOf(model, field).some((name) => columns.has(name))) return field.name
  return undefined
}

function columnsOf(model: Model, field: Field): readonly string[] {
  if (field.kind === 'column') return [field.column.name]
  if (field.kind === 'one') return [foreignKey(model, field.relation).name]
  const { declaration } = field
  return declaration.kind === 'money' ? [declaration.amount, declaration.currency] : []
}

/** SQL of a declaration, or of one field of a group. */
interface SqlPart {
  /** Name of the field of a group; empty for the declaration itself. */
  readonly part: string
  readonly build: (row: RowReference) => Sql
  /**
   * Whether the SQL itself has to check what the caller may see. True when its value is returned unchanged and the
   * declaration requires no permission; false for queries of ids, because the platform leaves out records that are not
   * visible.
   */
  readonly needsVisibilityCheck: boolean
  readonly isSensitive: boolean
}

function sqlParts(registry: Registry, declaration: FieldDeclaration | ConditionDeclaration): SqlPart[] {
  const isSensitive = declaration.sensitive === true
  const whole = (build: SqlPart['build'], needsVisibilityCheck: boolean): SqlPart => ({
    part: '',
    build,
    needsVisibilityCheck,
    isSensitive,
  })
  if ('where' in declaration)
    return conditionSamples(registry, declaration).map((value) =>
      whole((row) => declaration.where(row, value), declaration.permission === undefined),
    )
  switch (declaration.kind) {
    case 'computed':
      return computedParts(registry, '', declaration, isSensitive)
    case 'list':
      return [whole(declaration.ids, false)]
    case 'rows':
      return [whole(declaration.query, declaration.permission === undefined)]
    case 'source':
      return argumentSamples(registry, declaration.args).map((args) =>
        whole((row) => declaration.source(row, args, BARE_PAGE), false),
      )
    case 'group':
      return Object.entries(declaration.fields).flatMap(([part, field]) =>
        computedParts(registry, part, field, isSensitive || field.sensitive === true),
      )
    default:
      return []
  }
}

function computedParts(registry: Registry, part: string, field: ComputedField, isSensitive: boolean): SqlPart[] {
  return argumentSamples(registry, field.args).map((args) => ({
    part,
    build: (row) => field.value(row, args),
    needsVisibilityCheck: field.permission === undefined,
    isSensitive,
  }))
}
