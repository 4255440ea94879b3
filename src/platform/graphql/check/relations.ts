import type { Model } from '../../data/models/models.ts'
import type { FieldDeclaration } from '../../declare/objects/fields.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import { objectNamed } from '../../registry/registry.ts'

/**
 * Checks the relations, columns and order by which a field finds its rows: without this check, a wrong name would fail
 * only when the field is read.
 * @throws CompositionError that names the plugin, the field and the existing names.
 */
export function checkRelations(
  registry: Registry,
  place: string,
  pluginId: string,
  declaration: FieldDeclaration,
): void {
  const requireRelation = (model: Model, option: string, name: string | undefined) => {
    if (name !== undefined && (model.columns.has(name) || model.relations.has(name))) return
    const names = [...model.relations.keys(), ...model.columns.keys()].join(', ')
    throw new CompositionError(
      `${pluginId}: ${place} has ${option}: ${JSON.stringify(name ?? null)}, and the model ${model.name} has no such relation or column. It has: ${names}.`,
    )
  }
  const modelNamed = (name: string): Model | undefined => registry.models.models.get(name)
  if (declaration.kind === 'items' || declaration.kind === 'references') {
    const model = modelNamed(declaration.kind === 'items' ? declaration.item.model : declaration.model)
    if (model) requireRelation(model, 'by', declaration.by)
  }
  if (declaration.kind !== 'many') return
  const object = objectNamed(registry, declaration.object)
  const { link } = declaration
  const model = link ? modelNamed(link.item.model) : object.model
  if (model) requireRelation(model, 'by', link ? link.by : declaration.by)
  if (model && link) requireRelation(model, 'to', link.to)
  for (const { field } of declaration.defaultOrder ?? []) checkOrder(object, field, `${pluginId}: ${place}`)
}

/**
 * Checks that lists of an object can be sorted by a field. A computed field has no index, and with arguments no single
 * value.
 */
function checkOrder(object: ObjectType, name: string, who: string): void {
  const field = object.fields.get(name)
  if (!field) throw new CompositionError(`${who} is ordered by ${name}, which ${object.name} does not have.`)
  if (field.kind === 'column' || (field.kind === 'declared' && field.declaration.kind === 'money')) return
  const kind = field.kind === 'one' ? 'related record' : `${field.declaration.kind} field`
  const hasArgs = field.kind === 'declared' && 'args' in field.declaration
  const what = `a ${kind}${hasArgs ? ' with arguments' : ''}`
  throw new CompositionError(
    `${who} is ordered by ${name}, which is ${what}. Lists of ${object.name} are ordered by columns and amounts of money.`,
  )
}
