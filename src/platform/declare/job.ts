import type { z } from 'zod'
import type { PluginContext } from './plugin-context.ts'

/**
 * Work in the background of a workspace. A run is one transaction of 5 minutes at most, so inside the database it has its
 * effect exactly once; an effect outside may happen twice and has to be idempotent. One that fails is tried again, later
 * and later, 25 times in all. One whose workspace does not use the plugin by then is dropped. A time of the schedule that
 * was missed while no server ran is made up for once, within a day.
 */
export interface Job<Payload extends z.ZodObject = z.ZodObject> {
  /** `<plugin id>.<name>` */
  readonly name: string
  readonly description: string
  /** When it runs by itself in every workspace that uses the plugin, as five fields of cron in UTC: `0 6 * * *`. */
  readonly schedule?: string
  /** What `enqueue` has to hand over; nothing when absent. A scheduled run gets an empty payload. */
  readonly payload?: Payload
  run(payload: z.infer<Payload>, context: PluginContext): Promise<void>
}

export function defineJob<Payload extends z.ZodObject>(job: Job<Payload>): Job {
  return job
}
