import type { Model } from '../../data/models/models.ts'
import { type Row, rowOf } from '../../data/row.ts'
import { raw, type Sql } from '../../data/sql.ts'
import type { RowReference } from '../../declare/objects/field-sql.ts'
import type { ConditionDeclaration, FieldDeclaration, ResolvedField } from '../../declare/objects/fields.ts'
import { BARE_PAGE } from '../../reads/fields/source-fields.ts'
import { checkDeclared, type DeclaredSqlCheck } from '../../reads/plugin-sql.ts'
import { foreignKey } from '../../registry/columns.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { Field, ObjectType, Registry } from '../../registry/object-type.ts'
import { PluginFailedError } from '../../sandbox/failure.ts'

/** A value of each type of argument, to try a condition with. */
const SAMPLES: Readonly<Record<ConditionDeclaration['type'], unknown>> = {
  Boolean: true,
  Int: 1,
  String: 'a',
  Date: '2024-05-01',
  DateTime: new Date(0),
  Decimal: '1.00',
  ID: 'account_00000000000000000000000000',
}

/**
 * Makes the SQL that a plugin declares once, over a row that is not there, and looks at what it reads.
 * What it finds in other tables has to be restricted, and what it makes of a sensitive field is sensitive.
 * @throws CompositionError naming the plugin, the field and what is wrong.
 */
export function checkDeclaredSql(
  registry: Registry,
  type: ObjectType,
  name: string,
  pluginId: string,
  declaration: FieldDeclaration | ConditionDeclaration,
): void {
  if (!('where' in declaration) && declaration.kind === 'resolved') checkNeeds(type, name, pluginId, declaration)
  for (const { part, make, isOpen, isSensitive } of makers(declaration)) {
    const declared = { registry, pluginId, name: part === '' ? name : `${name}.${part}`, type }
    const { row, used } = watchedRow(type)
    let looked: DeclaredSqlCheck
    try {
      looked = checkDeclared(declared, row, make)
    } catch (error) {
      const reason = error instanceof PluginFailedError ? error.reason : String(error)
      throw new CompositionError(`${pluginId}: the SQL of ${declared.name} can't be used: ${reason}`)
    }
    if (isOpen && looked.tables.length > 0 && !looked.checksVisibility)
      throw new CompositionError(
        `${pluginId}: the SQL of ${declared.name} reads ${looked.tables.join(', ')} and says nothing of who may see what is there. Name the \`permission\` that it takes, or ask \`sees\` of each record, such as record.sees('Task', sql\`t\`).`,
      )
    const sensitive = isSensitive ? undefined : sensitiveAmong(type, used)
    if (sensitive !== undefined) throw tellsSensitive(pluginId, declared.name, type, sensitive)
  }
}

/** What code is handed of a record it tells, in whatever form. */
function checkNeeds(type: ObjectType, name: string, pluginId: string, { needs, sensitive }: ResolvedField): void {
  const told = sensitive ? undefined : sensitiveAmong(type, new Set(needs))
  if (told !== undefined) throw tellsSensitive(pluginId, name, type, told)
}

function tellsSensitive(pluginId: string, name: string, type: ObjectType, field: string): CompositionError {
  return new CompositionError(
    `${pluginId}: ${name} is made of ${type.name}.${field}, which is sensitive. Say \`sensitive: true\` of it too.`,
  )
}

/** A row that is not there, and the columns that were asked of it. */
function watchedRow(type: ObjectType): { readonly row: Row; readonly used: Set<string> } {
  const row = rowOf(raw('t0'), type.model)
  const used = new Set<string>()
  const column = (name: string) => {
    used.add(name)
    return row.column(name)
  }
  return { row: { ...row, column }, used }
}

/** A sensitive field of the record that is kept in one of the columns. */
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

interface Maker {
  readonly part: string
  readonly make: (row: RowReference) => Sql
  /** Whether what it finds is told as it is, unless the declaration says what that takes. */
  readonly isOpen: boolean
  readonly isSensitive: boolean
}

function makers(declaration: FieldDeclaration | ConditionDeclaration): Maker[] {
  const isSensitive = declaration.sensitive === true
  const whole = (make: Maker['make'], isOpen: boolean): Maker => ({ part: '', make, isOpen, isSensitive })
  if ('where' in declaration)
    return [whole((row) => declaration.where(row, SAMPLES[declaration.type]), declaration.permission === undefined)]
  switch (declaration.kind) {
    case 'computed':
      return [whole(declaration.value, declaration.permission === undefined)]
    case 'list':
      return [whole(declaration.ids, false)]
    case 'rows':
      return [whole(declaration.query, declaration.permission === undefined)]
    case 'source':
      return [whole((row) => declaration.source(row, {}, BARE_PAGE), false)]
    case 'group':
      return Object.entries(declaration.fields).map(([part, { value, permission, sensitive }]) => ({
        part,
        make: value,
        isOpen: permission === undefined,
        isSensitive: isSensitive || sensitive === true,
      }))
    default:
      return []
  }
}
