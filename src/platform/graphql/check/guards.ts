import { type GraphQLField, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql'
import { CompositionError } from '../../registry/composition-error.ts'

/**
 * Refuses a schema with a field that does not say what it asks of the caller: whoever adds a field has to think of it.
 * @throws CompositionError that names the field.
 */
export function checkGuards(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue
    for (const field of Object.values(type.getFields())) {
      if (field.extensions.guard) checkKind(`${type.name}.${field.name}`, field)
      else
        throw new CompositionError(
          `${type.name}.${field.name} says nothing of permission. Give its field a guard (src/platform/permissions/guard.ts).`,
        )
    }
  }
}

/** What is read for itself is no part of something else. */
function checkKind(coordinate: string, { extensions: { guard, run } }: GraphQLField<unknown, unknown>): void {
  const isRoot = /^(Query|Mutation|Subscription)\./.test(coordinate)
  if ((isRoot || run) && guard?.kind === 'part of a value that is guarded')
    throw new CompositionError(
      `${coordinate} is a root field, and so no part of anything. Say which permission it needs.`,
    )
}
