import { z } from 'zod'
import { encodeId } from '../declare/record-id.ts'
import { defineOperation } from '../declare/rules/operation.ts'
import type { OperationInputType } from '../declare/rules/operation-input.ts'
import type { OperationOutputType } from '../declare/rules/operation-output.ts'
import { invalid } from '../declare/rules/user-errors.ts'
import { workOf } from '../request/plugin-work.ts'
import { IMPORT_OUTCOMES, type ImportOutcome, importTable } from './import-table.ts'
import { readCsv } from './notation/csv.ts'

const replacement: OperationInputType = {
  name: 'ImportReplacementInput',
  description: 'Replaces the text of a cell before the cell is read, for example to correct a misspelt value.',
  fields: {
    from: { type: 'String', isRequired: true, description: 'Whole text of the cell, without white space around it.' },
    to: {
      type: 'String',
      isRequired: true,
      description:
        'Text that replaces `from`. An empty text makes the cell empty: the import then does not change the field.',
    },
  },
}

const column: OperationInputType = {
  name: 'ImportColumnInput',
  description: 'A column of the file and the field that it is mapped to.',
  fields: {
    column: { type: 'String', isRequired: true, description: 'Name of the column in the first line of the file.' },
    field: {
      type: 'String',
      isRequired: true,
      description:
        'Input field of the object, such as `name`; a field of an item, such as `emails.address` or, for the second item, `emails.2.address`; ' +
        'or a reference to another record, which is looked up by one of its fields, such as `parent.name` or `owner.email`.',
    },
    currency: {
      type: 'CurrencyCode',
      description:
        'Currency of all amounts in the column. Alternatively, map another column to `<field>.currency`. An amount needs a currency.',
    },
    factor: {
      type: 'String',
      description:
        'Number by which the numbers in the column are multiplied, without rounding: `1000000` if they are in millions. Default: 1.',
    },
    format: {
      type: 'String',
      description:
        'How dates and times are written in the column, with YYYY, MM, DD, HH, mm and ss, such as `MM/DD/YYYY`. Default: ISO 8601. With a format, times are in UTC.',
    },
    replacements: {
      type: replacement,
      isList: true,
      description: 'Cells of the column to replace before they are read.',
    },
  },
}

const constant: OperationInputType = {
  name: 'ImportConstantInput',
  description: 'A value that each record gets, as if the file had a column with this value in every row.',
  fields: {
    field: { type: 'String', isRequired: true, description: 'Field to set, written like `field` of a column.' },
    value: { type: 'String', isRequired: true, description: 'Value to set, written as in a cell of the file.' },
  },
}

const result: OperationOutputType = {
  name: 'ImportRecordsResult',
  description: 'The result of one row of the file.',
  fields: {
    line: { type: 'Int', description: 'Line of the file on which the row begins; the header is line 1.' },
    outcome: {
      type: { name: 'ImportOutcome', description: 'The result of a row of an import.', values: IMPORT_OUTCOMES },
      description: 'What happened to the row; in a dry run, what would happen.',
    },
    recordId: {
      type: 'ID',
      isNullable: true,
      description: 'Id of the record; null when the row has errors, and for a new record that was not written.',
    },
    userErrors: { type: 'UserError', isList: true, description: 'Errors of the row; empty for a row without errors.' },
  },
}

/** An optional text; null counts as absent. */
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)

const input = z.object({
  object: z.string(),
  csv: z.string(),
  columns: z.array(
    z.object({
      column: z.string(),
      field: z.string(),
      currency: text,
      factor: text,
      format: text,
      replacements: z
        .array(z.object({ from: z.string(), to: z.string() }))
        .nullish()
        .transform((value) => value ?? []),
    }),
  ),
  constants: z
    .array(z.object({ field: z.string(), value: z.string() }))
    .nullish()
    .transform((value) => value ?? []),
  matchBy: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? []),
  errorPolicy: z
    .enum(['REJECT_ALL', 'REJECT_FAILED'])
    .nullish()
    .transform((value) => value ?? 'REJECT_ALL'),
  dryRun: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
})

// Limited, because the transaction holds its locks until the last row is written.
const MAX_ROWS = 10_000

/** Returns the user error for a file with more than MAX_ROWS rows. */
function tooLong() {
  return invalid(
    ['input', 'csv'],
    `The file has more than ${MAX_ROWS} rows. Split it, or use the command line: rapport import.`,
  )
}

/** The operation `importRecords`: imports a CSV file. */
export const importRecords = defineOperation({
  name: 'importRecords',
  description:
    'Imports records from CSV, in one transaction. A row whose record exists updates only the values that differ, so that importing a file ' +
    'again changes nothing; any other row creates a record. An empty cell leaves its field as it is. Items, such as e-mail addresses, are ' +
    'added and never removed. Requires the permissions to read, create and update the object.',
  input: {
    object: { type: 'String', isRequired: true, description: 'Type of the records, such as `Account`.' },
    csv: {
      type: 'String',
      isRequired: true,
      description: `The file. Its first line names the columns; the delimiter is comma, semicolon or tab. ${MAX_ROWS} rows at most.`,
    },
    columns: {
      type: column,
      isList: true,
      isRequired: true,
      description: 'Columns to import, with their fields. Other columns of the file are ignored.',
    },
    constants: {
      type: constant,
      isList: true,
      description: 'Values that each record gets, in addition to the values of its row.',
    },
    matchBy: {
      type: 'String',
      isList: true,
      description:
        'Fields that identify a record. A row updates the record with the same values in these fields; without such a record, it creates a record. ' +
        'Default: the natural key of the object, such as its name.',
    },
    errorPolicy: {
      type: 'BulkErrorPolicy',
      description: 'Whether the rows without errors are written when other rows have errors.',
      defaultValue: 'REJECT_ALL',
    },
    dryRun: { type: 'Boolean', description: 'Reports what would happen, and writes nothing.', defaultValue: false },
  },
  payload: {
    createdCount: { type: 'Int', description: 'Number of rows with the outcome CREATED.' },
    updatedCount: { type: 'Int', description: 'Number of rows with the outcome UPDATED.' },
    unchangedCount: { type: 'Int', description: 'Number of rows with the outcome UNCHANGED.' },
    failedCount: { type: 'Int', description: 'Number of rows with errors, whose outcome is FAILED.' },
    results: {
      type: result,
      isList: true,
      description:
        'Result of each row, in the order of the file; empty when an argument or the whole file has an error.',
    },
  },
  // The permissions depend on the imported object: `importTable` checks them.
  permission: null,
  cost: 10_000,
  async run(values, context) {
    const work = workOf(context)
    const { csv, ...order } = input.parse(values)
    const table = await readCsv([csv], MAX_ROWS)
    const isTooLong = table.rows.length > MAX_ROWS
    const { errors, rows } = isTooLong ? { errors: [tooLong()], rows: [] } : await importTable(work, order, table)
    const prefix = work.context.runtime.registry.objects.get(order.object)?.prefix ?? ''
    const count = (outcome: ImportOutcome) => rows.filter((row) => row.outcome === outcome).length
    return {
      values: {
        createdCount: count('CREATED'),
        updatedCount: count('UPDATED'),
        unchangedCount: count('UNCHANGED'),
        failedCount: count('FAILED'),
        results: rows.map((row) => ({
          line: row.line,
          outcome: row.outcome,
          recordId: row.recordId && encodeId(prefix, row.recordId),
          userErrors: row.errors,
        })),
      },
      userErrors: [...errors, ...rows.flatMap((row) => row.errors)],
    }
  },
})
