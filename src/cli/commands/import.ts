import { Command, Option } from 'commander'
import { capital } from '../../platform/formats/capital.ts'
import type { ImportColumn, ImportConstant, ImportOrder } from '../../platform/imports/import-order.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { type FieldReplacement, parseConstant, parseMapping, parseReplacement } from '../import/notation.ts'
import { problemsOf, summaryOf } from '../import/report.ts'

interface ImportOptions {
  object: string
  workspace: string
  email: string
  map: Omit<ImportColumn, 'replacements'>[]
  replace: FieldReplacement[]
  set: ImportConstant[]
  match: string[]
  errorPolicy: 'reject-all' | 'reject-failed'
  dryRun?: true
}

const EXAMPLE = `
Example:
  rapport import accounts.csv --object account --workspace demo --email admin@demo.example \\
    --map account=name --map revenue=annualRevenue:USD*1000000 --map subsidiary_of=parent.name \\
    --replace industry:technolgy=technology --dry-run`

/** `rapport import` */
export function importCommand(context: CommandContext): Command {
  return new Command('import')
    .description(
      'Import records from a CSV file. By default, writes nothing when a row has errors. Importing the same file again changes nothing.',
    )
    .argument('<file>', 'CSV file in UTF-8, with the names of the columns in its first line')
    .requiredOption('--object <object>', 'object whose records are imported, such as account or contact')
    .requiredOption('--workspace <slug>', 'workspace to import into')
    .requiredOption(
      '--email <email>',
      'user with whose permissions the records are written; their history shows the user',
    )
    .addOption(
      repeated(
        '--map <column=field>',
        'column and its field; :USD*1000000 is the currency and factor of an amount, :MM/DD/YYYY the format of a date',
        parseMapping,
      ).makeOptionMandatory(),
    )
    .addOption(
      repeated(
        '--replace <field:from=to>',
        'value in a column that is mapped to the field, and the value to import instead of it',
        parseReplacement,
      ).default([]),
    )
    .addOption(repeated('--set <field=value>', 'value to write to a field of every record', parseConstant).default([]))
    .addOption(
      repeated(
        '--match <field>',
        'field that identifies an existing record (default: the natural key of the object, such as its name)',
        (text) => text,
      ).default([]),
    )
    .addOption(
      new Option('--error-policy <policy>', 'when some rows have errors, write nothing or write only the other rows')
        .choices(['reject-all', 'reject-failed'])
        .default('reject-all'),
    )
    .option('--dry-run', 'report what the import would do, and write nothing')
    .addHelpText('after', EXAMPLE)
    .action(async (file: string, options: ImportOptions) => {
      const order = orderOf(options)
      // Imported here, so that `--help` does not load the whole server.
      const { importFile } = await import('../import/file.ts')
      const report = await importFile(context, file, order, options)
      if (report.errors.length === 0) context.print(summaryOf(report, order))
      const problems = problemsOf(report, order)
      if (problems.length > 0) throw new CommandError(problems.join('\n'))
    })
}

/** Returns an option that can be used several times. Its value is the list of the parsed values. */
function repeated<Value>(flags: string, description: string, parse: (text: string) => Value): Option {
  return new Option(flags, description).argParser<Value[]>((text, previous) => [...(previous ?? []), parse(text)])
}

/**
 * Returns the instructions of the import from the options of the command.
 *
 * @throws CommandError when --replace names a field for which there is no --map.
 */
function orderOf({ object, map, replace, set, match, errorPolicy, dryRun }: ImportOptions): ImportOrder {
  const unmapped = replace.find(({ field }) => !map.some((mapping) => mapping.field === field))
  if (unmapped) throw new CommandError(`--replace ${unmapped.field}:… has no --map option for the same field.`)
  return {
    object: capital(object),
    columns: map.map((mapping) => ({
      ...mapping,
      replacements: replace.filter(({ field }) => field === mapping.field),
    })),
    constants: set,
    matchBy: match,
    errorPolicy: errorPolicy === 'reject-all' ? 'REJECT_ALL' : 'REJECT_FAILED',
    dryRun: dryRun ?? false,
  }
}
