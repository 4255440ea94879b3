import { type PluginContext, z } from 'rapport/plugin'

const minutes = z.int().min(1).max(525_600)
const isRising = (delays: readonly number[]) => delays.every((delay, index) => delay > (delays[index - 1] ?? 0))

export const workspaceSettings = z.object({
  /** Without activity, after which an open cart counts as abandoned. */
  abandonedAfterMinutes: minutes.default(60),
  /** From the abandonment to each rescue message; none are sent where it is empty. */
  rescueDelaysMinutes: z.array(minutes).max(10).refine(isRising, 'Sort them.').default([60, 1_440, 4_320]),
  /** After which an abandoned cart is given up. */
  expiresAfterDays: z.int().min(1).max(3_650).default(30),
  /** Coupon that messages offer, from the one with the number `couponFromStep` on. */
  couponCode: z.string().max(100).optional(),
  couponFromStep: z.int().min(1).default(3),
})

export const settingsOf = ({ settings }: PluginContext) => settings(workspaceSettings)

export const minutesAfter = (time: Date, count: number) => new Date(time.getTime() + count * 60_000)
