import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import installation from '../rapport.config.ts'

// Installs, upgrades, disables and removes each shipped plugin in each way on a PostgreSQL of the machine, as an operator
// would, and compares what pg_dump says of the schema before and after.
// Usage: node scripts/check-plugin-traces.ts <url of a database whose role may create databases> <folder with pg_dump>

const root = join(import.meta.dirname, '..')
const [adminUrl = '', bin = ''] = process.argv.slice(2)
const name = `rapport_traces_${process.pid}`
const url = new URL(adminUrl)
url.pathname = `/${name}`
const work = mkdtempSync(join(tmpdir(), 'rapport-traces-'))
const configPath = join(work, 'rapport.config.ts')
const specifiers = installation.plugins.map((specifier) =>
  specifier.startsWith('.') ? join(root, specifier) : specifier,
)
let exports = 0

await asAdmin(`create database ${name}`)
try {
  writeFileSync(configPath, 'export default { plugins: [] }\n')
  rapport('migrate')
  rapport('workspace', 'create', 'acme', '--admin', 'admin@acme.example')
  const without = dump()
  for (const specifier of specifiers) rapport('plugin', 'add', specifier, '--yes')
  const installed = dump()
  for (const specifier of specifiers) {
    const id = idOf(specifier)
    rapport('plugin', 'enable', id, '--workspace', 'acme')
    for (const way of [['--keep'], ['--export', join(work, `export-${exports++}`)], ['--drop']]) {
      rapport('plugin', 'upgrade', id, '--yes')
      rapport('plugin', 'disable', id, '--workspace', 'acme')
      rapport('plugin', 'remove', id, ...way)
      rapport('plugin', 'add', specifier, '--yes')
      same(installed, dump(), `${id}: remove ${way[0]}, then add`)
    }
  }
  for (const specifier of specifiers.toReversed()) rapport('plugin', 'remove', idOf(specifier), '--drop')
  same(without, dump(), 'all of them removed with --drop')
} finally {
  await asAdmin(`drop database ${name} with (force)`)
  rmSync(work, { recursive: true, force: true })
}

function rapport(...args: string[]): void {
  execFileSync(process.execPath, [join(root, 'bin/rapport.js'), ...args], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url.href, RAPPORT_CONFIG: configPath, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** The schema as pg_dump writes it, without the words that differ each time. */
function dump(): string {
  const text = execFileSync(join(bin, 'pg_dump'), ['--schema-only', '--dbname', url.href], { encoding: 'utf8' })
  return text.replaceAll(/^\\(un)?restrict .*$/gm, '')
}

function same(before: string, after: string, what: string): void {
  if (before === after) {
    console.log(`${what}: the schema is the same (${before.length} characters of pg_dump).`)
    return
  }
  writeFileSync(join(tmpdir(), 'rapport-traces-before.sql'), before)
  writeFileSync(join(tmpdir(), 'rapport-traces-after.sql'), after)
  throw new Error(`${what}: the schema differs. Compare rapport-traces-before.sql and -after.sql in ${tmpdir()}.`)
}

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
