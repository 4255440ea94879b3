import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject, type VariantDeclaration } from '../../platform/declare/objects/object.ts'

/** Abstract object. Its variants are users, API keys and plugins. */
export const actor = defineObject({
  model: 'Actor',
  prefix: 'actor',
  description: 'Whoever acts in a workspace: a user, an API key or a plugin.',
  discriminator: 'kind',
  // An actor owns their own record, so that a permission with the scope `@own` covers it.
  ownedBy: 'id',
  columns: { displayName: {}, isActive: {} },
})

export const actorKinds: readonly VariantDeclaration[] = [
  { name: 'User', of: 'Actor', kind: 'USER', prefix: 'user', isObject: true, description: 'A person who signs in.' },
  {
    name: 'ApiKey',
    of: 'Actor',
    kind: 'API_KEY',
    prefix: 'apikey',
    isObject: true,
    description: 'An integration, which authenticates with an API key.',
  },
  {
    name: 'PluginActor',
    of: 'Actor',
    kind: 'PLUGIN',
    prefix: 'pluginactor',
    isObject: true,
    description: 'A plugin that acts by itself: in jobs and handlers.',
  },
]

export const pluginActor = defineObject({
  name: 'PluginActor',
  model: 'Actor',
  description: 'A plugin that acts by itself: in jobs and handlers.',
  prefix: 'pluginactor',
  where: { column: 'kind', equals: 'PLUGIN' },
  ownedBy: 'id',
  columns: { displayName: {}, isActive: {} },
})

/** A role of a user or an API key: one element of the list `roles` in the inputs of users and of API keys. */
export const actorRole = defineItem({ model: 'ActorRole', columns: {}, relations: { role: {} } })
