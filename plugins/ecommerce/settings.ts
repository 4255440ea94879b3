import { z } from 'rapport/plugin'

const minutes = z.int().min(1).max(525_600)
const isAscending = (delays: readonly number[]) => delays.every((delay, index) => delay > (delays[index - 1] ?? 0))

export const workspaceSettings = z.object({
  abandonedAfterMinutes: minutes
    .default(60)
    .describe('Minutes without activity after which an open cart is abandoned.'),
  /** Minutes from the abandonment to each rescue message. No message is sent when the list is empty. */
  rescueDelaysMinutes: z
    .array(minutes)
    .max(10)
    .refine(isAscending, 'The delays must be in ascending order.')
    .default([60, 1_440, 4_320]),
  expiresAfterDays: z.int().min(1).max(3_650).default(30).describe('Days after which an abandoned cart expires.'),
  couponCode: z.string().max(100).optional().describe('Coupon that rescue messages offer.'),
  couponFromStep: z.int().min(1).default(3).describe('Number of the first message that offers the coupon.'),
})
