import type { PothosInputFieldType, PothosOutputFieldType } from '@pothos/core'
import type { SchemaTypes } from '../builder.ts'

/** Returns the name of the type of a field or argument, without lists. */
export function typeNameOf(type: PothosOutputFieldType<SchemaTypes> | PothosInputFieldType<SchemaTypes>): string {
  if (type.kind === 'List') return typeNameOf(type.type)
  const ref: unknown = type.ref
  return String(ref !== null && typeof ref === 'object' ? Reflect.get(ref, 'name') : ref)
}
