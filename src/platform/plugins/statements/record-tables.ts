import type { Column, Model } from '../../data/models/models.ts'
import { partsByModel } from '../../reads/tables/parts.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'

/** A table whose rows are records, or child rows of records. */
export interface RecordTable {
  readonly model: Model
  /** Names of the objects in the table; for child rows the name of their model. `sees` accepts each of them. */
  readonly names: readonly string[]
}

/** A column in which a child row stores the id of a record that it belongs to. */
export interface ParentKey {
  readonly column: Column
  /** The record is of one of these objects. */
  readonly objects: readonly ObjectType[]
}

/**
 * A table of child rows: rows that belong to one or more records, such as items and links. A child row is visible when
 * all its records are visible. Parent keys that are null do not count, unless all are null.
 */
export interface ChildTable {
  readonly model: Model
  readonly parents: readonly ParentKey[]
}

export interface RecordTables {
  /** By name of the table. */
  readonly tables: ReadonlyMap<string, RecordTable>
  /** Models by name of the table. */
  readonly models: ReadonlyMap<string, Model>
  /** Tables of child rows by name of the model. */
  readonly children: ReadonlyMap<string, ChildTable>
}

const byRegistry = new WeakMap<Registry, RecordTables>()

/** Returns the tables of the objects of a registry, and of the child rows of their records. */
export function recordTablesOf(registry: Registry): RecordTables {
  const cached = byRegistry.get(registry)
  if (cached) return cached
  const tables = new Map<string, RecordTable>()
  for (const { name, model } of registry.objects.values())
    tables.set(model.table, { model, names: [...(tables.get(model.table)?.names ?? []), name] })
  const children = childrenOf(registry, (model) => tables.has(model.table))
  for (const [name, { model }] of children) tables.set(model.table, { model, names: [name] })
  const models = new Map([...registry.models.models.values()].map((model) => [model.table, model]))
  const found = { tables, models, children }
  byRegistry.set(registry, found)
  return found
}

/**
 * Returns the tables of child rows of all objects. Items, references and the fields of a variant belong to the record
 * whose field or variant they are, also when they are a link too. Any other link belongs to the records at both ends.
 */
function childrenOf(registry: Registry, isObject: (model: Model) => boolean): Map<string, ChildTable> {
  const children = new Map<string, ChildTable>()
  for (const [name, parts] of partsByModel(registry)) {
    const model = parts[0]?.type.model
    if (!model || isObject(model)) continue
    const owned = parts.filter(({ to }) => to === null || 'interface' in to)
    const keys = (owned.length > 0 ? owned : parts).flatMap(({ by, object, to }) => [
      { column: by, object },
      ...(to && 'object' in to ? [{ column: to.id, object: to.object }] : []),
    ])
    const byColumn = Map.groupBy(keys, ({ column }) => column)
    const parents = [...byColumn].map(([column, each]) => ({ column, objects: each.map(({ object }) => object) }))
    children.set(name, { model, parents })
  }
  return children
}
