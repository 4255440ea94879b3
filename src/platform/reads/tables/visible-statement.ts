import type { GraphQLSchema } from 'graphql'
import type { Model } from '../../data/models/models.ts'
import { MARKER_SCHEMA } from '../../data/prisma/joined-connection.ts'
import { ident, join, sql } from '../../data/sql.ts'
import type { Plugin } from '../../declare/plugin.ts'
import { pluginLacksPermission } from '../../permissions/detect-missing-grant.ts'
import { ownerIn } from '../../registry/declaring-plugins.ts'
import type { Registry } from '../../registry/object-type.ts'
import type { Actor } from '../../request/actor.ts'
import { startFinding } from '../start-reading.ts'
import { missingReads } from './manifest-reads.ts'
import { isShown, type VisibleTable, visibleTable } from './visible-table.ts'

/** A statement of Prisma's in which each table is replaced by what may be read of it. */
export interface VisibleStatement {
  readonly text: string
  readonly values: readonly unknown[]
  readonly isWrite: boolean
}

/** Who reads, and for which plugin or module. */
export interface StatementReader {
  readonly registry: Registry
  readonly schema: GraphQLSchema
  /** Actor whose permissions decide which rows and columns are read. */
  readonly actor: Actor
  /** Plugin or module whose code sends the statements. */
  readonly plugin: Plugin
  /** Whether the plugin's own tables and the tables under `reads` are read as they are, whatever the caller may see. */
  readonly isUnrestricted: boolean
}

/**
 * Returns a function that replaces the tables in a statement of Prisma's by queries of what the actor may see. Tables of
 * the plugin itself that hold no records and no parts of records stay as they are, and may be written.
 * @throws Error (the returned function) when the statement reads a table that the API does not show, or writes a table
 * that it may not write; it says what to do instead.
 */
export function visibleStatements(
  reader: StatementReader,
): (text: string, values: readonly unknown[]) => VisibleStatement {
  const tables = new Map<string, VisibleTable | null>()
  const statements = new Map<string, Omit<VisibleStatement, 'values'> & { readonly added: readonly unknown[] }>()
  const visible = (table: string): VisibleTable | null => {
    const cached = tables.get(table)
    if (cached !== undefined) return cached
    const readable = readableTable(reader, table)
    tables.set(table, readable)
    return readable
  }
  return (text, values) => {
    const cached = statements.get(text)
    if (cached) return { text: cached.text, isWrite: cached.isWrite, values: [...values, ...cached.added] }
    const isWrite = checkedWrite(reader, text)
    const used = new Map<string, VisibleTable>()
    const main = text.replace(QUALIFIED, (_, quoted: string) => {
      const name = quoted.replaceAll('""', '"')
      const table = isEnumType(reader.registry, name) ? null : visible(name)
      if (table === null) return ident(name).sql
      used.set(name, table)
      return aliasOf(name).sql
    })
    if (main.includes(MARKER_SCHEMA))
      throw new Error(`Prisma sent a statement that names a table in an unknown way, so it was not executed: ${text}`)
    const replaced = withQueries(main, used, values.length)
    statements.set(text, { ...replaced, isWrite })
    return { text: replaced.text, isWrite, values: [...values, ...replaced.added] }
  }
}

/** A name that is qualified by the marker schema: of a table, or of an enum type. */
const QUALIFIED = new RegExp(`"${MARKER_SCHEMA.replace('$', '\\$')}"\\."((?:[^"]|"")+)"`, 'g')
/** The beginning of a statement that writes a table. */
const WRITE = new RegExp(`^\\s*(?:INSERT INTO|UPDATE|DELETE FROM)\\s+${QUALIFIED.source}`)

const aliasOf = (table: string) => ident(`visible ${table}`)

/** Puts the queries before a statement, as common table expressions with parameters after those of the statement. */
function withQueries(main: string, tables: ReadonlyMap<string, VisibleTable>, parameterCount: number) {
  if (tables.size === 0) return { text: main, added: [] }
  const isUsed = (column: string) => main.includes(ident(column).sql)
  const expressions = [...tables].map(
    ([name, table]) => sql`${aliasOf(name)} as not materialized (${table.query(isUsed)})`,
  )
  const prefix = sql`with ${join(expressions)} `
  const text = prefix.strings.reduce((before, after, index) => `${before}$${parameterCount + index}${after}`)
  return { text: text + main, added: prefix.values }
}

/** Returns what may be read of a table; null for a table that is read as it is. */
function readableTable(reader: StatementReader, table: string): VisibleTable | null {
  const { registry, schema, actor, plugin, isUnrestricted } = reader
  const model = modelOf(registry, table)
  const isOwn = isOwnModel(reader, model)
  if (isOwn && (isUnrestricted || !isShown({ registry }, model))) return null
  if (isUnrestricted && plugin.reads?.includes(table)) return null
  requireReadable(reader, model)
  // A reading of its own for each table: the text of its query does not depend on the statement.
  const visible = visibleTable(startFinding({ runtime: { registry, schema }, actor }), model, isOwn)
  if (visible) return visible
  throw new Error(
    `${model.name} is not shown by the API, so Prisma can't read it for ${plugin.id}. Read it through an object of the API that has its values.`,
  )
}

/**
 * Checks that code may read a model with Prisma: that it is read as it is, or that the plugin's manifest has a permission
 * to read rows of it. What only the caller may not read is no error: to the code it looks like records that don't exist.
 * @throws GraphQLError FORBIDDEN with the missing permission; Error for `unrestricted.prisma`, with what to declare.
 */
export function requireReadable(reader: StatementReader, model: Model): void {
  const { registry, plugin, isUnrestricted } = reader
  const { name, table } = model
  if (isUnrestricted && (isOwnModel(reader, model) || plugin.reads?.includes(table))) return
  const permissions = missingReads(registry, plugin, model)
  if (permissions.length === 0) return
  if (!isUnrestricted) throw pluginLacksPermission(plugin, permissions, `read ${name} with Prisma`)
  throw new Error(
    `The plugin ${plugin.id} may not read ${name} with \`unrestricted.prisma\`: the table ${table} is not its own, and its manifest does not name it. To read all rows, add reads: ['${table}']; to read those that the caller may see, add ${permissions.join(' or ')} to its permissions.`,
  )
}

/** Returns whether the statement writes; throws when it may not write its table. */
function checkedWrite(reader: StatementReader, text: string): boolean {
  const table = WRITE.exec(text)?.[1]
  if (table === undefined) {
    if (/^\s*SELECT\b/.test(text)) return false
    throw new Error(`Prisma sent a statement of an unknown kind, so it was not executed: ${text}`)
  }
  requireWritable(reader, modelOf(reader.registry, table))
  return true
}

/** Throws, with what to do instead, when code may not write the table of a model with Prisma. */
export function requireWritable(reader: StatementReader, model: Model): void {
  const { registry, plugin } = reader
  if (!isOwnModel(reader, model))
    throw new Error(
      `${model.name} belongs to ${model.pluginId}, so Prisma can't write it for ${plugin.id}. Write records through \`records\`: then rules run, and the log has the write.`,
    )
  if (isShown({ registry }, model))
    throw new Error(
      `${model.name} holds records of the API, so Prisma can't write it. Use \`records.create\`, \`update\`, \`patch\` or \`insert\`: then rules run, and the log has the write.`,
    )
}

function isOwnModel({ registry, plugin }: StatementReader, model: Model): boolean {
  return model.pluginId === ownerIn(registry, plugin.id)
}

function isEnumType({ models }: Registry, name: string): boolean {
  return [...models.enums.values()].some(({ type }) => type === name)
}

function modelOf({ models }: Registry, table: string): Model {
  for (const model of models.models.values()) if (model.table === table) return model
  throw new Error(`Prisma named the table ${table}, which no model has.`)
}
