import type { GraphQLError } from 'graphql'
import { IS_ACTIVE } from '../data/plugins-in-use.ts'
import { raw, type Sql, sql } from '../data/sql.ts'
import { read } from '../data/transaction.ts'
import { pluginsVersion, RIGHTS, RIGHTS_VERSION } from '../identity/rights.ts'
import { elementsOf } from '../reads/reading.ts'
import type { Actor } from '../request/actor.ts'
import type { RequestContext } from '../request/context.ts'
import type { Follower } from '../request/log-ports.ts'
import { credentialEnded, pluginDisabled, rightsChanged, settingsChanged } from './stream-end.ts'

/** What decides whether streams of a workspace may continue. One statement reads it all. */
export interface StreamState {
  /**
   * Version of an actor's rights (`RIGHTS_VERSION`; it changes with the rights), by the actor's id. The map does not
   * contain actors that are suspended or have expired.
   */
  readonly rights: ReadonlyMap<unknown, unknown>
  /** Ids of the valid sessions. */
  readonly sessions: ReadonlySet<unknown>
  /** Ids of the identity providers whose tokens are accepted. */
  readonly identityProviders: ReadonlySet<unknown>
  /** Ids of the plugins that the workspace uses. */
  readonly plugins: ReadonlySet<unknown>
  /** Version of the workspace's settings of plugins (`pluginsVersion`). */
  readonly pluginsVersion: unknown
}

/**
 * Returns SQL for the stream state of these actors: one JSON value, which can be part of any statement.
 * `parseStreamState` parses the value.
 */
export function streamStateSql(workspaceId: string, actors: readonly Actor[]): Sql {
  const actorIds = distinct(actors.map(({ id }) => id))
  const sessionIds = distinct(actors.map(({ sessionId }) => sessionId))
  const providerIds = distinct(actors.map(({ identityProviderId }) => identityProviderId))
  const workspace = sql`${workspaceId}::uuid`
  return sql`json_build_array(
    (select coalesce(json_agg(json_build_array(a.id, ${raw(RIGHTS_VERSION)})), '[]') from actors a, ${raw(RIGHTS)}
      where a.workspace_id = ${workspace} and a.id = any(${actorIds}::uuid[]) and a.is_active and (a.expires_at is null or a.expires_at > now())),
    (select coalesce(json_agg(s.id), '[]') from sessions s left join identity_providers p on p.workspace_id = s.workspace_id and p.id = s.identity_provider_id
      where s.workspace_id = ${workspace} and s.id = any(${sessionIds}::uuid[]) and s.revoked_at is null and s.expires_at > now()
        and (p.id is null or p.is_active and p.deleted_at is null)),
    (select coalesce(json_agg(id), '[]') from identity_providers
      where workspace_id = ${workspace} and id = any(${providerIds}::uuid[]) and is_active and deleted_at is null),
    (select coalesce(json_agg(pa.plugin_id), '[]') from plugin_activations pa
      where pa.workspace_id = ${workspace} and ${raw(IS_ACTIVE)}),
    (select ${raw(pluginsVersion('w.id'))} from workspaces w where w.id = ${workspace}))`
}

function distinct(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.flatMap((id) => id ?? []))]
}

/** Parses the JSON of `streamStateSql`. */
export function parseStreamState(json: unknown): StreamState {
  const [rights, sessions, identityProviders, plugins, version] = elementsOf(json)
  return {
    rights: new Map(elementsOf(rights).map((pair) => [elementsOf(pair)[0], elementsOf(pair)[1]])),
    pluginsVersion: version,
    sessions: new Set(elementsOf(sessions)),
    identityProviders: new Set(elementsOf(identityProviders)),
    plugins: new Set(elementsOf(plugins)),
  }
}

/** Returns the error with which the follower's stream has to end; null when it may continue. */
export function streamEndError(
  { actor, pluginIds }: Follower,
  streamState: StreamState,
  refusedKeys: ReadonlySet<string>,
): GraphQLError | null {
  const { id, sessionId, identityProviderId, keyId, rightsVersion } = actor
  const version = streamState.rights.get(id)
  const isCredentialValid =
    (keyId === null || !refusedKeys.has(keyId)) &&
    (sessionId === null || streamState.sessions.has(sessionId)) &&
    (identityProviderId === null || streamState.identityProviders.has(identityProviderId))
  if (version === undefined || !isCredentialValid || remainingMs(actor) === 0) return credentialEnded()
  if (version !== rightsVersion) return rightsChanged()
  const disabled = pluginIds.find((plugin) => !streamState.plugins.has(plugin))
  if (disabled !== undefined) return pluginDisabled(disabled)
  return streamState.pluginsVersion === actor.pluginsVersion ? null : settingsChanged()
}

/** Reads whether the caller's stream has to end now. Returns the error with which it ends; null when it may continue. */
export async function readStreamEnd({ runtime, actor }: RequestContext): Promise<GraphQLError | null> {
  const statement = sql`select ${streamStateSql(actor.workspaceId, [actor])} as state`
  const [row] = await read<{ state: string }>(runtime.database, actor.workspaceId, statement, runtime.onStatement)
  const state = parseStreamState(JSON.parse(row?.state ?? '[]'))
  const refusedKeys = await findRefusedKeys([actor], runtime.acceptsKey)
  return streamEndError({ actor, pluginIds: runtime.pluginIds }, state, refusedKeys)
}

/** Returns the ids of signing keys with which the actors' tokens were signed, and that are not accepted any more. */
export async function findRefusedKeys(
  actors: readonly Actor[],
  accepts: (keyId: string) => Promise<boolean>,
): Promise<ReadonlySet<string>> {
  const refused = new Set<string>()
  for (const keyId of distinct(actors.map((actor) => actor.keyId))) if (!(await accepts(keyId))) refused.add(keyId)
  return refused
}

/**
 * Returns the milliseconds until the actor's credential expires; 0 when it has expired, Infinity when it never expires.
 */
export function remainingMs({ expiresAt }: Pick<Actor, 'expiresAt'>): number {
  return expiresAt === null ? Number.POSITIVE_INFINITY : Math.max(expiresAt.getTime() - Date.now(), 0)
}
