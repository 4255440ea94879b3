import { z } from 'zod'

/** Formats of the file, as the enum `ExportFormat` of the models names them. */
export const EXPORT_FORMATS = ['CSV', 'JSON_LINES'] as const

/** What one export contains, as the caller has ordered it. */
export interface ExportOrder {
  /** GraphQL type of the records, such as `Account`. */
  readonly object: string
  /** Paths of fields, such as `name`, `owner.displayName`, `annualRevenue.amount` or `emails.2.address`. */
  readonly fields: readonly string[]
  /** Value of the argument `filter` of the object's list, as JSON; null for all records. */
  readonly filter: unknown
  readonly search: string | null
  readonly orderBy: readonly { readonly field: string; readonly direction: 'ASC' | 'DESC' }[]
  readonly includeDeleted: boolean
  readonly format: (typeof EXPORT_FORMATS)[number]
}

/** The order in the input of the mutation `exportRecords`, and as it is stored. */
export const exportOrder = z.object({
  object: z.string(),
  fields: z.array(z.string()),
  filter: z
    .unknown()
    .optional()
    .transform((value) => value ?? null),
  search: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  orderBy: z
    .array(
      z.object({
        field: z.string(),
        direction: z
          .enum(['ASC', 'DESC'])
          .nullish()
          .transform((value) => value ?? 'ASC'),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
  includeDeleted: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  format: z
    .enum(EXPORT_FORMATS)
    .nullish()
    .transform((value) => value ?? 'CSV'),
})
