import type { ObjectType, Variant } from '../../registry/object-type.ts'
import { type InputSpec, isRequired } from '../../writes/input/input-specs.ts'
import { type ObjectWriter, variantKey } from '../../writes/input/writer.ts'
import { withArticle } from '../article.ts'
import { pluralWords, words } from '../descriptions.ts'
import { columnType, defineInput, type InputField, type TypeStore } from '../types.ts'

/** Returns the fields of an input type, for the specs that parse it. */
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
      defineInput(
        store,
        inputName,
        `An entry of \`${spec.name}\`. ${spec.description}`,
        () => inputFields(store, specs, true),
        {
          pluginId,
        },
      )
      return { type: inputName, isList: true }
    }
  }
}

function moneyInput(store: TypeStore): string {
  defineInput(store, 'MoneyInput', 'An amount of money.', () => ({
    amount: { type: 'Decimal', isRequired: true, description: 'The exact amount.' },
    currency: { type: 'CurrencyCode', isRequired: true, description: 'Currency of the amount.' },
  }))
  return 'MoneyInput'
}

/** Defines the input of a create; for an abstract object, with one field for each variant. Returns its name. */
export function defineCreateInput(store: TypeStore, writer: ObjectWriter, verb: string): string {
  const { object } = writer
  const name = `${verb}${object.name}Input`
  if (!object.discriminator) {
    defineInput(store, name, `Values of a new ${words(object.name)}.`, () => inputFields(store, writer.specs, true), {
      pluginId: object.pluginId,
    })
    return name
  }
  defineInput(
    store,
    name,
    `Exactly one kind of ${words(object.name)}, with its values.`,
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
    `Values of a new ${words(variant.name)}.`,
    () => inputFields(store, [...writer.specs, ...(writer.details.get(variant.kind) ?? [])], true),
    { pluginId: variant.pluginId },
  )
  return name
}

const identity = (object: ObjectType): Record<string, InputField> => ({
  id: { type: 'ID', isRequired: true, description: `Id of the ${words(object.name)}.` },
})

const requiredVersion: InputField = {
  type: 'Int',
  isRequired: true,
  description:
    'Version of the record that the client read. If the record has changed since, nothing is written and the payload has a StaleVersionError.',
}

/** Defines the input of an update. Returns its name. */
export function defineUpdateInput(store: TypeStore, writer: ObjectWriter): string {
  const { object } = writer
  const name = `Update${object.name}Input`
  defineInput(
    store,
    name,
    `Changes to ${withArticle(words(object.name))}. A field that is left out keeps its value; null clears it.`,
    () => ({
      ...identity(object),
      version: requiredVersion,
      ...inputFields(store, writer.specs, false),
      ...Object.fromEntries(
        [...object.variants.values()].flatMap((variant) => {
          const specs = writer.details.get(variant.kind) ?? []
          if (specs.length === 0) return []
          const type = `Update${variant.name}Input`
          const description = `Changes to fields that only ${withArticle(words(variant.name))} has.`
          defineInput(store, type, description, () => inputFields(store, specs, false), { pluginId: variant.pluginId })
          return [[variantKey(variant), { type, description, pluginId: variant.pluginId }]]
        }),
      ),
    }),
    { pluginId: object.pluginId },
  )
  return name
}

/** Defines the input of a business act. Returns its name. */
export function defineActInput(store: TypeStore, object: ObjectType, act: string, pluginId: string): string {
  const name = `${act.charAt(0).toUpperCase()}${act.slice(1)}Input`
  defineInput(
    store,
    name,
    `The ${words(object.name)}, and the version of it that the client read.`,
    () => ({
      ...identity(object),
      version: requiredVersion,
    }),
    { pluginId },
  )
  return name
}

/** Defines the input of a delete or a restore. Returns its name. */
export function defineDeletionInput(store: TypeStore, object: ObjectType, verb: string): string {
  const name = `${verb}${object.name}Input`
  defineInput(
    store,
    name,
    `The ${words(object.name)} to ${verb.toLowerCase()}.`,
    () => ({
      ...identity(object),
      version: {
        type: 'Int',
        description:
          'Version of the record that the client read; not checked when left out. If the record has changed since, nothing is written and the payload has a StaleVersionError.',
      },
    }),
    { pluginId: object.pluginId },
  )
  return name
}

/** Defines the input of a mutation that creates a list of records. Returns its name. */
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
    `Values of new ${pluralWords(object)}.`,
    () => ({
      records: {
        type: createInput,
        isList: true,
        isRequired: true,
        description: 'Values of each record, at most 1,000.',
      },
      errorPolicy: {
        type: 'BulkErrorPolicy',
        description: 'What happens when some of the records have errors.',
        defaultValue: 'REJECT_ALL',
      },
    }),
    { pluginId: object.pluginId },
  )
  return name
}
