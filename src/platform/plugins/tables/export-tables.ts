import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import pg, { type ClientBase } from 'pg'
import type { InstalledPlugin } from '../lifecycle/installed.ts'
import { PluginLifecycleError } from '../load/plugin-error.ts'

const ROWS_PER_FETCH = 1_000

interface ExportedTable {
  readonly table: string
  readonly file: string
  readonly columns: readonly string[]
  readonly rows: number
}

/**
 * Writes each table of a plugin to a CSV file in a folder, with a manifest.json that lists the files. The folder is
 * created only when all files are complete. Values are written as PostgreSQL prints them; NULL is an empty cell, an
 * empty text is "".
 * @throws PluginLifecycleError when the folder exists and is not empty.
 */
export async function exportTables(
  client: ClientBase,
  { id, version }: InstalledPlugin,
  directory: string,
): Promise<void> {
  if (existsSync(directory) && (await readdir(directory)).length > 0)
    throw new PluginLifecycleError(`${directory} is not empty. Name a folder that does not exist yet.`)
  const temporary = `${directory}.${process.pid}.part`
  await mkdir(dirname(temporary), { recursive: true })
  await mkdir(temporary)
  try {
    // All tables are read from the same snapshot, so that their rows fit together.
    await client.query('begin isolation level repeatable read read only')
    const tables: ExportedTable[] = []
    for (const table of await ownTables(client, id)) tables.push(await exportTable(client, table, temporary))
    const manifest = { plugin: id, version, exportedAt: new Date().toISOString(), tables }
    await writeFile(join(temporary, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    await rm(directory, { recursive: true, force: true })
    await rename(temporary, directory)
  } finally {
    await client.query('rollback')
    await rm(temporary, { recursive: true, force: true })
  }
}

async function ownTables(client: ClientBase, id: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and starts_with(relname, $1) order by 1`,
    [`${id}_`],
  )
  return rows.map(({ name }) => name)
}

async function exportTable(client: ClientBase, table: string, directory: string): Promise<ExportedTable> {
  const { rows: attributes } = await client.query<{ name: string }>(
    `select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [pg.escapeIdentifier(table)],
  )
  const columns = attributes.map(({ name }) => name)
  const file = `${table}.csv`
  const output = createWriteStream(join(directory, file))
  output.write(`${columns.map(cell).join(',')}\n`)
  const texts = columns.map((column) => `${pg.escapeIdentifier(column)}::text`)
  await client.query(
    `declare exported no scroll cursor for select ${texts.join(', ')} from ${pg.escapeIdentifier(table)}`,
  )
  let rows = 0
  for (;;) {
    const page = await client.query<(string | null)[]>({
      text: `fetch ${ROWS_PER_FETCH} from exported`,
      rowMode: 'array',
    })
    rows += page.rows.length
    const lines = page.rows.map((row) => `${row.map(cell).join(',')}\n`).join('')
    if (!output.write(lines)) await once(output, 'drain')
    if (page.rows.length < ROWS_PER_FETCH) break
  }
  await client.query('close exported')
  output.end()
  await once(output, 'finish')
  return { table, file, columns, rows }
}

/**
 * Returns a value as a CSV cell that COPY … WITH (FORMAT csv) reads back. Quotes a backslash too, because COPY takes a
 * line with only `\.` for the end of the file.
 */
function cell(value: string | null): string {
  if (value === null) return ''
  return value === '' || /[",\n\r\\]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
