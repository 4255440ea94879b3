import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import type { PluginContext } from '../../../src/platform/declare/plugin-context.ts'

/** Names of the accounts for which the code of `accountSignalled` has run in a context. */
const lookedAt = new WeakMap<PluginContext, string[]>()

/** Resolved when the code of `accountSignalled` has begun to work on an account whose name ends with `lingers`. */
export const lingering = Promise.withResolvers<void>()
/** Longer than the platform lets the rights of a caller be unchecked. */
const LINGER_MS = 1_200

/** A plugin whose subscriptions publish what happens to accounts. */
export const signals = definePlugin({
  id: 'signals',
  description: 'What happens to accounts.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:read'],
  schema(builder, objects) {
    const urgency = builder.enumType('SignalUrgency', { values: { LOW: { value: 1 }, HIGH: { value: 2 } } })
    const signal = builder.objectRef<{ id: string; name: string; createdAt: Date; context: PluginContext }>(
      'AccountSignal',
    )
    signal.implement({
      fields: (t) => ({
        name: t.exposeString('name'),
        urgency: t.field({ type: urgency, resolve: ({ name }) => (name.startsWith('!') ? 2 : 1) }),
        urgencies: t.field({ type: [urgency], resolve: () => [1, 2] as const }),
        createdAt: t.field({ type: 'DateTime', resolve: ({ createdAt }) => createdAt }),
        account: t.field({ type: objects.Account, nullable: true, resolve: ({ id }) => id }),
        seenBefore: t.stringList({ resolve: ({ context }) => lookedAt.get(context) ?? [] }),
      }),
    })

    builder.subscriptionField('accountSignalled', (t) =>
      t.field({
        description: 'An account was created or renamed.',
        type: signal,
        permission: 'account:read',
        args: { prefix: t.arg.string({ description: 'Only accounts whose name begins with it.' }) },
        on: { types: ['Account'], operations: ['CREATED', 'UPDATED'] },
        async resolve({ recordId, changedFields }, { prefix }, context) {
          if (!changedFields.includes('name')) return null
          const account = await context.prisma.account.findFirst({ where: { id: recordId } })
          if (!account?.name.startsWith(prefix ?? '')) return null
          if (account.name.endsWith('fails')) throw new Error(`No signal for ${account.name}.`)
          if (account.name.endsWith('hangs')) await new Promise(() => undefined)
          if (account.name.endsWith('lingers')) {
            lingering.resolve()
            await new Promise((resolve) => setTimeout(resolve, LINGER_MS))
          }
          lookedAt.set(context, [...(lookedAt.get(context) ?? []), account.name])
          return { ...account, context }
        },
      }),
    )
    builder.subscriptionField('accountTouched', (t) =>
      t.field({
        description: 'An account was written.',
        type: objects.Account,
        permission: 'account:read',
        on: { types: ['Account'] },
        resolve: ({ recordId }) => recordId,
      }),
    )
  },
})
