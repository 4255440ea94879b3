import { sql } from '../../../platform/data/sql.ts'
import type { PluginContext } from '../../../platform/declare/plugin-context.ts'

/**
 * Returns the default currency of the workspace, whoever calls: the currency of every forecast shows it anyway. SQL by
 * hand, because Prisma Client, which nothing else in a forecast uses, takes a while to start.
 */
export async function defaultCurrency({ transaction: { workspaceId }, unrestricted }: PluginContext): Promise<string> {
  const [workspace] = await unrestricted.query<{ currency: string }>(
    sql`select default_currency::text as currency from workspaces where id = ${workspaceId}::uuid`,
  )
  if (!workspace) throw new Error('The workspace of the request is gone.')
  return workspace.currency
}
