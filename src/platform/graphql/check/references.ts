import type { FieldDeclaration } from '../../declare/objects/fields.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { publishedColumns } from '../../reads/row-reference.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import { requireDependency } from '../../registry/declaring-plugins.ts'
import { inputNameOf } from '../../registry/input-names.ts'
import type { Field, ObjectType, Registry } from '../../registry/object-type.ts'
import { checkDeclaredSql } from './declared-sql.ts'
import { checkRelations } from './relations.ts'
import { checkRuleWrites } from './rule-writes.ts'

/**
 * Checks all names in declarations, such as the object of a relation. What has the name must exist, and must belong to
 * core or to a plugin that the declaring plugin depends on. A column must be one that its object publishes.
 * @throws CompositionError that names the declaring plugin, the place, and the owner of what has the name.
 */
export function checkReferences(registry: Registry): void {
  for (const plugin of registry.plugins) checkDeclaredNames(registry, plugin)
  for (const object of registry.objects.values()) {
    const inputs = new Map<string, string>()
    for (const field of object.fields.values()) {
      if (!isCore(registry, field.pluginId)) checkField(registry, object, field)
      else if (field.kind === 'declared')
        checkDeclaredSql(registry, object, `${object.name}.${field.name}`, field.pluginId, field.declaration)
      const input = inputNameOf(object, field)
      const holder = input === null ? undefined : inputs.get(input)
      if (input !== null && holder !== undefined)
        throw new CompositionError(
          `Input field ${input} of ${object.name} is declared by both ${holder} and ${field.pluginId}. Rename the field ${field.name}.`,
        )
      if (input !== null) inputs.set(input, field.pluginId)
    }
    for (const variant of object.variants.values())
      for (const field of variant.detail?.fields.values() ?? [])
        if (field.kind === 'one')
          checkReference(registry, variant.pluginId, field.object, `${variant.name}.${field.name}`)
    for (const { name, pluginId, declaration } of object.conditions.values())
      checkDeclaredSql(registry, object, `${object.name}Filter.${name}`, pluginId, declaration)
  }
}

/**
 * Whether the plugin is a module of core. `platform` owns the fields that the platform adds to objects, such as
 * `history`.
 */
function isCore(registry: Registry, plugin: string): boolean {
  return plugin === 'platform' || registry.plugins.find(({ id }) => id === plugin)?.isCore === true
}

/** Throws CompositionError unless the object or interface `name` exists and the plugin depends on its owner. */
function checkReference(registry: Registry, plugin: string, name: string, place: string): void {
  if (name === 'Node') return
  const pluginId =
    registry.objects.get(name)?.pluginId ??
    registry.plugins.find((each) => each.interfaces?.some((declared) => declared.name === name))?.id ??
    null
  if (pluginId === null)
    throw new CompositionError(`${plugin}: ${place} names ${name}, which no enabled plugin declares.`)
  requireDependency(registry, plugin, pluginId, `${name} (${place})`)
}

function checkDeclaredNames(registry: Registry, plugin: Plugin): void {
  const { id } = plugin
  for (const name of Object.keys(plugin.extend ?? {})) checkReference(registry, id, name, `extend.${name}`)
  for (const name of Object.keys(plugin.conditions ?? {})) checkReference(registry, id, name, `conditions.${name}`)
  for (const { name, from, to } of plugin.mappings ?? [])
    for (const object of [from, to]) checkReference(registry, id, object, `the mapping ${name}`)
  for (const variant of plugin.variants ?? []) {
    checkReference(registry, id, variant.of, `the kind ${variant.name}`)
    if (!registry.objects.get(variant.of)?.discriminator)
      throw new CompositionError(`${id}: ${variant.name} is a kind of ${variant.of}, which has no kinds.`)
  }
  for (const [name, objects] of Object.entries(plugin.implement ?? {})) {
    checkReference(registry, id, name, `implement.${name}`)
    if (!registry.interfaces.has(name))
      throw new CompositionError(
        `${id}: implement names ${name}, which is not an interface that plugins may implement.`,
      )
    for (const object of objects)
      if (registry.objects.get(object)?.pluginId !== id)
        throw new CompositionError(`${id}: implement.${name} names ${object}, which is not an object of this plugin.`)
  }
  for (const declared of plugin.interfaces ?? [])
    for (const object of declared.objects) checkReference(registry, id, object, `the interface ${declared.name}`)
  for (const rule of plugin.rules ?? []) {
    if (!('object' in rule)) continue
    checkReference(registry, id, rule.object, `the rule ${rule.name}`)
    checkRuleWrites(registry, plugin, rule)
  }
  for (const rule of plugin.accessRules ?? []) checkReference(registry, id, rule.object, `the access rule ${rule.name}`)
  for (const act of plugin.acts ?? []) checkReference(registry, id, act.object, `the act ${act.name}`)
  for (const handler of plugin.handlers ?? [])
    for (const type of handler.on.types) checkReference(registry, id, type, `the handler ${handler.name}`)
}

function checkField(registry: Registry, object: ObjectType, field: Field): void {
  const place = `${object.name}.${field.name}`
  if (field.kind === 'column') return
  if (field.kind === 'one') {
    checkReference(registry, field.pluginId, field.object, place)
    return
  }
  const { declaration, pluginId } = field
  if (object.model.pluginId !== pluginId) checkAddition(object, field.name, pluginId, declaration)
  if (declaration.kind === 'many' || declaration.kind === 'list' || declaration.kind === 'source')
    checkReference(registry, pluginId, declaration.object, place)
  if (declaration.kind === 'reference' || declaration.kind === 'references')
    checkReference(registry, pluginId, declaration.to, place)
  const item =
    declaration.kind === 'items'
      ? declaration.item
      : declaration.kind === 'many'
        ? (declaration.createdWith ?? declaration.link?.item)
        : null
  if (item) {
    const model = registry.models.models.get(item.model)
    if (!model) throw new CompositionError(`${pluginId}: ${place} names the model ${item.model}, which does not exist.`)
    requireDependency(registry, pluginId, model.pluginId, `the model ${item.model} (${place})`)
    const isWritten =
      declaration.kind === 'items' ||
      (declaration.kind === 'many' && (declaration.createdWith ?? declaration.link?.isWritten) !== undefined)
    if (model.pluginId !== pluginId && (isWritten || Object.keys(item.columns).length > 0))
      throw new CompositionError(
        `${pluginId}: ${place} publishes rows of the model ${item.model} of ${model.pluginId}. Items and links of a plugin have to use its own models.`,
      )
  }
  checkRelations(registry, place, pluginId, declaration)
  checkDeclaredSql(registry, object, place, pluginId, declaration)
}

/**
 * Checks a field that a plugin adds to an object of another plugin. The field can't be stored in columns of that
 * object, and its code gets only columns that the object publishes.
 */
function checkAddition(object: ObjectType, name: string, pluginId: string, declaration: FieldDeclaration): void {
  const place = `${object.name}.${name}`
  if (declaration.kind === 'money' || declaration.kind === 'reference')
    throw new CompositionError(
      `${pluginId}: ${place} is stored in columns of ${object.name}, which belongs to ${object.pluginId}. Store it in a table of the plugin.`,
    )
  if (declaration.kind === 'custom')
    throw new CompositionError(
      `${pluginId}: ${place} is a custom field, which only core may declare. Use computed or resolved.`,
    )
  if (declaration.kind !== 'resolved') return
  const published = publishedColumns(object)
  for (const need of declaration.needs)
    if (!published.has(need))
      throw new CompositionError(`${pluginId}: ${place} needs ${need}, which ${object.name} does not publish.`)
}
