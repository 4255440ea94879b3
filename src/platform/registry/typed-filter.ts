import { toRecordId } from '../declare/record-id.ts'
import type { ObjectType, Registry } from './object-type.ts'
import { objectNamed } from './registry.ts'

/**
 * Returns the filter with plain uuids replaced by record ids, which the filters of the API require. Only conditions on
 * `id` are changed, including conditions on the `id` of related records. For filters that plugins write.
 */
export function typedFilter(registry: Registry, object: ObjectType, filter: unknown): unknown {
  if (Array.isArray(filter)) return filter.map((element: unknown) => typedFilter(registry, object, element))
  if (filter === null || typeof filter !== 'object') return filter
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]) => {
      if (name === 'AND' || name === 'OR' || name === 'NOT') return [name, typedFilter(registry, object, value)]
      const field = object.fields.get(name)
      if (name === 'id') return [name, typedCondition(object, value)]
      const target =
        field?.kind === 'one'
          ? field.object
          : field?.kind === 'declared' && field.declaration.kind === 'many'
            ? field.declaration.object
            : null
      if (target === null || value === null || typeof value !== 'object') return [name, value]
      const related = objectNamed(registry, target)
      return [
        name,
        Object.fromEntries(
          Object.entries(value).map(([operator, operand]) => [operator, typedFilter(registry, related, operand)]),
        ),
      ]
    }),
  )
}

/** Returns a condition on the object's `id` with plain uuids replaced by record ids. */
function typedCondition(object: ObjectType, condition: unknown): unknown {
  if (typeof condition === 'string') return toRecordId(object.prefix, condition)
  if (Array.isArray(condition)) return condition.map((element: unknown) => typedCondition(object, element))
  if (condition === null || typeof condition !== 'object') return condition
  return Object.fromEntries(
    Object.entries(condition).map(([operator, operand]) => [operator, typedCondition(object, operand)]),
  )
}
