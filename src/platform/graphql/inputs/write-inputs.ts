import type { ObjectType, Variant } from '../../registry/object-type.ts'
import { type InputSpec, isRequired } from '../../writes/input/input-specs.ts'
import { type ObjectWriter, variantKey } from '../../writes/input/writer.ts'
import { withArticle } from '../article.ts'
import { columnType, defineInput, type InputField, type TypeStore } from '../types.ts'

/** Fields of an input, from the specs that will parse it. */
function inputFields(store: TypeStore, specs: readonly InputSpec[], isCreate: boolean): Record<string, InputField> {
  return Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      { ...fieldType(store, spec), description: spec.description, isRequired: isCreate && isRequired(spec) },
    ]),
  )
}

function fieldType(store: TypeStore, spec: InputSpec): Pick<InputField, 'type' | 'isList'> {
  switch (spec.kind) {
    case 'column':
      return { type: columnType(spec.column), isList: spec.column.isList }
    case 'money':
      return { type: moneyInput(store) }
    case 'relation':
    case 'reference':
      return { type: 'ID' }
    case 'items': {
      const { inputName, specs } = spec.items
      if (inputName === null) return { type: 'ID', isList: true }
      const { pluginId } = spec.items.model
      defineInput(store, inputName, `${spec.description} One of them.`, () => inputFields(store, specs, true), {
        pluginId,
      })
      return { type: inputName, isList: true }
    }
  }
}

function moneyInput(store: TypeStore): string {
  defineInput(store, 'MoneyInput', 'An amount of money.', () => ({
    amount: { type: 'Decimal', isRequired: true, description: 'The amount, exact.' },
    currency: { type: 'CurrencyCode', isRequired: true, description: 'Its currency.' },
  }))
  return 'MoneyInput'
}

/** Input of a create: for an abstract object, exactly one of its kinds. */
export function defineCreateInput(store: TypeStore, writer: ObjectWriter, verb: string): string {
  const { object } = writer
  const name = `${verb}${object.name}Input`
  if (!object.discriminator) {
    defineInput(store, name, `Values of a new ${object.name}.`, () => inputFields(store, writer.specs, true), {
      pluginId: object.pluginId,
    })
    return name
  }
  defineInput(
    store,
    name,
    `Exactly one kind of ${object.name}, with its values.`,
    () =>
      Object.fromEntries(
        [...object.variants.values()].map((variant) => [
          variantKey(variant),
          {
            type: variantInput(store, writer, verb, variant),
            description: variant.description,
            pluginId: variant.pluginId,
          },
        ]),
      ),
    { isOneOf: true, pluginId: object.pluginId },
  )
  return name
}

function variantInput(store: TypeStore, writer: ObjectWriter, verb: string, variant: Variant): string {
  const name = `${verb}${variant.name}Input`
  defineInput(
    store,
    name,
    `Values of a new ${variant.name}.`,
    () => inputFields(store, [...writer.specs, ...(writer.details.get(variant.kind) ?? [])], true),
    { pluginId: variant.pluginId },
  )
  return name
}

const identity = (object: ObjectType): Record<string, InputField> => ({
  id: { type: 'ID', isRequired: true, description: `Id of the ${object.name}.` },
})

const requiredVersion: InputField = {
  type: 'Int',
  isRequired: true,
  description: 'Version that the change was made from. A stale one changes nothing and answers StaleVersionError.',
}

/** Input of an update: fields that are left out stay as they are, null empties. */
export function defineUpdateInput(store: TypeStore, writer: ObjectWriter): string {
  const { object } = writer
  const name = `Update${object.name}Input`
  defineInput(
    store,
    name,
    `Changes to ${withArticle(object.name)}. What is left out stays as it is; null empties a field.`,
    () => ({
      ...identity(object),
      version: requiredVersion,
      ...inputFields(store, writer.specs, false),
      ...Object.fromEntries(
        [...object.variants.values()].flatMap((variant) => {
          const specs = writer.details.get(variant.kind) ?? []
          if (specs.length === 0) return []
          const type = `Update${variant.name}Input`
          defineInput(
            store,
            type,
            `Changes to what only ${withArticle(variant.name)} has.`,
            () => inputFields(store, specs, false),
            { pluginId: variant.pluginId },
          )
          const description = `Changes to what only ${withArticle(variant.name)} has.`
          return [[variantKey(variant), { type, description, pluginId: variant.pluginId }]]
        }),
      ),
    }),
    { pluginId: object.pluginId },
  )
  return name
}

export function defineActInput(store: TypeStore, object: ObjectType, act: string, pluginId: string): string {
  const name = `${act.charAt(0).toUpperCase()}${act.slice(1)}Input`
  defineInput(
    store,
    name,
    `Which ${object.name}, and the version it was seen in.`,
    () => ({
      ...identity(object),
      version: requiredVersion,
    }),
    { pluginId },
  )
  return name
}

export function defineDeletionInput(store: TypeStore, object: ObjectType, verb: string): string {
  const name = `${verb}${object.name}Input`
  defineInput(
    store,
    name,
    `Which ${object.name}.`,
    () => ({
      ...identity(object),
      version: { type: 'Int', description: 'Version it was seen in; when given, a stale one changes nothing.' },
    }),
    { pluginId: object.pluginId },
  )
  return name
}

export function defineCreateManyInput(
  store: TypeStore,
  object: ObjectType,
  verb: string,
  plural: string,
  createInput: string,
): string {
  const name = `${verb}${plural}Input`
  defineInput(
    store,
    name,
    `New records of ${object.name}.`,
    () => ({
      records: { type: createInput, isList: true, isRequired: true, description: 'Values of each, 1,000 at most.' },
      errorPolicy: {
        type: 'BulkErrorPolicy',
        description: 'What happens when some of them have errors.',
        defaultValue: 'REJECT_ALL',
      },
    }),
    { pluginId: object.pluginId },
  )
  return name
}
