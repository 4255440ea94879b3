import { CompositionError } from '../registry/composition-error.ts'
import { CORE, ownerIn, requireDependency } from '../registry/declaring-plugins.ts'
import type { Registry } from '../registry/object-type.ts'
import { SCALAR_NAMES } from './scalar-names.ts'

/** Which plugin owns each name in the schema, so that two plugins can't declare the same name. */
export interface Claims {
  readonly registry: Registry
  /**
   * The owner of each name, and the declaration object for which it was claimed. `declaration` is null for a name
   * without a declaration, such as a reserved name. Keys are type names, and `Type.field` for root fields.
   */
  readonly holders: Map<string, { readonly pluginId: string; readonly declaration: object | null }>
}

/** Names that GraphQL and the platform reserve. */
const RESERVED = [
  'Query',
  'Mutation',
  'Subscription',
  'Node',
  'PageInfo',
  'Money',
  'MoneyInput',
  'FieldChange',
  'UserError',
  ...SCALAR_NAMES,
] as const

const NAME = /^(?!__)[A-Za-z_][A-Za-z0-9_]*$/

/** Whether GraphQL allows the name, and does not reserve it. */
export function isName(name: string): boolean {
  return NAME.test(name)
}

/** Returns claims with the reserved names and the names of the models' enums. */
export function startClaims(registry: Registry): Claims {
  return {
    registry,
    holders: new Map([
      ...RESERVED.map((name) => [name, { pluginId: CORE, declaration: null }] as const),
      // The schema defines an enum of the models when a field first uses it. Until then another plugin could claim the
      // name.
      ...[...registry.models.enums.values()].map(
        ({ name, pluginId }) => [name, { pluginId: ownerIn(registry, pluginId), declaration: null }] as const,
      ),
    ]),
  }
}

/**
 * Claims the name of a type for a plugin or core. The owner may claim the name again: core always, a plugin only for
 * the same declaration object.
 * @throws CompositionError that names both owners; also for a name that is not valid in GraphQL.
 */
export function claimType(claims: Claims, name: string, plugin: string, declaration: object | null = null): void {
  claim(claims, name, `Type ${name}`, plugin, declaration)
}

/**
 * Claims the name of a root field. Throws CompositionError when it is claimed already; the message names both owners.
 */
export function claimRootField(
  claims: Claims,
  type: 'Query' | 'Mutation' | 'Subscription',
  name: string,
  plugin: string,
): void {
  const what = type === 'Mutation' ? 'Mutation' : type === 'Query' ? 'Root query field' : 'Subscription'
  claim(claims, `${type}.${name}`, `${what} ${name}`, plugin, {})
}

function claim(claims: Claims, key: string, what: string, plugin: string, declaration: object | null): void {
  const pluginId = ownerIn(claims.registry, plugin)
  const name = key.slice(key.indexOf('.') + 1)
  if (!isName(name))
    throw new CompositionError(`${what} of ${pluginId} is not a valid name, or GraphQL reserves it. Rename it.`)
  const holder = claims.holders.get(key)
  if (!holder) {
    claims.holders.set(key, { pluginId, declaration })
    return
  }
  const isSame = holder.pluginId === pluginId && (pluginId === CORE || holder.declaration === declaration)
  if (isSame && !(pluginId === CORE && key.includes('.'))) return
  const renaming = pluginId === CORE ? holder.pluginId : pluginId
  throw new CompositionError(
    holder.pluginId === pluginId
      ? `${what} is declared twice by ${pluginId}. Rename one.`
      : `${what} is declared by both ${holder.pluginId} and ${pluginId}. Rename it in ${renaming}.`,
  )
}

/**
 * Throws CompositionError when the type `name` belongs to a plugin that `plugin` does not depend on.
 * @param place where the type is used, for the message
 */
export function requireType(claims: Claims, name: string, plugin: string, place: string): void {
  const holder = claims.holders.get(name)
  if (holder) requireDependency(claims.registry, plugin, holder.pluginId, `the type ${name} (${place})`)
}

/** Returns builder options that mark a type or field as the plugin's, in `extensions.pluginId`; no options for core. */
export function ownedBy(registry: Registry, plugin: string): { readonly extensions?: { readonly pluginId: string } } {
  const pluginId = ownerIn(registry, plugin)
  return pluginId === CORE ? {} : { extensions: { pluginId } }
}
