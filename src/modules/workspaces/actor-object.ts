import { defineItem } from '../../platform/declare/objects/item.ts'
import { defineObject, type VariantDeclaration } from '../../platform/declare/objects/object.ts'

/** Abstract: whoever made a record, a person or an integration. */
export const actor = defineObject({
  model: 'Actor',
  prefix: 'actor',
  description: 'Who acts in a workspace: a user, an API key or a plugin.',
  discriminator: 'kind',
  ownedBy: 'id',
  columns: { displayName: {}, isActive: {} },
})

export const actorKinds: readonly VariantDeclaration[] = [
  { name: 'User', of: 'Actor', kind: 'USER', prefix: 'user', isObject: true, description: 'A person who logs in.' },
  { name: 'ApiKey', of: 'Actor', kind: 'API_KEY', prefix: 'apikey', isObject: true, description: 'An integration.' },
  {
    name: 'PluginActor',
    of: 'Actor',
    kind: 'PLUGIN',
    prefix: 'pluginactor',
    isObject: true,
    description: 'A plugin, at work without anybody having asked.',
  },
]

export const pluginActor = defineObject({
  name: 'PluginActor',
  model: 'Actor',
  description: 'A plugin, at work without anybody having asked: its jobs and handlers.',
  prefix: 'pluginactor',
  where: { column: 'kind', equals: 'PLUGIN' },
  ownedBy: 'id',
  columns: { displayName: {}, isActive: {} },
})

/** A role that a user or an API key has, as the inputs of both take it. */
export const actorRole = defineItem({ model: 'ActorRole', columns: {}, relations: { role: {} } })
