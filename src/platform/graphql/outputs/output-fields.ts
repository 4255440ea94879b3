import type { FieldMap } from '@pothos/core'
import type { Answer } from '../../reads/reading.ts'
import { byResponseKey, listByResponseKey, type SchemaTypes } from '../builder.ts'
import { ownedBy } from '../name-claims.ts'
import { type InputField, inputType, type OutputField, outputType, type TypeStore } from '../types.ts'

type FieldBuilder = PothosSchemaTypes.RootFieldBuilder<SchemaTypes, Answer, 'Object' | 'Interface' | 'Query'>

/**
 * Returns the fields in the form of the Pothos builder. Each field resolves to its value in the answer (the data of the
 * response), by response key.
 */
export function outputFields(store: TypeStore, t: FieldBuilder, fields: readonly OutputField[]): FieldMap {
  return Object.fromEntries(
    fields.map((field) => {
      const type = outputType(store, field.type)
      const options = {
        description: field.description,
        ...(field.deprecated === undefined ? {} : { deprecationReason: field.deprecated }),
        args: Object.fromEntries(
          Object.entries(field.args ?? {}).map(([name, arg]) => [name, argument(store, t, arg)]),
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

function argument(store: TypeStore, t: FieldBuilder, arg: InputField) {
  const required = arg.isRequired ?? false
  if (arg.isList) return t.arg({ type: [inputType(store, arg.type)], required, description: arg.description })
  return t.arg({
    type: inputType(store, arg.type),
    required,
    description: arg.description,
    ...(arg.defaultValue === undefined ? {} : { defaultValue: arg.defaultValue }),
    ...(arg.cost === undefined ? {} : { extensions: { cost: arg.cost } }),
  })
}
