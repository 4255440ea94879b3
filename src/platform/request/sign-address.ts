import type { PluginContext } from '../declare/plugin-context.ts'
import { workOf } from './plugin-work.ts'

/**
 * Returns an address that shows a subject of this workspace to everybody who knows it, until a time.
 * @param route Path of a signed route.
 * @param subject uuid of what the address shows.
 * @throws Error in a process that serves no requests.
 */
export function signAddress(context: PluginContext, route: string, subject: string, expiresAt: Date): Promise<string> {
  const { runtime, actor } = workOf(context).context
  if (!runtime.signedAddresses) throw new Error('This process does not sign addresses: it serves no requests.')
  return runtime.signedAddresses.sign(route, { workspaceId: actor.workspaceId, subject }, expiresAt)
}
