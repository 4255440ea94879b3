import { type GraphQLField, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql'
import { CompositionError } from '../../registry/composition-error.ts'

/**
 * Checks that every field has a guard (what the field requires of the caller), so that nobody can add a field without
 * deciding who may read it.
 * @throws CompositionError that names the field.
 */
export function checkGuards(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue
    for (const field of Object.values(type.getFields())) {
      if (field.extensions.guard) checkKind(`${type.name}.${field.name}`, field)
      else
        throw new CompositionError(
          `${type.name}.${field.name} has no guard. Give the field one (src/platform/permissions/guard.ts).`,
        )
    }
  }
}

/** Checks that a root field has a guard of its own: it has no parent field whose guard could apply. */
function checkKind(coordinate: string, { extensions: { guard, run } }: GraphQLField<unknown, unknown>): void {
  const isRoot = /^(Query|Mutation|Subscription)\./.test(coordinate)
  if ((isRoot || run) && guard?.kind === 'part of a value that is guarded')
    throw new CompositionError(
      `${coordinate} is a root field, so no other field guards it. Give it a guard of its own.`,
    )
}
