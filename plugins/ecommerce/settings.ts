import { z } from 'rapport/plugin'

const minutes = z.int().min(1).max(525_600)
const isRising = (delays: readonly number[]) => delays.every((delay, index) => delay > (delays[index - 1] ?? 0))

export const workspaceSettings = z.object({
  abandonedAfterMinutes: minutes.default(60).describe('Without activity, after which an open cart is abandoned.'),
  /** From the abandonment to each rescue message; none are sent where it is empty. */
  rescueDelaysMinutes: z.array(minutes).max(10).refine(isRising, 'Sort them.').default([60, 1_440, 4_320]),
  expiresAfterDays: z.int().min(1).max(3_650).default(30).describe('After which an abandoned cart is given up.'),
  couponCode: z.string().max(100).optional().describe('Coupon that messages offer.'),
  couponFromStep: z.int().min(1).default(3).describe('The first message that offers the coupon.'),
})
