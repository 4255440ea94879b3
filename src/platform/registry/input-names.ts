import { foreignKey } from './columns.ts'
import type { Field, RecordType } from './object-type.ts'

/** Returns the name of the input field that writes a field, or null when clients can't write it. */
export function inputNameOf(type: RecordType, field: Field): string | null {
  if (field.kind === 'column') return field.options.input === false ? null : field.name
  if (field.kind === 'one') return field.isWritten ? foreignKey(type.model, field.relation).name : null
  const { declaration } = field
  switch (declaration.kind) {
    case 'money':
      return declaration.input === false || type.model.columns.get(declaration.amount)?.isGenerated ? null : field.name
    case 'items':
      return field.name
    case 'many':
      return declaration.link?.isWritten || declaration.createdWith ? field.name : null
    case 'reference':
      return declaration.input === false ? null : declaration.idColumn
    case 'references':
      return declaration.input
    default:
      return null
  }
}
