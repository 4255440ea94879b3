import type { z } from 'zod'
import type { Permission } from '../permission.ts'

/** What code that has to be synchronous, such as the SQL of a field or an access rule, may know of the request. */
export interface RequestFacts {
  /**
   * Whether the caller has the permission, such as `gift:read`, for at least one record. Where SQL is compiled for the
   * platform itself, such as the filter of a sharing rule, it is true.
   */
  can(permission: Permission): boolean
  /**
   * Returns the plugin's settings of the workspace, parsed by the schema. For a setting that the workspace has not set,
   * returns the value that the operator set for the installation under the same name, otherwise the schema's default.
   * A stream (an open subscription) ends when settings of the workspace change. It keeps those of the installation until
   * the client reconnects.
   * @param schema The same zod object that the plugin declares as `settings.workspace`.
   * @throws Error for any other schema, also for an equal copy; ZodError when the stored values do not match the
   * schema.
   */
  settings<Schema extends z.ZodObject>(schema: Schema): z.infer<Schema>
}
