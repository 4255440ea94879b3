import type { FieldRead } from '../../declare/objects/field-read.ts'
import type { Field, RecordType, Registry } from '../../registry/object-type.ts'
import type { DeclaredSql } from '../plugin-sql.ts'
import { readColumn, readComputed, readGroup, readId, readMoney } from './column-fields.ts'
import { readItems, readList, readReferences } from './list-fields.ts'
import { readMany } from './many-fields.ts'
import { readOne, readReference } from './one-fields.ts'
import { readResolved } from './resolved-fields.ts'
import { readRows } from './row-fields.ts'
import { readSource } from './source-fields.ts'

/**
 * Returns how a field of a type is read: the function that compiles the field to SQL when a client selects it.
 * @param prefix Prefix of the record ids of the type, or null where its `id` is an ordinary column.
 */
export function fieldRead(registry: Registry, type: RecordType, field: Field, prefix: string | null): FieldRead {
  if (field.kind === 'column') return field.name === 'id' && prefix ? readId(type, prefix) : readColumn(field.column)
  if (field.kind === 'one') return readOne(registry, field)
  const { declaration } = field
  const declared: DeclaredSql = { registry, pluginId: field.pluginId, name: `${type.name}.${field.name}`, type }
  switch (declaration.kind) {
    case 'money':
      return readMoney(declaration.amount, declaration.currency)
    case 'items':
      return readItems(registry, declaration)
    case 'many':
      return readMany(registry, type, field.name, declaration)
    case 'reference':
      return readReference(declaration)
    case 'references':
      return readReferences(registry, declaration)
    case 'list':
      return readList(declared, declaration)
    case 'computed':
      return readComputed(declared, declaration)
    case 'group':
      return readGroup(declaration)
    case 'rows':
      return readRows(declared, declaration)
    case 'source':
      return readSource(declared, declaration)
    case 'resolved':
      return readResolved(type, field.name, field.pluginId, declaration)
    case 'custom':
      return declaration.read
  }
}
