import type { Column, Model, Models, Relation } from '../data/models.ts'
import type { ColumnOptions, ItemDeclaration, ObjectDeclaration, InterfaceDeclaration, VariantDeclaration, View, WriteKind } from './declare.ts'
import { type FieldDeclaration, many } from './fields.ts'
import type { Module } from './module.ts'

/** A field of a record, resolved against its model. `owner` is the module that declared it. */
export type Field = { readonly name: string; readonly owner: string } & (
  | { readonly kind: 'column'; readonly column: Column; readonly options: ColumnOptions }
  | { readonly kind: 'one'; readonly relation: Relation; readonly object: string; readonly isWritten: boolean }
  | { readonly kind: 'declared'; readonly declaration: FieldDeclaration }
)

/** Something with fields over a model: an object, or a part of one. */
export interface RecordType {
  readonly name: string
  readonly description: string
  readonly model: Model
  readonly fields: ReadonlyMap<string, Field>
}

/** An object as the whole platform sees it. */
export interface ObjectType extends RecordType {
  readonly owner: string
  readonly prefix: string
  /** Root list field, or null. */
  readonly plural: string | null
  /** Name in root fields and inputs: `account`. */
  readonly singular: string
  readonly where: { readonly column: Column; readonly equals: string } | null
  readonly discriminator: Column | null
  /** Kinds of an abstract object, by the discriminator's value; empty for a concrete one. */
  readonly variants: ReadonlyMap<string, Variant>
  readonly search: Column | null
  readonly writes: ReadonlySet<WriteKind>
  /** Whether its records are put away rather than removed. */
  readonly isSoftDeleted: boolean
  /** Whether its records have ids of their own, for `node(id:)` and references. */
  readonly isNode: boolean
}

/** One kind of an abstract object. */
export interface Variant {
  readonly name: string
  readonly description: string
  readonly kind: string
  readonly prefix: string
  readonly detail: RecordType | null
  /** Name of the object that is this kind, where it is declared as one. */
  readonly object: string | null
}

/** Everything that the modules declare, checked and resolved. */
export interface Registry {
  readonly models: Models
  readonly modules: readonly Module[]
  readonly objects: ReadonlyMap<string, ObjectType>
  readonly interfaces: ReadonlyMap<string, InterfaceDeclaration>
  /** Objects by the prefix of their ids. */
  readonly prefixes: ReadonlyMap<string, ObjectType>
}

/** A declaration that can't be composed. The message names the owner, the place and what to change. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError'
}

const HISTORY = many({
  description: 'What happened to the record, the latest first: who, when, old and new values.',
  object: 'AuditEntry',
  by: 'recordId',
  defaultOrder: [{ field: 'version', direction: 'DESC' }],
})
const RECORD_COLUMNS = ['id', 'version', 'createdAt', 'updatedAt', 'deletedAt'] as const
const RECORD_RELATIONS = ['createdBy', 'updatedBy'] as const

/** Resolves what modules declare. Throws CompositionError on a clash, naming both owners, or on a name the model lacks. */
export function composeRegistry(models: Models, modules: readonly Module[]): Registry {
  const objects = new Map<string, ObjectType>()
  const interfaces = new Map<string, InterfaceDeclaration>()
  const prefixes = new Map<string, ObjectType>()
  const variants = modules.flatMap((module) => (module.variants ?? []).map((variant) => ({ module, variant })))

  for (const module of modules) {
    for (const declaration of module.objects ?? []) {
      const name = declaration.name ?? declaration.model
      const existing = objects.get(name)
      if (existing) throw new CompositionError(`Type ${name} is declared by both ${existing.owner} and ${module.name}. Rename one.`)
      const own = variants.filter(({ variant }) => variant.of === name).map(({ variant }) => variant)
      const object = resolveObject(models, module, declaration, own, extensionsOf(modules, name))
      objects.set(name, object)
      if (object.isNode) for (const prefix of new Set([object.prefix, ...[...object.variants.values()].flatMap((variant) => (variant.object ? [] : [variant.prefix]))])) {
        const holder = prefixes.get(prefix)
        if (holder) throw new CompositionError(`Id prefix ${prefix} is used by both ${holder.name} and ${name}. Change one.`)
        prefixes.set(prefix, object)
      }
    }
    for (const declared of module.interfaces ?? []) interfaces.set(declared.name, declared)
  }
  for (const { module, variant } of variants) {
    if (!objects.has(variant.of)) throw new CompositionError(`${module.name}: ${variant.name} is a kind of ${variant.of}, which nobody declares.`)
  }
  return { models, modules, objects, interfaces, prefixes }
}

/** The object of that name. Throws CompositionError when nobody declares it. */
export function objectNamed(registry: Registry, name: string): ObjectType {
  const object = registry.objects.get(name)
  if (!object) throw new CompositionError(`No module declares an object ${name}. Declared: ${[...registry.objects.keys()].join(', ')}.`)
  return object
}

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
  return { name: view.name, description: view.description, model, fields: resolveFields(owner, view.name, model, {}, {}, view.fields) }
}

function resolveObject(
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
    if (existing) throw new CompositionError(`Field ${name}.${field.name} is declared by both ${existing.owner} and ${field.owner}. Rename one.`)
    fields.set(field.name, field)
  }
  const recordColumns = Object.fromEntries(RECORD_COLUMNS.filter((column) => model.columns.has(column)).map((column) => [column, { input: false }] as const))
  const recordRelations = Object.fromEntries(
    RECORD_RELATIONS.filter((relation) => model.relations.has(relation)).map((relation) => [relation, { input: false }] as const),
  )
  const columns = { ...recordColumns, ...declaration.columns }
  const relations = { ...recordRelations, ...declaration.relations }
  for (const field of resolveFields(owner, name, model, columns, relations, declaration.fields ?? {}).values()) add(field)
  if (declaration.writes && declaration.writes.length > 0) add({ kind: 'declared', name: 'history', owner: 'platform', declaration: HISTORY })
  for (const extension of extensions) {
    for (const [field, declared] of Object.entries(extension.fields)) add({ kind: 'declared', name: field, owner: extension.owner, declaration: declared })
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
    variants: new Map(variants.map((variant) => [variant.kind, resolveVariant(models, owner, declaration.prefix, variant)])),
    search: column(declaration.search),
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
  relations: Readonly<Record<string, { readonly object?: string; readonly input?: false } | undefined>>,
  declared: Readonly<Record<string, FieldDeclaration>>,
): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>()
  for (const [name, options] of Object.entries(columns)) {
    fields.set(name, { kind: 'column', name, owner, column: columnNamed(owner, typeName, model, name), options: options ?? {} })
  }
  for (const [name, options] of Object.entries(relations)) {
    const relation = model.relations.get(name)
    if (!relation) throw new CompositionError(`${owner}: ${typeName}.${name} is no relation of model ${model.name}.`)
    fields.set(name, { kind: 'one', name, owner, relation, object: options?.object ?? relation.target, isWritten: options?.input !== false })
  }
  for (const [name, declaration] of Object.entries(declared)) fields.set(name, { kind: 'declared', name, owner, declaration })
  return fields
}

interface Extension {
  readonly owner: string
  readonly fields: Readonly<Record<string, FieldDeclaration>>
}

function extensionsOf(modules: readonly Module[], object: string): Extension[] {
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

/** The column a relation keeps the other record's id in. */
export function foreignKey(model: Model, relation: Relation): Column {
  const name = relation.columns.find((column) => column !== 'workspaceId')
  const column = name ? model.columns.get(name) : undefined
  if (!column) throw new CompositionError(`Relation ${model.name}.${relation.name} has no column of its own beside workspaceId.`)
  return column
}

/** The column named, or the one behind the relation named. */
export function columnOrForeignKey(model: Model, name: string): Column {
  const relation = model.relations.get(name)
  if (relation) return foreignKey(model, relation)
  const column = model.columns.get(name)
  if (!column) throw new CompositionError(`Model ${model.name} has no column or relation ${name}.`)
  return column
}
