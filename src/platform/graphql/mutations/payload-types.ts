import type { OperationOutputType, OperationPayloadField } from '../../declare/rules/operation-output.ts'
import { GUARDED_BY_PARENT_OPTIONS } from '../../permissions/guard.ts'
import type { Answer } from '../../reads/reading.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { SchemaTypes } from '../builder.ts'
import { byResponseKey } from '../builder.ts'
import { claimType, ownedBy, requireType } from '../name-claims.ts'
import { defineEnum, outputType, type TypeStore } from '../types.ts'

type Declared = OperationPayloadField['type']

/**
 * Returns the name of the type of values that a plugin's code returns. Defines the type when `type` is its declaration
 * and not a name.
 * @param place the field, for messages, such as `Query.greeting`
 */
export function definePayloadType(store: TypeStore, plugin: string, place: string, type: Declared): string {
  if (typeof type === 'string') {
    requireType(store.claims, type, plugin, place)
    return type
  }
  claimType(store.claims, type.name, plugin, type)
  if (store.outputs.has(type.name)) return type.name
  if (store.inputs.has(type.name)) throw usedBothWays(plugin, type.name)
  if ('values' in type) {
    const values = Object.entries(type.values).map(([name, description]) => ({ name, description }))
    defineEnum(store, type.name, type.description, values, plugin)
    return type.name
  }
  const ref = store.builder.objectRef<Answer>(type.name)
  store.outputs.set(type.name, ref)
  ref.implement({
    ...ownedBy(store.registry, plugin),
    description: type.description,
    fields: (t) => payloadFields(store, t, plugin, type.name, type.fields),
  })
  return type.name
}

/** Returns the error for a declared type that is used both in an input and in a payload. */
export function usedBothWays(plugin: string, name: string): CompositionError {
  return new CompositionError(
    `${plugin}: the type ${name} is used both in an input and in a payload. In GraphQL these are different types: declare two, with two names.`,
  )
}

type FieldBuilder = PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Answer>

function payloadFields(
  store: TypeStore,
  t: FieldBuilder,
  plugin: string,
  typeName: string,
  fields: OperationOutputType['fields'],
) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, declared]) => {
      const options = payloadOptions(store, plugin, `${typeName}.${name}`, declared)
      if (declared.isList) return [name, t.field({ ...options, type: [options.type], resolve: listOrEmpty })]
      return [name, t.field({ ...options, resolve: byResponseKey })]
    }),
  )
}

function listOrEmpty(...[answer, args, context, info]: Parameters<typeof byResponseKey>): readonly unknown[] {
  const value = byResponseKey(answer, args, context, info)
  return Array.isArray(value) ? value : []
}

/**
 * Returns the builder options of a field whose value a plugin's code returns.
 * @throws CompositionError for a record in a field that is not nullable: the record may not be visible to the caller.
 */
export function payloadOptions(store: TypeStore, plugin: string, place: string, declared: OperationPayloadField) {
  const name = definePayloadType(store, plugin, place, declared.type)
  const isRecord = name === 'Node' || store.registry.interfaces.has(name) || store.registry.objects.get(name)?.isNode
  if (isRecord && !declared.isList && !declared.isNullable)
    throw new CompositionError(
      `${plugin}: ${place} is a ${name}, which may not be visible to the caller. Make it nullable or a list.`,
    )
  return {
    ...GUARDED_BY_PARENT_OPTIONS,
    type: outputType(store, name, `${plugin}: ${place}`),
    description: declared.description,
    nullable: declared.isNullable ?? false,
  }
}
