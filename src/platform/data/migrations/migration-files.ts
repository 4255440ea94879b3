import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MigrationError } from './migration-error.ts'

/** The migrations of core or of one plugin. */
export interface MigrationSource {
  /** `core` or the plugin's id. */
  readonly pluginId: string
  /** Path of the directory with the files. */
  readonly directory: string
}

/** A migration: one file `NNNN_name.sql`. */
export interface MigrationFile {
  readonly pluginId: string
  /** File name. */
  readonly name: string
  readonly sql: string
  /** SHA-256 of the text, hexadecimal. */
  readonly checksum: string
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/
// Statements that begin or end a transaction. They are refused, because a whole file runs in one transaction. The BEGIN
// of PL/pgSQL is not followed by a semicolon, so it does not match.
const TRANSACTION_STATEMENT = /^\s*(begin|start\s+transaction|commit|end|rollback)(\s+(work|transaction))?\s*;/im

/**
 * Returns the migrations of core or of one plugin, in order. Their numbers are 0001, 0002, … without a gap.
 * @throws MigrationError when a name is malformed, a number is missing or used twice, or a file has a transaction
 * statement.
 */
export async function readMigrationFiles({ pluginId, directory }: MigrationSource): Promise<MigrationFile[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort()
  names.forEach((name, index) => {
    const expected = String(index + 1).padStart(4, '0')
    if (FILE_NAME.exec(name)?.[1] === expected) return
    throw new MigrationError(
      `Migration ${name} of ${pluginId} is not named as expected, ${expected}_<name>.sql: ` +
        'the files are numbered without a gap. An earlier file is missing, or two files have the same number.',
    )
  })
  return Promise.all(names.map((name) => readMigrationFile(pluginId, directory, name)))
}

async function readMigrationFile(pluginId: string, directory: string, name: string): Promise<MigrationFile> {
  // The checksum has to be the same whether Git has written the file with LF or with CRLF.
  const sql = (await readFile(join(directory, name), 'utf8')).replaceAll('\r\n', '\n')
  const statement = TRANSACTION_STATEMENT.exec(sql)?.[1]
  if (statement) {
    throw new MigrationError(
      `Migration ${name} of ${pluginId} has a ${statement.toUpperCase()} statement. Remove it: each file runs in one transaction.`,
    )
  }
  return { pluginId, name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
}
