import type { z } from 'zod'
import type { PluginContext } from './plugin-context.ts'

/**
 * Code of a plugin that runs in the background of a workspace: by a schedule, or when the plugin's code calls
 * `enqueue`.
 *
 * Each attempt of a run is one transaction of at most 5 minutes, so that a run has its effect in the database exactly
 * once. An effect outside the database may happen twice and has to be idempotent. When an attempt throws, its writes are
 * rolled back and the run is tried again after growing delays, 25 times in all. A run is dropped when its workspace does not use the plugin at
 * the time of the run. When no server was running at scheduled times of the last 24 hours, a single run is enqueued for
 * all of these times.
 */
export interface Job<Payload extends z.ZodObject = z.ZodObject> {
  /** `<plugin id>.<name>` */
  readonly name: string
  readonly description: string
  /**
   * When the job runs in every workspace that uses the plugin: five fields of cron in UTC, such as `0 6 * * *`. Without
   * a schedule it runs only when it is enqueued.
   */
  readonly schedule?: string
  /**
   * Schema of the payload that code passes to `enqueue`. Default: the payload has to be empty. A scheduled run gets
   * `{}` with the schema's defaults.
   */
  readonly payload?: Payload
  /**
   * Does the work of one run. Throw an error to have the run tried again: administrators of the workspace see its message,
   * in which secrets of plugins are replaced by `…`. A write of `records` that is refused does not
   * throw: check its `userErrors`.
   */
  run(payload: z.infer<Payload>, context: PluginContext): Promise<void>
}

/** Declares a job, for `jobs` of a plugin. `run` gets its payload typed by the schema. */
export function defineJob<Payload extends z.ZodObject>(job: Job<Payload>): Job {
  return job
}
