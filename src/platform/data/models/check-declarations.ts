import type { Model, View } from '@mrleebo/prisma-ast'
import {
  CORE,
  type Declaration,
  databaseName,
  describeFile,
  describePlugin,
  fieldsOf,
  isObject,
  relationOf,
  uniqueKeys,
} from './model-declarations.ts'
import { ModelError } from './model-error.ts'

type ByName = ReadonlyMap<string, Declaration>

/**
 * For each plugin (key: its id, or `core`), the ids of the other plugins whose models it may refer to. Every plugin may
 * also refer to its own models and to the models of core.
 */
export type Dependencies = ReadonlyMap<string, readonly string[]>

/**
 * Checks that the declarations of core and the plugins can exist together in one database, and that each plugin can be
 * removed completely.
 * @throws ModelError that names the files and plugins of the declarations that conflict.
 */
export function checkDeclarations(declarations: readonly Declaration[], dependencies: Dependencies): void {
  const byName = refuseDuplicates(declarations, ({ block }) => block.name, 'The name')
  refuseDuplicates(declarations, ({ block }) => databaseName(block), 'The table or type name')
  for (const declaration of declarations) {
    if (declaration.pluginId !== CORE) checkDatabaseName(declaration)
    if (!isObject(declaration)) continue
    if (declaration.pluginId !== CORE) checkKey(declaration)
    for (const field of fieldsOf(declaration.block)) checkField(declaration, field, byName, dependencies)
  }
}

/**
 * Returns the declarations by name. Throws a ModelError when two declarations have the same name. `what` is the kind of
 * name for the message, such as `The name`.
 */
function refuseDuplicates(
  declarations: readonly Declaration[],
  nameOf: (declaration: Declaration) => string,
  what: string,
) {
  const seen = new Map<string, Declaration>()
  for (const declaration of declarations) {
    const name = nameOf(declaration)
    const first = seen.get(name)
    if (first) {
      throw new ModelError(
        `${what} ${name} is declared twice: in ${fileOf(first)} and in ${fileOf(declaration)}. ` +
          `Rename it in ${describePlugin(declaration.pluginId)}.`,
      )
    }
    seen.set(name, declaration)
  }
  return seen
}

function checkDatabaseName(declaration: Declaration): void {
  const { pluginId, block } = declaration
  const name = databaseName(block)
  if (name.startsWith(`${pluginId}_`)) return
  throw new ModelError(
    `${block.name} in ${fileOf(declaration)} has the ${block.type === 'enum' ? 'type' : 'table'} ${name}. ` +
      `The tables and types of a plugin start with its id: write @@map("${pluginId}_…").`,
  )
}

function checkKey(declaration: Declaration<Model | View>): void {
  const { block } = declaration
  if (block.type === 'model' && uniqueKeys(block)[0]?.[0] !== 'workspaceId') {
    throw new ModelError(
      `${block.name} in ${fileOf(declaration)} has a primary key without the workspace. ` +
        'Write @@id([workspaceId, id]), so that no row can belong to two workspaces.',
    )
  }
}

function checkField(
  declaration: Declaration<Model | View>,
  field: ReturnType<typeof fieldsOf>[number],
  byName: ByName,
  dependencies: Dependencies,
): void {
  const target = typeof field.fieldType === 'string' ? byName.get(field.fieldType) : undefined
  if (!target) return
  const { pluginId, block } = declaration
  const where = `${block.name}.${field.name} in ${fileOf(declaration)}`
  if (
    target.pluginId !== CORE &&
    target.pluginId !== pluginId &&
    !dependencies.get(pluginId)?.includes(target.pluginId)
  ) {
    throw new ModelError(
      `${where} refers to ${target.block.name} of ${describePlugin(target.pluginId)}. ` +
        (pluginId === CORE
          ? `Core cannot depend on a plugin; reverse the relation or keep it in ${describePlugin(target.pluginId)}.`
          : `A plugin may refer to core, to itself and to plugins that it depends on: add depends: { ${target.pluginId}: '^…' }.`),
    )
  }
  if (!isObject(target)) return
  const relation = relationOf(field)
  if (!relation) {
    throw new ModelError(
      `${where} is a relation without @relation(fields: […], references: […]). ` +
        `Declare a relation on the side that holds the key; the opposite field is added automatically.`,
    )
  }
  if (target.pluginId !== pluginId && !allowsTargetDeletion(target, relation.onDelete)) {
    throw new ModelError(
      `${where} refers to ${target.block.name} of ${describePlugin(target.pluginId)} with onDelete ${relation.onDelete ?? 'left out'}. ` +
        'Write Cascade or SetNull: a plugin must not keep others from deleting their records. NoAction is allowed only for relations to Actor.',
    )
  }
}

/**
 * Whether records of the target can be deleted although a relation with this `onDelete` leads to them. NoAction is
 * allowed for actors, because an actor is deleted only together with the workspace. So a plugin's model may have a
 * required relation to the actor who wrote the record.
 */
function allowsTargetDeletion({ pluginId, block }: Declaration, onDelete: string | null): boolean {
  if (onDelete === 'Cascade' || onDelete === 'SetNull') return true
  return onDelete === 'NoAction' && pluginId === CORE && block.name === 'Actor'
}

function fileOf({ pluginId, path }: Declaration): string {
  return describeFile(pluginId, path)
}
