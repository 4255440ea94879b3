import { randomUUID } from 'node:crypto'
import { PLUGINS_IN_USE } from '../../data/plugins-in-use.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { platformActor } from '../../log/platform-actor.ts'
import { CALENDAR, type Calendar } from '../../request/calendar.ts'
import type { RequestContext } from '../../request/context.ts'
import type { StoredSettings } from '../../request/stored-settings.ts'
import { pluginActor } from '../host/activation.ts'
import type { Background } from './background.ts'

interface WorkspaceState {
  readonly calendar: Calendar
  readonly plugins: readonly string[]
  readonly disabledRules: readonly string[]
  readonly settings: Readonly<Record<string, StoredSettings>>
}

/**
 * Returns the request context for work of a module of core without a caller, such as that of a form that a visitor of a website has
 * sent. Its actor is called like the module.
 * @param workspaceId uuid of a workspace that exists
 * @param module id of the module, and the permissions of the work
 */
export async function moduleContext(
  { database, host }: Background,
  workspaceId: string,
  module: Pick<Plugin, 'id' | 'permissions'>,
): Promise<RequestContext> {
  const client = await database.ownerPool.connect()
  try {
    await client.query('begin')
    const actorId = await platformActor(client, workspaceId, module.id)
    const { rows } = await client.query<WorkspaceState>(
      `select ${CALENDAR} as calendar,
         array(select pa.plugin_id from ${PLUGINS_IN_USE} where pa.workspace_id = w.id order by 1) as plugins,
         array(select rule from ${PLUGINS_IN_USE} cross join unnest(pa.disabled_rules) rule where pa.workspace_id = w.id) as "disabledRules",
         coalesce((select jsonb_object_agg(pa.plugin_id, jsonb_build_object('installation', ip.settings, 'workspace', pa.settings))
           from ${PLUGINS_IN_USE} where pa.workspace_id = w.id), '{}') as settings
       from workspaces w where w.id = $1`,
      [workspaceId],
    )
    await client.query('commit')
    const [state] = rows
    if (!state) throw new Error(`The workspace ${workspaceId} does not exist.`)
    const actor = pluginActor(module, { workspaceId, actorId, ...state })
    return {
      runtime: await host.runtimeOf(state),
      actor,
      requestId: randomUUID(),
      idempotencyKey: null,
      requestHash: '',
    }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
