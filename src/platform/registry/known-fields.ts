import { unknownName } from './known-permissions.ts'
import type { ObjectType, Registry } from './object-type.ts'
import { objectBySingular } from './registry.ts'

/**
 * Returns a message when the field in a permission does not exist; null when it exists, and for a permission without a
 * field. The fields that plugins add by `schema` are known only after the GraphQL schema was built.
 */
export function fieldProblem(
  registry: Registry,
  { object, field }: { readonly object: string; readonly field: string | null },
): string | null {
  const fields = fieldNames(objectBySingular(registry, object))
  return field === null || fields.includes(field) ? null : unknownName(`field of ${object}`, field, fields)
}

function fieldNames(object: ObjectType | undefined): string[] {
  if (!object) return []
  const details = [...object.variants.values()].flatMap(({ detail }) => [...(detail?.fields.keys() ?? [])])
  return [...object.fields.keys(), ...object.schemaFields.keys(), ...details, ...object.conditions.keys()]
}
