import type { Act } from '../../declare/rules/act.ts'
import { actInputName } from '../../registry/acts.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { ObjectType, Variant } from '../../registry/object-type.ts'
import { type InputSpec, isRequired } from '../../writes/input/input-specs.ts'
import { type ObjectWriter, variantKey } from '../../writes/input/writer.ts'
import { withArticle } from '../article.ts'
import { pluralWords, words } from '../descriptions.ts'
import { columnType, defineInput, type InputField, type TypeStore } from '../types.ts'
import { declaredInputFields } from './declared-arguments.ts'

/**
 * Returns the fields of an input type, from the specs by which the server parses the input.
 * @param isCreate Whether the input is of a new record or item: required fields have to be in it.
 */
function inputFields(store: TypeStore, specs: readonly InputSpec[], isCreate: boolean): Record<string, InputField> {
  return Object.fromEntries(
    specs
      .filter((spec) => isCreate || !spec.isCreateOnly)
      .map((spec) => [
        spec.name,
        {
          ...fieldType(store, spec),
          description: descriptionOf(spec, isCreate),
          isRequired: isCreate && isRequired(spec),
        },
      ]),
  )
}

/** Returns the description of an input field; for a list, with its maximum length and what an update does with it. */
function descriptionOf(spec: InputSpec, isCreate: boolean): string {
  const isList = spec.kind === 'items' || (spec.kind === 'column' && spec.column.isList)
  if (!isList) return spec.description
  const sentences = [spec.description]
  if (!isCreate) sentences.push('The list replaces the stored list.')
  if (spec.kind === 'items') {
    const { max, primary } = spec.items
    sentences.push(`At most ${max} entries.`)
    if (primary) sentences.push(`When no entry has \`${primary.name}\`, the first entry becomes the primary entry.`)
  }
  return sentences.join(' ')
}

function fieldType(store: TypeStore, spec: InputSpec): Pick<InputField, 'type' | 'isList'> {
  switch (spec.kind) {
    case 'column':
      return { type: spec.scalar ?? columnType(spec.column), isList: spec.column.isList }
    case 'money':
      return { type: moneyInput(store) }
    case 'relation':
    case 'reference':
      return { type: 'ID' }
    case 'items': {
      const { inputName, specs } = spec.items
      if (inputName === null) return { type: 'ID', isList: true }
      const { pluginId, description } = spec.items.model
      const entry = `An entry of the list \`${spec.name}\`. ${description ?? spec.description}`
      defineInput(store, inputName, entry, () => inputFields(store, specs, true), { pluginId })
      return { type: inputName, isList: true }
    }
  }
}

function moneyInput(store: TypeStore): string {
  defineInput(store, 'MoneyInput', 'An amount of money.', () => ({
    amount: {
      type: 'Decimal',
      isRequired: true,
      description: 'Exact amount in the main unit of the currency: `"12.50"` for 12 euros and 50 cents.',
    },
    currency: { type: 'CurrencyCode', isRequired: true, description: 'Currency of the amount.' },
  }))
  return 'MoneyInput'
}

/**
 * Defines the input type of a create, and returns the name of the type. For an abstract object, which has variants such
 * as `Call` of `Interaction`, the type has one field for each variant.
 * @param verb beginning of the mutation's name: `Create`, or `Log` for an abstract object
 */
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
    `Values of a new ${words(object.name)}. Set exactly one field: the field determines the kind of the ${words(object.name)}.`,
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

/** Defines the input type of an update. Returns its name. */
export function defineUpdateInput(store: TypeStore, writer: ObjectWriter): string {
  const { object } = writer
  const name = `Update${object.name}Input`
  defineInput(
    store,
    name,
    `Changes to ${withArticle(words(object.name))}. A field that is left out keeps its value. Null removes the value, and is an error for a field that must have a value.`,
    () => ({
      ...identity(object),
      version: requiredVersion,
      ...inputFields(store, writer.specs, false),
      ...Object.fromEntries(
        [...object.variants.values()].flatMap((variant) => {
          const specs = writer.details.get(variant.kind) ?? []
          if (specs.length === 0) return []
          const type = `Update${variant.name}Input`
          const noun = withArticle(words(variant.name))
          const description = `Changes to fields that only ${noun} has; an error when the record is not ${noun}.`
          defineInput(store, type, description, () => inputFields(store, specs, false), { pluginId: variant.pluginId })
          return [[variantKey(variant), { type, description, pluginId: variant.pluginId }]]
        }),
      ),
    }),
    { pluginId: object.pluginId },
  )
  return name
}

/** Returns what the input of a business act is. */
export function actInputDescription(object: ObjectType, { input = {} }: Act): string {
  const further = Object.keys(input).length > 0 ? ' Further fields are what the act needs.' : ''
  return `Id of the ${words(object.name)}, and the version of it that the client read.${further}`
}

/**
 * Defines the input type of a business act (a mutation such as `completeTask`). Returns its name.
 * @throws CompositionError when the act declares a field that every act has.
 */
export function defineActInput(store: TypeStore, object: ObjectType, act: Act, pluginId: string): string {
  const name = actInputName(act.name)
  const own = { ...identity(object), version: requiredVersion }
  for (const field of Object.keys(act.input ?? {}))
    if (Object.hasOwn(own, field))
      throw new CompositionError(
        `${pluginId}: ${name}.${field} is a field that every act has already. Rename the one that ${act.name} declares.`,
      )
  const declared = () => ({ ...own, ...declaredInputFields(store, pluginId, act.input ?? {}) })
  defineInput(store, name, actInputDescription(object, act), declared, { pluginId })
  return name
}

/** Defines the input type of a delete or a restore. Returns its name. */
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
          'Version of the record that the client read. If the record has changed since, nothing is written and the payload has a StaleVersionError. When `version` is left out, it is not checked.',
      },
    }),
    { pluginId: object.pluginId },
  )
  return name
}

/** Defines the input type of a mutation that creates several records. Returns its name. */
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
    `The ${pluralWords(object)} to create, and what happens when some of them have errors.`,
    () => ({
      records: {
        type: createInput,
        isList: true,
        isRequired: true,
        description: 'Values of the new records, at most 1,000. They are created in this order.',
      },
      errorPolicy: {
        type: 'BulkErrorPolicy',
        description:
          'What happens when some of the records have errors: nothing is written, or the other records are created.',
        defaultValue: 'REJECT_ALL',
      },
    }),
    { pluginId: object.pluginId },
  )
  return name
}
