import type { Model } from '../../data/models/models.ts'
import { columnsOfField } from '../../registry/columns.ts'
import type { Registry } from '../../registry/object-type.ts'
import { partsOf } from './parts.ts'
import { alwaysShown } from './shown-columns.ts'
import { keysOf } from './visible-table.ts'

/** Returns the names of the columns that the API shows, as a field of records over the model or of parts of records. */
export function publishedColumnsOf(registry: Registry, model: Model): ReadonlySet<string> {
  const objects = [...registry.objects.values()].filter((object) => object.model.name === model.name)
  const parts = partsOf(registry, model)
  const types = [...objects, ...parts.map(({ type }) => type)]
  const keys = parts.flatMap(({ by, to }) => [by, ...(to ? keysOf(to) : [])])
  return new Set([
    ...types.flatMap((type) => [
      ...alwaysShown(type),
      ...[...type.fields.values()].flatMap((field) => columnsOfField(type, field)),
    ]),
    ...keys.map(({ name }) => name),
  ])
}
