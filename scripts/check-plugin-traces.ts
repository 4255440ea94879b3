import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import installation from '../rapport.config.ts'

// Checks that plugins leave no traces in the database schema. Runs the commands that install, upgrade, disable and
// remove each plugin of rapport.config.ts, with each option of `rapport plugin remove`, and compares the output of
// pg_dump before and after.
//
// Usage: node scripts/check-plugin-traces.ts <url of a database whose role may create databases> <folder with pg_dump>

const root = join(import.meta.dirname, '..')
const [adminUrl = '', pgDumpFolder = ''] = process.argv.slice(2)
const databaseName = `rapport_traces_${process.pid}`
const databaseUrl = new URL(adminUrl)
databaseUrl.pathname = `/${databaseName}`
const workFolder = mkdtempSync(join(tmpdir(), 'rapport-traces-'))
const configPath = join(workFolder, 'rapport.config.ts')
const specifiers = installation.plugins.map((specifier) =>
  specifier.startsWith('.') ? join(root, specifier) : specifier,
)
let exportCount = 0

await asAdmin(`create database ${databaseName}`)
try {
  writeFileSync(configPath, 'export default { plugins: [] }\n')
  rapport('migrate')
  rapport('workspace', 'create', 'acme', '--admin', 'admin@acme.example')
  const withoutPlugins = dump()
  for (const specifier of specifiers) rapport('plugin', 'add', specifier, '--yes')
  const installed = dump()
  for (const specifier of specifiers) {
    const id = idOf(specifier)
    rapport('plugin', 'enable', id, '--workspace', 'acme')
    for (const removeOptions of [['--keep'], ['--export', join(workFolder, `export-${exportCount++}`)], ['--drop']]) {
      rapport('plugin', 'upgrade', id, '--yes')
      rapport('plugin', 'disable', id, '--workspace', 'acme')
      rapport('plugin', 'remove', id, ...removeOptions)
      rapport('plugin', 'add', specifier, '--yes')
      expectSameSchema(installed, dump(), `${id}: remove ${removeOptions[0]}, then add`)
    }
  }
  for (const specifier of specifiers.toReversed()) rapport('plugin', 'remove', idOf(specifier), '--drop')
  expectSameSchema(withoutPlugins, dump(), 'all of them removed with --drop')
} finally {
  await asAdmin(`drop database ${databaseName} with (force)`)
  rmSync(workFolder, { recursive: true, force: true })
}

function rapport(...args: string[]): void {
  execFileSync(process.execPath, [join(root, 'bin/rapport.js'), ...args], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: databaseUrl.href, RAPPORT_CONFIG: configPath, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** Returns the output of pg_dump for the schema, without the lines that are different in each dump. */
function dump(): string {
  const text = execFileSync(join(pgDumpFolder, 'pg_dump'), ['--schema-only', '--dbname', databaseUrl.href], {
    encoding: 'utf8',
  })
  return text.replaceAll(/^\\(un)?restrict .*$/gm, '')
}

/** When two dumps differ, writes both to files and throws an Error. `what` describes what was compared. */
function expectSameSchema(before: string, after: string, what: string): void {
  if (before === after) {
    console.log(`${what}: the schema is the same (${before.length} characters of pg_dump).`)
    return
  }
  writeFileSync(join(tmpdir(), 'rapport-traces-before.sql'), before)
  writeFileSync(join(tmpdir(), 'rapport-traces-after.sql'), after)
  throw new Error(`${what}: the schema differs. Compare rapport-traces-before.sql and -after.sql in ${tmpdir()}.`)
}

/** Returns the id of a plugin: the last part of its path or package name. */
function idOf(specifier: string): string {
  return specifier.split('/').at(-1) ?? specifier
}

async function asAdmin(statement: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
