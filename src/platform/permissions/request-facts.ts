import type { RequestFacts } from '../declare/objects/request-facts.ts'
import type { Plugin } from '../declare/plugin.ts'
import { settingsReader } from '../request/stored-settings.ts'
import type { AccessContext } from './access-context.ts'
import { can } from './grants.ts'

/** Returns what synchronous code of a plugin may know of the request: the caller's permissions, and its settings. */
export function requestFacts(
  { actor, isSystem }: Pick<AccessContext, 'actor' | 'isSystem'>,
  plugin: Plugin,
): RequestFacts {
  return {
    can: (permission) => isSystem === true || can(actor, permission),
    settings: settingsReader(plugin, actor.pluginSettings),
  }
}
