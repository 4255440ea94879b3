import type { Column, Model, Models } from '../data/models/models.ts'
import type { FieldDeclaration } from '../declare/objects/fields.ts'
import type { ColumnOptions, RelationOptions } from '../declare/objects/item.ts'
import { CompositionError } from './composition-error.ts'
import type { Field } from './object-type.ts'

/**
 * Returns the fields of a GraphQL type by name: published columns and relations of the model, then declared fields.
 * @throws CompositionError when the model has no column or relation with a name in `columns` or `relations`.
 */
export function resolveFields(
  pluginId: string,
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
      pluginId,
      isSensitive: options?.sensitive === true,
      column: columnNamed(pluginId, typeName, model, name),
      options: options ?? {},
    })
  }
  for (const [name, options] of Object.entries(relations)) {
    const relation = model.relations.get(name)
    if (!relation)
      throw new CompositionError(`${pluginId}: ${typeName}.${name} is not a relation of model ${model.name}.`)
    fields.set(name, {
      kind: 'one',
      name,
      pluginId,
      isSensitive: options?.sensitive === true,
      relation,
      object: options?.object ?? relation.target,
      isWritten: options?.input !== false,
      options: options ?? {},
      ...(options?.deprecated === undefined ? {} : { deprecated: options.deprecated }),
    })
  }
  for (const [name, declaration] of Object.entries(declared))
    fields.set(name, { kind: 'declared', name, pluginId, isSensitive: declaration.sensitive === true, declaration })
  return fields
}

/**
 * Returns the model with this name.
 * @throws CompositionError when no model has this name.
 */
export function modelNamed(models: Models, pluginId: string, name: string): Model {
  const model = models.models.get(name)
  if (!model) throw new CompositionError(`${pluginId}: there is no model ${name}. Add it to the plugin's .prisma file.`)
  return model
}

/**
 * Returns the column with this name.
 * @throws CompositionError when the model has no such column.
 */
export function columnNamed(pluginId: string, typeName: string, model: Model, name: string): Column {
  const column = model.columns.get(name)
  if (!column) throw new CompositionError(`${pluginId}: ${typeName}.${name} is not a column of model ${model.name}.`)
  return column
}
