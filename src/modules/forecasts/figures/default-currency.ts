import type { PluginContext } from '../../../platform/declare/plugin-context.ts'

/** Returns the default currency of the workspace, whoever calls: the currency of every forecast shows it anyway. */
export async function defaultCurrency({ transaction, unrestricted }: PluginContext): Promise<string> {
  const { defaultCurrency: currency } = await unrestricted.prisma.workspace.findUniqueOrThrow({
    where: { id: transaction.workspaceId },
    select: { defaultCurrency: true },
  })
  return currency
}
