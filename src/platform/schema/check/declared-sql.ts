import { raw, type Sql } from '../../data/sql.ts'
import { PluginFailedError } from '../../plugins/failure.ts'
import { BARE_PAGE } from '../../reads/fields/source.ts'
import { checkDeclared } from '../../reads/plugin-sql.ts'
import { rowOf } from '../../reads/reading.ts'
import { CompositionError } from '../composition-error.ts'
import type { ConditionDeclaration, FieldDeclaration, RowReference } from '../fields.ts'
import type { ObjectType, Registry } from '../registry.ts'

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
 * @throws CompositionError naming the plugin, the field and what is wrong.
 */
export function checkDeclaredSql(
  registry: Registry,
  type: ObjectType,
  name: string,
  owner: string,
  declaration: FieldDeclaration | ConditionDeclaration,
): void {
  const row = rowOf(raw('t0'), type.model)
  for (const [part, make] of makers(declaration)) {
    const declared = { registry, owner, name: part === '' ? name : `${name}.${part}`, type }
    try {
      checkDeclared(declared, row, make)
    } catch (error) {
      const reason = error instanceof PluginFailedError ? error.reason : String(error)
      throw new CompositionError(`${owner}: the SQL of ${declared.name} can't be used: ${reason}`)
    }
  }
}

function makers(declaration: FieldDeclaration | ConditionDeclaration): [string, (row: RowReference) => Sql][] {
  if ('where' in declaration) return [['', (row) => declaration.where(row, SAMPLES[declaration.type])]]
  switch (declaration.kind) {
    case 'computed':
      return [['', declaration.value]]
    case 'list':
      return [['', declaration.ids]]
    case 'rows':
      return [['', declaration.query]]
    case 'source':
      return [['', (row) => declaration.source(row, {}, BARE_PAGE)]]
    case 'group':
      return Object.entries(declaration.fields).map(([name, field]) => [name, field.value])
    default:
      return []
  }
}
