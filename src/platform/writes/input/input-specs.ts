import type { ZodType } from 'zod'
import type { Column, Model } from '../../data/models/models.ts'
import { columnInput } from '../../declare/objects/column-input.ts'
import type { ItemDeclaration } from '../../declare/objects/item.ts'
import type { MoneyField } from '../../declare/objects/money-field.ts'
import { columnOrForeignKey, foreignKey } from '../../registry/columns.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { Field, ObjectType, RecordType, Registry } from '../../registry/object-type.ts'
import { resolveItem } from '../../registry/resolve-object.ts'

/** One field of an input, and the columns in which its value is stored. Derived from the declaration of the object. */
export type InputSpec = {
  readonly name: string
  /** Field of the record that the input field sets, such as `owner` for `ownerId`. Permissions use this name. */
  readonly field: string
  readonly description: string
  /** Whether only the input of a create has the field. */
  readonly isCreateOnly?: boolean
  /** Whether a rule sets the field when the client leaves it out. */
  readonly hasRuleDefault?: boolean
} & (
  | {
      readonly kind: 'column'
      readonly column: Column
      /** Name of the plugin's scalar that is the GraphQL type of the input field; null for a type of the platform. */
      readonly scalar: string | null
      /** Checks and normalises the value that a client writes. */
      readonly schema: ZodType
      /** For imports: converts the text of a cell of the file to a value for `schema`. Null: the text is used. */
      readonly cell: ZodType<string> | null
    }
  | { readonly kind: 'relation'; readonly column: Column; readonly object: string }
  | { readonly kind: 'money'; readonly amount: Column; readonly currency: Column }
  | { readonly kind: 'reference'; readonly typeColumn: Column; readonly idColumn: Column; readonly to: string }
  | { readonly kind: 'items'; readonly items: ItemsSpec }
)

/** The items of a record: rows of another model that refer to the record. */
export interface ItemsSpec {
  readonly model: Model
  /** GraphQL input type of one item; null where the input is a list of record ids. */
  readonly inputName: string | null
  /** The input fields of one item. */
  readonly specs: readonly InputSpec[]
  /** Column that holds the record's id. */
  readonly parent: Column
  /** Boolean column that marks the primary item of the record; null when the items have no such column. */
  readonly primary: Column | null
  /** Maximum number of items of one record. */
  readonly max: number
}

/** Maximum number of items of one record, unless the declaration sets another limit. */
const MAX_ITEMS = 200

/** Returns the specs of the input fields of a create or update of the object. */
export function inputSpecs(registry: Registry, object: ObjectType): InputSpec[] {
  return specsOf(registry, object)
}

/** Returns the specs of the input fields of a variant that are stored in its detail table. */
export function detailSpecs(registry: Registry, detail: RecordType): InputSpec[] {
  return specsOf(registry, detail)
}

/** Returns the specs of the fields of a type that clients can write. */
function specsOf(registry: Registry, type: RecordType): InputSpec[] {
  return [...type.fields.values()].flatMap((field) => specOf(registry, type, field) ?? [])
}

/** Returns the spec of a field, or null when clients can't write it. */
function specOf(registry: Registry, type: RecordType, field: Field): InputSpec | null {
  if (field.kind === 'column') {
    const { column, options } = field
    if (options.input === false || column.isGenerated) return null
    const described = { name: field.name, field: field.name, description: column.description ?? `The ${field.name}.` }
    return {
      ...described,
      isCreateOnly: options.onlyOnCreate === true,
      hasRuleDefault: options.hasRuleDefault === true,
      kind: 'column',
      column,
      scalar: options.scalar ?? null,
      schema: options.input ?? columnInput(column),
      cell: options.cell ?? null,
    }
  }
  if (field.kind === 'one') {
    if (!field.isWritten) return null
    const column = foreignKey(type.model, field.relation)
    return {
      kind: 'relation',
      name: column.name,
      field: field.name,
      description: field.relation.description ?? `Id of the ${field.object}.`,
      column,
      object: field.object,
      isCreateOnly: field.options.onlyOnCreate === true,
      hasRuleDefault: field.options.hasRuleDefault === true,
    }
  }
  const { declaration } = field
  const described = { name: field.name, field: field.name, description: declaration.description }
  if (declaration.kind === 'money') {
    const spec = moneySpec(type, field.name, declaration)
    // An amount that the database computes, such as a weighted one, or a rule, such as a total.
    return declaration.input === false || spec.amount.isGenerated ? null : spec
  }
  if (declaration.kind === 'items') {
    const model = modelNamed(registry, declaration.item.model)
    return {
      ...described,
      kind: 'items',
      items: {
        ...itemSpecs(registry, field.pluginId, declaration.item),
        model,
        inputName: `${declaration.item.name ?? declaration.item.model}Input`,
        parent: columnOrForeignKey(model, declaration.by),
        primary: declaration.primary ? columnNamed(model, declaration.primary) : null,
        max: declaration.max ?? MAX_ITEMS,
      },
    }
  }
  if (declaration.kind === 'many' && declaration.link?.isWritten) {
    const { link } = declaration
    const model = modelNamed(registry, link.item.model)
    const parent = columnOrForeignKey(model, link.by)
    return {
      ...described,
      kind: 'items',
      items: {
        specs: itemSpecs(registry, field.pluginId, link.item).specs.filter(
          (spec) => spec.kind !== 'relation' || spec.column !== parent,
        ),
        model,
        inputName: `${link.item.name ?? link.item.model}Input`,
        parent,
        primary: link.primary ? columnNamed(model, link.primary) : null,
        max: MAX_ITEMS,
      },
    }
  }
  if (declaration.kind === 'many' && declaration.createdWith) {
    const { createdWith: item, by = '' } = declaration
    const model = modelNamed(registry, item.model)
    return {
      ...described,
      isCreateOnly: true,
      kind: 'items',
      items: {
        ...itemSpecs(registry, field.pluginId, item),
        model,
        inputName: `${item.name ?? item.model}Input`,
        parent: columnOrForeignKey(model, by),
        primary: null,
        max: MAX_ITEMS,
      },
    }
  }
  if (declaration.kind === 'reference') {
    if (declaration.input === false) return null
    return {
      ...described,
      kind: 'reference',
      name: declaration.idColumn,
      typeColumn: columnNamed(type.model, declaration.typeColumn),
      idColumn: columnNamed(type.model, declaration.idColumn),
      to: declaration.to,
    }
  }
  if (declaration.kind === 'references') {
    const model = modelNamed(registry, declaration.model)
    return {
      ...described,
      kind: 'items',
      name: declaration.input,
      items: {
        model,
        inputName: null,
        specs: [
          {
            kind: 'reference',
            name: 'id',
            field: field.name,
            description: declaration.description,
            typeColumn: columnNamed(model, declaration.typeColumn),
            idColumn: columnNamed(model, declaration.idColumn),
            to: declaration.to,
          },
        ],
        parent: columnOrForeignKey(model, declaration.by),
        primary: null,
        max: MAX_ITEMS,
      },
    }
  }
  return null
}

/** Returns the spec of an amount of money, whether or not clients can write it. */
export function moneySpec(
  { model }: RecordType,
  name: string,
  { description, amount, currency, hasRuleDefault }: MoneyField,
): Extract<InputSpec, { readonly kind: 'money' }> {
  return {
    kind: 'money',
    name,
    field: name,
    description,
    hasRuleDefault: hasRuleDefault === true,
    amount: columnNamed(model, amount),
    currency: columnNamed(model, currency),
  }
}

function itemSpecs(
  registry: Registry,
  pluginId: string,
  item: ItemDeclaration,
): { readonly specs: readonly InputSpec[] } {
  return { specs: specsOf(registry, resolveItem(registry.models, pluginId, item)) }
}

function modelNamed(registry: Registry, name: string): Model {
  const model = registry.models.models.get(name)
  if (!model) throw new CompositionError(`There is no model ${name}.`)
  return model
}

function columnNamed(model: Model, name: string): Column {
  const column = model.columns.get(name)
  if (!column) throw new CompositionError(`Model ${model.name} has no column ${name}.`)
  return column
}

/** Whether an input of a create must contain the field. */
export function isRequired(spec: InputSpec): boolean {
  if (spec.hasRuleDefault) return false
  if (spec.kind === 'column' || spec.kind === 'relation') return spec.column.isRequired && !spec.column.hasDefault
  if (spec.kind === 'money') return spec.amount.isRequired && !spec.amount.hasDefault
  return spec.kind === 'reference' && spec.idColumn.isRequired
}
