import { z } from 'zod'

const fileName = z
  .string()
  .regex(/^[^/\\]+$/, 'The name of a file, without a folder.')
  .describe('Name of a CSV file in the folder of the files.')

const texts = (description: string) => z.record(z.string(), z.string()).describe(description)

const source = z
  .strictObject({
    column: z.string().optional().describe('Column of the file whose cells are the values.'),
    text: z
      .string()
      .optional()
      .describe(
        'Text with names of columns in braces, such as `{product} for {account}`. Empty where all these cells are empty. `{agent|dotted}` writes `Mei-Mei Johns` as `mei.mei.johns`, for e-mail addresses.',
      ),
    constant: z
      .string()
      .optional()
      .describe(
        'Value for every record. Within an item or an amount it is set only where the file gives another part of it.',
      ),
    values: texts(
      'Value for each text that a cell may have; an empty one leaves the field out. Any other text is an error of its row.',
    ).optional(),
    currency: z.string().optional().describe('Currency of the amounts, such as `USD`.'),
    factor: z.string().optional().describe('Number by which the numbers are multiplied, without rounding.'),
    format: z.string().optional().describe('How dates and times are written, such as `MM/DD/YYYY`.'),
  })
  .refine(
    ({ column, text, constant }) => [column, text, constant].filter((each) => each !== undefined).length === 1,
    'Give exactly one of column, text and constant.',
  )
  .refine(
    ({ column, values }) => values === undefined || column !== undefined,
    '`values` are of a column: give `column` too.',
  )

const step = z
  .strictObject({
    name: z.string().min(1).describe('Name of the step, for the operator.'),
    object: z.string().min(1).describe('Type of the records, such as `Account`.'),
    file: fileName.optional(),
    fields: z
      .record(z.string(), source)
      .optional()
      .describe('Where the value of each field comes from. A field is written as in `--map`, such as `parent.name`.'),
    records: z
      .array(texts('Values by field.'))
      .min(1)
      .max(1_000)
      .optional()
      .describe('Instead of a file: the records themselves.'),
    matchBy: z
      .array(z.string())
      .optional()
      .describe('Fields that identify a record. Default: the natural key of the object, such as its name.'),
    mergeRows: z
      .boolean()
      .optional()
      .describe('Whether rows with the same key are one record, which gets the items of all of them.'),
  })
  .refine(
    ({ file, fields, records }) =>
      records ? file === undefined && fields === undefined : file !== undefined && fields !== undefined,
    'Give either file and fields, or records.',
  )

/** The schema of an import set. */
export const importSetSchema = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().optional().describe('What the set imports.'),
  corrections: z
    .record(fileName, z.record(z.string(), texts('What a cell says, and what it is read as.')))
    .optional()
    .describe('Texts that are wrong in the files, by file and column. Whole cells are replaced before all else.'),
  steps: z
    .array(step)
    .min(1)
    .max(100)
    .describe('What is imported, in this order. A step can refer to the records of earlier ones.'),
})

/** A declared import of several CSV files: which records their rows make, in which order. */
export type ImportSet = z.infer<typeof importSetSchema>
/** A part of an import set: one file, or records that the set has itself, imported into one object. */
export type ImportStep = ImportSet['steps'][number]
/** Where the value of a field comes from. */
export type FieldSource = z.infer<typeof source>

/**
 * Parses an import set.
 * @param text JSON
 * @returns The set, or what is wrong with it, each problem with its place, such as `steps.2.fields.name`.
 */
export function parseImportSet(text: string): { readonly set: ImportSet } | { readonly problems: readonly string[] } {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : 'It is not JSON.'] }
  }
  const parsed = importSetSchema.safeParse(json)
  if (parsed.success) return { set: parsed.data }
  return { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'The set'}: ${message}`) }
}
