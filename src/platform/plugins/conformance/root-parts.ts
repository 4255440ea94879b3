import type { GraphQLField, GraphQLSchema } from 'graphql'
import type { Plugin } from '../../declare/plugin.ts'
import { actionOf } from '../../registry/acts.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'

/** A field of `Query` or `Mutation` that a plugin adds. */
export interface RootField {
  readonly kind: 'query' | 'mutation'
  readonly field: GraphQLField<unknown, unknown>
  /** Permission that a caller of the field needs; null when the plugin declares no permission for it. */
  readonly permission: `${string}:${string}` | null
}

/** Returns the fields of `Query` and `Mutation` that only `after` has. */
export function addedRootFields(
  before: GraphQLSchema,
  after: GraphQLSchema,
  registry: Registry,
  plugin: Plugin,
): RootField[] {
  const added = (kind: 'query' | 'mutation') => {
    const root = (schema: GraphQLSchema) =>
      (kind === 'query' ? schema.getQueryType() : schema.getMutationType())?.getFields() ?? {}
    const existing = root(before)
    return Object.values(root(after))
      .filter(({ name }) => !(name in existing))
      .map((field): RootField => ({ kind, field, permission: permissionOf(registry, plugin, kind, field.name) }))
  }
  return [...added('query'), ...added('mutation')]
}

function permissionOf(
  registry: Registry,
  plugin: Plugin,
  kind: RootField['kind'],
  name: string,
): RootField['permission'] {
  const objects = [...registry.objects.values()]
  if (kind === 'query') {
    const object = objects.find(({ plural, singular }) => plural === name || singular === name)
    if (object) return `${object.singular}:read`
    return plugin.queries?.find((query) => query.name === name)?.permission ?? null
  }
  const operation = plugin.operations?.find((candidate) => candidate.name === name)
  if (operation) return operation.permission
  const act = plugin.acts?.find((candidate) => candidate.name === name)
  const actObject = act && registry.objects.get(act.object)
  if (actObject) return `${actObject.singular}:${actionOf(act)}`
  const [, verb = '', typeName = ''] = /^(create|update|delete|restore|log)(\w+)$/.exec(name) ?? []
  const object = objects.find((candidate) => isNameOf(candidate, typeName))
  // A restore requires the permission to delete, and logging a variant requires the permission to create.
  const action = verb === 'restore' ? 'delete' : verb === 'log' ? 'create' : verb
  return object && action ? `${object.singular}:${action}` : null
}

function isNameOf({ name, plural, variants }: ObjectType, typeName: string): boolean {
  return (
    name === typeName ||
    plural?.toLowerCase() === typeName.toLowerCase() ||
    [...variants.values()].some((variant) => variant.name === typeName)
  )
}
