import { columnInput } from '../../declare/objects/column-input.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import { type InputSpec, moneySpec } from './input-specs.ts'

/**
 * Returns specs for the published columns and amounts that clients can't write, such as a status that only business acts
 * change. The log and the audit contain them too.
 */
export function logOnlySpecs(object: ObjectType): InputSpec[] {
  return [...object.fields.values()].flatMap((field): InputSpec[] => {
    if (field.kind === 'declared' && field.declaration.kind === 'money' && field.declaration.input === false)
      return [moneySpec(object, field.name, field.declaration)]
    if (field.kind !== 'column' || field.options.input !== false || field.column.isGenerated) return []
    const { name, column } = field
    if (PLATFORM_FIELDS.has(name) || column === object.discriminator) return []
    const description = column.description ?? `The ${name}.`
    return [
      {
        kind: 'column',
        name,
        field: name,
        description,
        column,
        scalar: field.options.scalar ?? null,
        schema: columnInput(column),
        cell: null,
      },
    ]
  })
}

/** Fields that the platform sets at every write. The log does not contain them. */
const PLATFORM_FIELDS: ReadonlySet<string> = new Set(['id', 'version', 'createdAt', 'updatedAt', 'deletedAt'])
