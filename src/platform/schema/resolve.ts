import type { Column, Model, Models } from '../data/models.ts'
import { CompositionError } from './composition-error.ts'
import type {
  ColumnOptions,
  ItemDeclaration,
  ObjectDeclaration,
  RelationOptions,
  VariantDeclaration,
  View,
} from './declare.ts'
import { type FieldDeclaration, many } from './fields.ts'
import type { Module } from './module.ts'
import type { Field, ObjectType, RecordType, Registry, Variant } from './registry.ts'

const HISTORY = many({
  description: 'What happened to the record, the latest first: who, when, old and new values.',
  object: 'AuditEntry',
  by: 'recordId',
  defaultOrder: [{ field: 'version', direction: 'DESC' }],
})
const RECORD_COLUMNS = ['id', 'version', 'createdAt', 'updatedAt', 'deletedAt'] as const
const RECORD_RELATIONS = ['createdBy', 'updatedBy'] as const

/** Resolves a part of a record against its model. */
export function resolveItem(models: Models, owner: string, declaration: ItemDeclaration): RecordType {
  const model = modelNamed(models, owner, declaration.model)
  const name = declaration.name ?? declaration.model
  return {
    name,
    description: declaration.description ?? model.description ?? name,
    model,
    fields: resolveFields(owner, name, model, declaration.columns, declaration.relations ?? {}, {}),
  }
}

/** A view as a type over the actors' model. */
export function resolveView(registry: Registry, owner: string, view: View): RecordType {
  const model = modelNamed(registry.models, owner, 'Actor')
  return {
    name: view.name,
    description: view.description,
    model,
    fields: resolveFields(owner, view.name, model, {}, {}, view.fields),
  }
}

/** Resolves an object with what other modules add to it. */
export function resolveObject(
  models: Models,
  module: Module,
  declaration: ObjectDeclaration,
  variants: readonly VariantDeclaration[],
  extensions: readonly Extension[],
): ObjectType {
  const owner = module.name
  const model = modelNamed(models, owner, declaration.model)
  const name = declaration.name ?? declaration.model
  const fields = new Map<string, Field>()
  const add = (field: Field) => {
    const existing = fields.get(field.name)
    if (existing)
      throw new CompositionError(
        `Field ${name}.${field.name} is declared by both ${existing.owner} and ${field.owner}. Rename one.`,
      )
    fields.set(field.name, field)
  }
  const recordColumns = Object.fromEntries(
    RECORD_COLUMNS.filter((column) => model.columns.has(column)).map((column) => [column, { input: false }] as const),
  )
  const recordRelations = Object.fromEntries(
    RECORD_RELATIONS.filter((relation) => model.relations.has(relation)).map(
      (relation) => [relation, { input: false }] as const,
    ),
  )
  const columns = { ...recordColumns, ...declaration.columns }
  const relations = { ...recordRelations, ...declaration.relations }
  for (const field of resolveFields(owner, name, model, columns, relations, declaration.fields ?? {}).values())
    add(field)
  if (declaration.writes && declaration.writes.length > 0)
    add({ kind: 'declared', name: 'history', owner: 'platform', declaration: HISTORY })
  for (const extension of extensions) {
    for (const [field, declared] of Object.entries(extension.fields))
      add({ kind: 'declared', name: field, owner: extension.owner, declaration: declared })
  }
  const column = (columnName: string | undefined) => (columnName ? columnNamed(owner, name, model, columnName) : null)
  const restriction = column(declaration.where?.column)
  return {
    name,
    owner,
    description: declaration.description ?? model.description ?? name,
    model,
    fields,
    prefix: declaration.prefix,
    plural: declaration.plural ?? null,
    singular: name.charAt(0).toLowerCase() + name.slice(1),
    where: restriction && declaration.where ? { column: restriction, equals: declaration.where.equals } : null,
    discriminator: column(declaration.discriminator),
    variants: new Map(
      variants.map((variant) => [variant.kind, resolveVariant(models, owner, declaration.prefix, variant)]),
    ),
    search: column(declaration.search),
    naturalKey: declaration.naturalKey ?? [],
    writes: new Set(declaration.writes ?? []),
    isSoftDeleted: model.columns.has('deletedAt'),
    isNode: model.columns.has('id') && !model.isView,
  }
}

function resolveVariant(models: Models, owner: string, prefix: string, variant: VariantDeclaration): Variant {
  return {
    name: variant.name,
    description: variant.description,
    kind: variant.kind,
    prefix: variant.prefix ?? prefix,
    detail: variant.detail ? resolveItem(models, owner, variant.detail) : null,
    object: variant.isObject ? variant.name : null,
  }
}

function resolveFields(
  owner: string,
  typeName: string,
  model: Model,
  columns: Readonly<Record<string, ColumnOptions | undefined>>,
  relations: Readonly<Record<string, RelationOptions | undefined>>,
  declared: Readonly<Record<string, FieldDeclaration>>,
): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const [name, options] of Object.entries(columns)) {
    fields.set(name, {
      kind: 'column',
      name,
      owner,
      column: columnNamed(owner, typeName, model, name),
      options: options ?? {},
    })
  }
  for (const [name, options] of Object.entries(relations)) {
    const relation = model.relations.get(name)
    if (!relation) throw new CompositionError(`${owner}: ${typeName}.${name} is no relation of model ${model.name}.`)
    fields.set(name, {
      kind: 'one',
      name,
      owner,
      relation,
      object: options?.object ?? relation.target,
      isWritten: options?.input !== false,
    })
  }
  for (const [name, declaration] of Object.entries(declared))
    fields.set(name, { kind: 'declared', name, owner, declaration })
  return fields
}

/** Fields that a module adds to another's object. */
export interface Extension {
  readonly owner: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
}

/** What modules add to another's object. */
export function extensionsOf(modules: readonly Module[], object: string): Extension[] {
  return modules.flatMap((module) => {
    const fields = module.extend?.[object]
    return fields ? [{ owner: module.name, fields }] : []
  })
}

function modelNamed(models: Models, owner: string, name: string): Model {
  const model = models.models.get(name)
  if (!model) throw new CompositionError(`${owner}: no model ${name}. Add it to the module's .prisma file.`)
  return model
}

function columnNamed(owner: string, typeName: string, model: Model, name: string): Column {
  const column = model.columns.get(name)
  if (!column) throw new CompositionError(`${owner}: ${typeName}.${name} is no column of model ${model.name}.`)
  return column
}
