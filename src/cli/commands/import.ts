import { Command, Option } from 'commander'
import { capital } from '../../platform/formats/capital.ts'
import type { ImportColumn, ImportConstant, ImportOrder } from '../../platform/imports/import-order.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { type FieldReplacement, parseConstant, parseMapping, parseReplacement } from '../import/notation.ts'
import { problemsOf, stepLines, stepProblems, summaryOf } from '../import/report.ts'

interface ImportOptions {
  object?: string
  workspace: string
  email?: string
  map?: Omit<ImportColumn, 'replacements'>[]
  replace: FieldReplacement[]
  constant: ImportConstant[]
  set?: string
  from?: string
  match: string[]
  errorPolicy: 'reject-all' | 'reject-failed'
  dryRun?: true
}

const EXAMPLE = `
Examples:
  rapport import --set examples/imports/crm-sales-opportunities.json --from data --workspace demo
  rapport import accounts.csv --object account --workspace demo --email admin@demo.example \\
    --map account=name --map revenue=annualRevenue:USD*1000000 --map subsidiary_of=parent.name \\
    --replace industry:technolgy=technology --dry-run`

/** `rapport import` */
export function importCommand(context: CommandContext): Command {
  return new Command('import')
    .description(
      'Import records from a CSV file, or from the files of an import set. By default, writes nothing when a row has errors. Importing the same files again changes nothing.',
    )
    .argument('[file]', 'CSV file in UTF-8, with the names of the columns in its first line')
    .requiredOption('--workspace <slug>', 'workspace to import into')
    .option(
      '--email <email>',
      'user with whose permissions the records are written; their history shows the user (default: the first administrator)',
    )
    .option('--set <path>', 'import set: JSON that says what is imported from which file')
    .option('--from <folder>', 'folder with the files of the import set')
    .option('--object <object>', 'of a CSV file: object whose records are imported, such as account or contact')
    .addOption(
      repeated(
        '--map <column=field>',
        'column and its field; :USD*1000000 is the currency and factor of an amount, :MM/DD/YYYY the format of a date',
        parseMapping,
      ),
    )
    .addOption(
      repeated(
        '--replace <field:from=to>',
        'value in a column that is mapped to the field, and the value to import instead of it',
        parseReplacement,
      ).default([]),
    )
    .addOption(
      repeated('--constant <field=value>', 'value to write to a field of every record', parseConstant).default([]),
    )
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
    .action((file: string | undefined, options: ImportOptions) =>
      file === undefined ? runSet(context, options) : runFile(context, file, options),
    )
}

async function runFile(context: CommandContext, file: string, options: ImportOptions): Promise<void> {
  const order = orderOf(options)
  // Imported here, so that `--help` does not load the whole server.
  const { importFile } = await import('../import/file.ts')
  const report = await importFile(context, file, order, options)
  if (report.errors.length === 0) context.print(summaryOf(report, order))
  const problems = problemsOf(report, order)
  if (problems.length > 0) throw new CommandError(problems.join('\n'))
}

async function runSet(context: CommandContext, options: ImportOptions): Promise<void> {
  const { set, from, dryRun = false } = options
  if (set === undefined || from === undefined)
    throw new CommandError('Name a CSV file, or an import set with --set and the folder of its files with --from.')
  const name = SINGLE_FILE_OPTIONS.find((option) => (options[option]?.length ?? 0) > 0)
  if (name !== undefined)
    throw new CommandError(`--${name} is for a single CSV file. With --set, the import set says it.`)
  const { importSetFrom } = await import('../import/set.ts')
  const startedAt = performance.now()
  const reports = await importSetFrom(context, set, from, { ...options, dryRun })
  const problems = stepProblems(reports)
  if (problems.length > 0) throw new CommandError(problems.join('\n'))
  for (const line of stepLines(reports, dryRun)) context.print(line)
  context.print(`It took ${Math.ceil((performance.now() - startedAt) / 1000)} s.`)
}

const SINGLE_FILE_OPTIONS = ['object', 'map', 'replace', 'constant', 'match'] as const

/** Returns an option that can be used several times. Its value is the list of the parsed values. */
function repeated<Value>(flags: string, description: string, parse: (text: string) => Value): Option {
  return new Option(flags, description).argParser<Value[]>((text, previous) => [...(previous ?? []), parse(text)])
}

/**
 * Returns the instructions of the import from the options of the command.
 *
 * @throws CommandError when an option is missing or for an import set, or --replace names a field for which there is no
 * --map.
 */
function orderOf({ object, map, replace, constant, set, match, errorPolicy, dryRun }: ImportOptions): ImportOrder {
  if (set !== undefined)
    throw new CommandError('--set names an import set, which names its files. For a value of a field, use --constant.')
  if (object === undefined) throw new CommandError('--object is missing: the object whose records are imported.')
  if (map === undefined) throw new CommandError('--map is missing: map at least one column to a field.')
  const unmapped = replace.find(({ field }) => !map.some((mapping) => mapping.field === field))
  if (unmapped) throw new CommandError(`--replace ${unmapped.field}:… has no --map option for the same field.`)
  return {
    object: capital(object),
    columns: map.map((mapping) => ({
      ...mapping,
      replacements: replace.filter(({ field }) => field === mapping.field),
    })),
    constants: constant,
    matchBy: match,
    errorPolicy: errorPolicy === 'reject-all' ? 'REJECT_ALL' : 'REJECT_FAILED',
    dryRun: dryRun ?? false,
  }
}
