import { PLUGINS_IN_USE } from '../../data/plugins-in-use.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { RouteMethod } from '../../declare/routes/request.ts'
import type { Route } from '../../declare/routes/route.ts'
import type { RequestContext } from '../../request/context.ts'
import type { RequestOrigin } from '../../request/origin.ts'
import { type Background, backgroundContext } from '../background/background.ts'

/** The address of a request to a route, and its method. */
export interface RouteAddress {
  readonly pluginId: string
  /** Slug of the workspace. */
  readonly workspace: string
  readonly path: string
  readonly method: string
}

/** A route in a workspace that uses its plugin. */
export interface FoundRoute {
  readonly plugin: Plugin
  readonly route: Route
  readonly method: RouteMethod
  /** Slug of the workspace, for the log. */
  readonly workspace: string
  /** The context in which the route runs: its actor is the plugin's own. */
  readonly context: RequestContext
}

/**
 * Finds the route of an address. Returns null when the workspace or the route does not exist, or the workspace does not
 * use the plugin now: for a sender these cases look alike.
 */
export async function findRoute(
  background: Background,
  { pluginId, workspace, path, method }: RouteAddress,
  { requestId, origin }: { readonly requestId: string; readonly origin: RequestOrigin },
): Promise<FoundRoute | null> {
  const { database, host } = background
  const { rows } = await database.ownerPool.query<{ workspaceId: string }>({
    name: 'workspace-with-plugin',
    text: `select w.id as "workspaceId" from workspaces w
           where w.slug = $1 and exists (select from ${PLUGINS_IN_USE} where pa.workspace_id = w.id and pa.plugin_id = $2)`,
    values: [workspace, pluginId],
  })
  const workspaceId = rows[0]?.workspaceId
  if (workspaceId === undefined) return null
  const loadedPlugin = () => host.loaded.find((loaded) => loaded.plugin.id === pluginId)?.plugin
  // Loads a plugin that was installed since the start. Only one that the workspace uses: loading takes time, and anybody
  // can send requests.
  if (!loadedPlugin()) await host.runtimeOf({ plugins: [pluginId] })
  const plugin = loadedPlugin()
  for (const route of plugin?.routes ?? []) {
    const served = (route.methods ?? ['POST']).find((each) => each === method)
    if (!plugin || route.path !== path || !served) continue
    const context = await backgroundContext(background, workspaceId, plugin)
    return context && { plugin, route, method: served, workspace, context: { ...context, requestId, origin } }
  }
  return null
}
