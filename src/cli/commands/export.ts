import { Command, InvalidArgumentError, Option } from 'commander'
import type { ExportOrder } from '../../platform/exports/export-order.ts'
import { capital } from '../../platform/formats/capital.ts'
import type { CommandContext } from '../command-context.ts'

type Term = ExportOrder['orderBy'][number]

interface ExportOptions {
  object: string
  workspace: string
  email: string
  field: string[]
  filter: unknown
  search?: string
  orderBy: Term[]
  includeDeleted?: true
  format?: 'csv' | 'json-lines'
}

const EXAMPLE = `
Example:
  rapport export accounts.csv --object account --workspace demo --email admin@demo.example \\
    --field name --field annualRevenue.amount --field annualRevenue.currency --field parent.name \\
    --filter '{ "industry": { "equals": "Retail" } }' --order-by name`

/** `rapport export` */
export function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description('Export records to a CSV or JSON Lines file, with the permissions of a user.')
    .argument('<file>', 'file to create; JSON Lines when its name ends in .jsonl, else CSV')
    .requiredOption('--object <object>', 'object whose records are exported, such as account or contact')
    .requiredOption('--workspace <slug>', 'workspace to export from')
    .requiredOption('--email <email>', 'user with whose permissions the records are read; the audit shows the user')
    .addOption(
      repeated(
        '--field <path>',
        'field to export, such as name, parent.name or emails.2.address',
        (text) => text,
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option('--filter <json>', 'only records that meet these conditions, as in the API')
        .argParser(parseFilter)
        .default(null),
    )
    .option('--search <words>', 'only records with all of these words')
    .addOption(
      repeated('--order-by <field>', 'field to order by; name:desc for the other direction', parseTerm).default([]),
    )
    .option('--include-deleted', 'export soft-deleted records too')
    .addOption(new Option('--format <format>', 'format of the file').choices(['csv', 'json-lines']))
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, options: ExportOptions) => {
      // Imported here, so that `--help` does not load the whole server.
      const { exportToFile } = await import('../export/file.ts')
      const records = await exportToFile(context, file, orderOf(file, options), options)
      context.print(`${records} exported to ${file}.`)
    })
}

/** Returns an option that can be used several times. Its value is the list of the parsed values. */
function repeated<Value>(flags: string, description: string, parse: (text: string) => Value): Option {
  return new Option(flags, description).argParser<Value[]>((text, previous) => [...(previous ?? []), parse(text)])
}

function parseFilter(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new InvalidArgumentError('Expected JSON, such as {"name":{"startsWith":"A"}}.')
  }
}

function parseTerm(text: string): Term {
  const [, field, direction = 'asc'] = /^([^:]+)(?::(asc|desc))?$/.exec(text) ?? []
  if (field === undefined) throw new InvalidArgumentError('Expected <field>, <field>:asc or <field>:desc.')
  return { field, direction: direction === 'desc' ? 'DESC' : 'ASC' }
}

function orderOf(file: string, options: ExportOptions): ExportOrder {
  const { object, field, filter, search, orderBy, includeDeleted, format } = options
  const isLines = format ? format === 'json-lines' : file.endsWith('.jsonl')
  return {
    object: capital(object),
    fields: field,
    filter,
    search: search ?? null,
    orderBy,
    includeDeleted: includeDeleted ?? false,
    format: isLines ? 'JSON_LINES' : 'CSV',
  }
}
