import type { GraphQLField, GraphQLSchema } from 'graphql'
import type { Plugin } from '../../declare/plugin.ts'
import { foreignKey } from '../../registry/columns.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import { objectBySingular } from '../../registry/registry.ts'

/** A root field that a plugin brings, and the permission it asks for; null where it is not told by the declaration. */
export interface RootPart {
  readonly kind: 'query' | 'mutation'
  readonly field: GraphQLField<unknown, unknown>
  readonly permission: `${string}:${string}` | null
}

/** Root fields that one schema has beside another. */
export function rootParts(before: GraphQLSchema, after: GraphQLSchema, registry: Registry, plugin: Plugin): RootPart[] {
  const added = (kind: 'query' | 'mutation') => {
    const root = (schema: GraphQLSchema) =>
      (kind === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {}
    const known = root(before)
    return Object.values(root(after))
      .filter(({ name }) => !(name in known))
      .map((field): RootPart => ({ kind, field, permission: permissionOf(registry, plugin, kind, field.name) }))
  }
  return [...added('query'), ...added('mutation')]
}

function permissionOf(
  registry: Registry,
  plugin: Plugin,
  kind: RootPart['kind'],
  name: string,
): RootPart['permission'] {
  const objects = [...registry.objects.values()]
  if (kind === 'query') {
    const object = objects.find(({ plural, singular }) => plural === name || singular === name)
    if (object) return `${object.singular}:read`
    return plugin.queries?.find((query) => query.name === name)?.permission ?? null
  }
  const operation = plugin.operations?.find((each) => each.name === name)
  if (operation) return operation.permission
  const act = plugin.acts?.find((each) => each.name === name)
  const actor = act && registry.objects.get(act.object)
  if (actor) return `${actor.singular}:update`
  const [, verb = '', of = ''] = /^(create|update|delete|restore|log)(\w+)$/.exec(name) ?? []
  const object = objects.find((each) => isCalled(each, of))
  // What was put away is brought back by who may put it away; a kind of a record is logged by who may create it.
  const action = verb === 'restore' ? 'delete' : verb === 'log' ? 'create' : verb
  return object && action ? `${object.singular}:${action}` : null
}

function isCalled({ name, plural, variants }: ObjectType, of: string): boolean {
  return (
    name === of ||
    plural?.toLowerCase() === of.toLowerCase() ||
    [...variants.values()].some((variant) => variant.name === of)
  )
}

/** Object whose id an input field of that name takes, or null: `contactId` by the relation that it writes. */
export function objectOfInput(registry: Registry, field: string): ObjectType | null {
  for (const object of [...registry.objects.values()].reverse())
    for (const each of object.fields.values())
      if (each.kind === 'one' && foreignKey(object.model, each.relation).name === field)
        return registry.objects.get(each.object) ?? null
  const singular = field.replace(/Ids?$/, '')
  return objectBySingular(registry, singular) ?? null
}
