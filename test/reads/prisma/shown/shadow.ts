import type { Pool } from 'pg'
import type { Model } from '../../../../src/platform/data/models/models.ts'
import type { Registry } from '../../../../src/platform/registry/object-type.ts'
import { publishedColumns } from './ask-api.ts'
import { keyOf, type ShownRows } from './stored-rows.ts'

/** Everybody who sees a row of a table may read these columns of it. */
const ALWAYS_SHOWN: ReadonlySet<string> = new Set(['workspaceId', 'id', 'version', 'position'])

/**
 * Creates a schema with the tables as the API shows them: the rows that it showed, and in each column the stored value
 * where it showed a value, otherwise null. The tables have no constraints, no defaults and no row-level security.
 * @param pluginId Plugin for which Prisma reads: of its own models it shows the columns that no field publishes too.
 */
export async function createShadow(
  ownerPool: Pool,
  registry: Registry,
  schema: string,
  shown: ShownRows,
  pluginId: string,
): Promise<void> {
  const published = publishedColumns(registry)
  const statements = [`create schema ${schema}; grant usage on schema ${schema} to rapport_app`]
  for (const model of registry.models.models.values()) {
    const publishedOf = published.get(model.name)
    const isOwn = model.pluginId === pluginId
    if (publishedOf)
      statements.push(shadowOf(registry, schema, model, shown, (name) => isOwn && !publishedOf.has(name)))
    else if (isOwn) statements.push(`create table ${schema}."${model.table}" as table public."${model.table}"`)
  }
  statements.push(`grant select on all tables in schema ${schema} to rapport_app`)
  await ownerPool.query(statements.join(';'))
}

function shadowOf(
  { objects }: Registry,
  schema: string,
  model: Model,
  shown: ShownRows,
  isOpen: (column: string) => boolean,
): string {
  const kinds = [...objects.values()].filter((object) => object.model === model)
  const always = new Set(kinds.flatMap(({ where, discriminator }) => [where?.column.name, discriminator?.name]))
  const key = keyOf(model).map((name) => `"${model.columns.get(name)?.column}"`)
  const isOneOf = (keys: ReadonlySet<string>) => `concat_ws('/', ${key.join()}) = any('{${[...keys].join()}}'::text[])`
  const columns = [...model.columns.values()].map(({ name, column }) => {
    if (ALWAYS_SHOWN.has(name) || always.has(name) || isOpen(name)) return `"${column}"`
    return `case when ${isOneOf(shown.valuesOf(model.name, name))} then "${column}" end as "${column}"`
  })
  return `create table ${schema}."${model.table}" as select ${columns.join()} from public."${model.table}" where ${isOneOf(shown.rowsOf(model.name))}`
}
