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
  const singles = [...columns.values()].filter(({ isList, isGenerated }) => !isList && !isGenerated)
  const first = singles.find(({ type, column }) => type === 'text' && rows[0]?.expression.match(`\\b${column}\\b`))
  const needed = singles.filter(({ isRequired, hasDefault, type }) => isRequired && !hasDefault && type !== 'uuid')
  const sample = { text: name, timestamp: new Date(), date: new Date() } as const
  const values = [...needed, ...(first ? [first] : [])].map(({ column, type }) => [column, Object(sample)[type] ?? 1])
  return { ...Object.fromEntries(values), ...KINDS[table] }
}
