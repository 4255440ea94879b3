import { defineRule, type EnumTypes, type Values } from 'rapport/plugin'

/** Columns of a cart that gets no more rescue messages. */
export const stopped = (reason: EnumTypes['RescueStopReason']): Values => ({
  nextRescueAt: null,
  rescueStopReason: reason,
})

/** Clients write what happened to a cart; how far it is follows from that. */
export const keepStatus = defineRule({
  name: 'ecommerce.keepStatus',
  description:
    'A cart is completed when it has a time of completion, recovered when that is after a rescue message, and open again when the customer is back.',
  object: 'Cart',
  on: ['create', 'update'],
  isIntegral: true,
  before({ before, values }) {
    const completedAt = values.completedAt === undefined ? (before?.completedAt ?? null) : values.completedAt
    if (!before) return { patch: { status: completedAt ? 'COMPLETED' : 'OPEN' } }
    const { firstRescueAt, abandonedAt, rescueStopReason, lastActivityAt } = before
    // An act has moved it, or it is as completed as it was.
    if (values.status !== undefined || (completedAt && before.completedAt)) return undefined
    if (completedAt) {
      const status = firstRescueAt && completedAt >= firstRescueAt ? 'RECOVERED' : 'COMPLETED'
      return { patch: { status, ...(abandonedAt && !rescueStopReason ? stopped('COMPLETED') : {}) } }
    }
    const isBack = abandonedAt && values.lastActivityAt && values.lastActivityAt > lastActivityAt
    if (!isBack && !before.completedAt) return undefined
    return { patch: { status: 'OPEN', abandonedAt: null, nextRescueAt: null } }
  },
})
