import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Client } from 'pg'
import { readModelFiles } from '../../src/platform/data/models/compose-models.ts'
import { type Model, readModels } from '../../src/platform/data/models/models.ts'

const { models } = readModels([await readModelFiles('core', join(import.meta.dirname, '../../prisma/models'))])
/** The models of core whose records are searched. */
export const searchedModels = [...models.values()].filter(({ columns }) => columns.has('searchText'))

/** Columns without a default whose value is not any text, by table. */
const KINDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { interactions: { kind: 'NOTE' } }

/** Returns values of a record that is found by the name: what every record needs, and one text that is searched. */
export async function findableValues(
  owner: Client,
  { table, columns }: Model,
  name: string,
): Promise<Record<string, unknown>> {
  const { rows } = await owner.query<{ expression: string }>(
    `select generation_expression as expression from information_schema.columns where table_name = $1 and column_name = 'search_text'`,
    [table],
  )
  const values = sampleValues(columns, name, rows[0]?.expression ?? '')
  return { ...values, ...KINDS[table] }
}

/** Models of which every record of a workspace has one already. */
const GIVEN: ReadonlySet<string> = new Set(['Workspace', 'Actor'])

/**
 * Adds the records to which a record of the model has to refer, such as the stage of an opportunity, with those to which
 * they refer themselves. Returns the columns that refer to them.
 * @param add Inserts a row into a table, and returns its id.
 */
export async function requiredReferences(
  { relations }: Model,
  add: (table: string, values: Record<string, unknown>) => Promise<string>,
): Promise<Record<string, unknown>> {
  const references: Record<string, unknown> = {}
  for (const { target, columns, isRequired } of relations.values()) {
    const model = models.get(target)
    const column = columns.find((each) => each !== 'workspaceId')
    if (!isRequired || !model || !column || GIVEN.has(target)) continue
    const values = { ...sampleValues(model.columns, randomUUID(), ''), ...(await requiredReferences(model, add)) }
    references[toSnakeCase(column)] = await add(model.table, values)
  }
  return references
}

const toSnakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Returns a value for each column that has to have one, and for the first text in the expression that is searched. */
function sampleValues(columns: Model['columns'], name: string, searched: string): Record<string, unknown> {
  const singles = [...columns.values()].filter(({ isList, isGenerated }) => !isList && !isGenerated)
  const first = singles.find(({ type, column }) => type === 'text' && searched.match(`\\b${column}\\b`))
  const needed = singles.filter(({ isRequired, hasDefault, type }) => isRequired && !hasDefault && type !== 'uuid')
  const sample = { timestamp: new Date(), date: new Date(), json: {}, bytes: Buffer.alloc(1) } as const
  const sampleOf = ({ type, maxLength }: (typeof singles)[number]): unknown =>
    type === 'text' ? name.slice(0, maxLength ?? undefined) : (Object(sample)[type] ?? 1)
  const values = [...needed, ...(first ? [first] : [])].map((column) => [column.column, sampleOf(column)])
  return Object.fromEntries(values)
}
