import type { FieldMap } from '@pothos/core'
import type { Answer } from '../../reads/reading.ts'
import { CORE } from '../../registry/declaring-plugins.ts'
import { byResponseKey, listByResponseKey, type SchemaTypes } from '../builder.ts'
import { ownedBy, requireType } from '../name-claims.ts'
import { type InputField, inputType, type OutputField, outputType, type TypeStore } from '../types.ts'

type FieldBuilder = PothosSchemaTypes.RootFieldBuilder<SchemaTypes, Answer, 'Object' | 'Interface' | 'Query'>

/**
 * Returns the fields in the form of the Pothos builder. Each field resolves to its value in the answer (the data of the
 * response), by response key.
 */
export function outputFields(store: TypeStore, t: FieldBuilder, fields: readonly OutputField[]): FieldMap {
  return Object.fromEntries(
    fields.map((field) => {
      const place = `${field.pluginId ?? CORE}: the field ${field.name}`
      if (field.pluginId !== undefined) requireType(store.claims, field.type, field.pluginId, `the field ${field.name}`)
      const type = outputType(store, field.type, place)
      const options = {
        description: field.description,
        ...(field.deprecated === undefined ? {} : { deprecationReason: field.deprecated }),
        args: Object.fromEntries(
          Object.entries(field.args ?? {}).map(([name, arg]) => [name, argument(store, t, arg, field, name)]),
        ),
        extensions: {
          guard: field.guard,
          ...(field.read ? { read: field.read } : {}),
          ...(field.run ? { run: field.run } : {}),
          ...(field.cost ? { cost: field.cost } : {}),
          ...(field.pluginId ? ownedBy(store.registry, field.pluginId).extensions : {}),
        },
      }
      if (field.list === 'no')
        return [field.name, t.field({ ...options, type, nullable: field.isNullable, resolve: byResponseKey })]
      return [
        field.name,
        t.field({
          ...options,
          type: [type],
          nullable: { list: field.isNullable, items: field.list === 'of nullable' },
          resolve: listByResponseKey,
        }),
      ]
    }),
  )
}

function argument(store: TypeStore, t: FieldBuilder, arg: InputField, field: OutputField, name: string) {
  const required = arg.isRequired ?? false
  const place = `the argument ${name} of ${field.name}`
  if (field.pluginId !== undefined) requireType(store.claims, arg.type, field.pluginId, place)
  const type = inputType(store, arg.type, `${field.pluginId ?? CORE}: ${place}`)
  if (arg.isList) return t.arg({ type: [type], required, description: arg.description })
  return t.arg({
    type,
    required,
    description: arg.description,
    ...(arg.defaultValue === undefined ? {} : { defaultValue: arg.defaultValue }),
    ...(arg.cost === undefined ? {} : { extensions: { cost: arg.cost } }),
  })
}
