import { defineOperation } from '../declare/rules/operation.ts'
import type { OperationInputType } from '../declare/rules/operation-input.ts'
import { workOf } from '../request/plugin-work.ts'
import { exportOrder } from './export-order.ts'
import { MAX_FIELDS, planExport } from './plan-export.ts'
import { storeExport } from './stored-exports.ts'

const orderTerm: OperationInputType = {
  name: 'ExportOrderInput',
  description: 'A field to order the records of an export by.',
  fields: {
    field: { type: 'String', isRequired: true, description: 'Field by which lists of the object can be ordered.' },
    direction: { type: 'OrderDirection', description: 'Direction of the order.', defaultValue: 'ASC' },
  },
}

/** Path of the addresses under which files of exports are served; the token follows. */
export const EXPORTS_PATH = '/exports/'

/** The operation `exportRecords`: checks an order of an export, and returns the address of its file. */
export const exportRecords = defineOperation({
  name: 'exportRecords',
  description:
    'Checks what is to be exported, and returns the address of a file with the records. A `GET` of the address writes the file while it is ' +
    'sent, from the records as they are at its beginning, as far as the caller may see them then. A field that the caller may not read on ' +
    'all of these records can’t be exported. The audit has an entry when a file begins and when it ends.',
  input: {
    object: { type: 'String', isRequired: true, description: 'Type of the records, such as `Account`.' },
    fields: {
      type: 'String',
      isList: true,
      isRequired: true,
      description:
        `Fields of each record, at most ${MAX_FIELDS}, such as \`name\`; fields within a field or a related record follow after a point: ` +
        '`annualRevenue.amount`, `owner.displayName`. Of a list of items such as `emails.address`, JSON Lines contain all, and a CSV file the ' +
        'first; `emails.2.address` is the second. `importRecords` takes the same paths for fields that can be written.',
    },
    filter: {
      type: 'JSON',
      description:
        'Only records that meet all of these conditions: a value of the argument `filter` of the object’s list, such as of `AccountFilter`. ' +
        'Enum values are texts.',
    },
    search: {
      type: 'String',
      description: 'Only records with all of these words, as in the argument `search` of the object’s list.',
    },
    orderBy: {
      type: orderTerm,
      isList: true,
      description:
        'Fields to order by, the most significant first, at most 5. Default: the best match first with `search`, else the order in which the ' +
        'records were created.',
    },
    includeDeleted: {
      type: 'Boolean',
      description: 'Whether soft-deleted records are exported too.',
      defaultValue: false,
    },
    format: { type: 'ExportFormat', description: 'Format of the file.', defaultValue: 'CSV' },
  },
  payload: {
    url: {
      type: 'String',
      isNullable: true,
      isSecret: true,
      description:
        'Address of the file, relative to that of the API: `/exports/…`. A `GET` of it needs no credential, so it is as secret as one. It is ' +
        'not valid any more when the caller’s rights change, or their session or key ends.',
    },
    expiresAt: {
      type: 'DateTime',
      isNullable: true,
      description: 'Until when a download can begin; it can be repeated until then. A download that has begun goes on.',
    },
  },
  // The permissions depend on the exported object and fields: `planExport` checks them.
  permission: null,
  cost: 10_000,
  async run(values, context) {
    const work = workOf(context)
    const planned = planExport(work.context, exportOrder.parse(values))
    if ('errors' in planned) return { values: {}, userErrors: planned.errors }
    const { token, expiresAt } = await storeExport(work, planned.plan.order)
    // The order is no record and has no entry in the log: without this, the transaction would be rolled back as empty.
    work.hasPluginStatements = true
    return { values: { url: `${EXPORTS_PATH}${token}`, expiresAt }, userErrors: [] }
  },
})
