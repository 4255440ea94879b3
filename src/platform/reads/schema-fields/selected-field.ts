import { GraphQLError, isObjectType } from 'graphql'
import { and, type Sql, sql } from '../../data/sql.ts'
import type { Compiled, FieldRead, Place } from '../../declare/objects/field-read.ts'
import { isMarkedPassThrough } from '../../declare/pass-through-error.ts'
import type { Permission } from '../../declare/permission.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { SelectContext } from '../../declare/plugin-context.ts'
import type { ErrorCode } from '../../errors.ts'
import { canOnWholeRecords } from '../../permissions/grants.ts'
import type { ObjectType } from '../../registry/object-type.ts'
import type { FieldGroup } from '../collect.ts'
import { deferredError } from '../deferred.ts'
import { schemaFieldError } from '../fields/resolutions.ts'
import { visibleValue } from '../tables/shown-columns.ts'
import { limitedToManifest, requirePermittedColumn } from './manifest-select.ts'
import { pluginResolution, requestContext } from './plugin-resolution.ts'
import { compileSelect, HIDDEN, MAX_TAKE, type SelectMap, TooManyRowsError } from './select-map.ts'
import { columnConditions } from './selected-columns.ts'

/** A field of a plugin's `schema` that is computed by code from what it selects of the record. */
export interface SelectedField {
  readonly plugin: Plugin
  /** Object that has the field. */
  readonly object: ObjectType
  readonly name: string
  /** Returns what the field selects, from its arguments and the request. */
  readonly select: (args: Readonly<Record<string, unknown>>, context: SelectContext) => SelectMap
}

/**
 * Returns how the field is read: the statement reads what the field selects, and the field's `resolve` runs after it, for
 * all records of the answer together. The caller needs the permission to read each selected column of the record, and the
 * field with each selected relation to one record, and so does the plugin's manifest; where the caller may read it on some records only, the field is null
 * on the others.
 */
export function readSelected({ plugin, object, name, select }: SelectedField): FieldRead {
  return failingAlone(plugin, ({ reading, row, group, args, coordinate }) => {
    const conditions: Sql[] = []
    const { registry } = reading
    const limited = limitedToManifest(reading, plugin)
    const rows = { reading: limited, models: registry.models, pluginId: plugin.id }
    const map = select(args, requestContext(reading, plugin, coordinate))
    const selected = compileSelect(rows, row, map, (column) => {
      requirePermittedColumn(registry, plugin, object, column)
      conditions.push(...columnConditions(limited, row, { pluginId: plugin.id, object, coordinate }, column))
      // As in the API, the id of another record is null when that record is not visible.
      return visibleValue(limited, object, row, column.name)
    })
    const [typeName] = coordinate.split('.')
    const type = reading.schema.getType(typeName ?? object.name)
    const field = isObjectType(type) ? type.getFields()[name] : undefined
    if (!field) throw new Error(`${coordinate} is not in the schema.`)
    const resolution = pluginResolution(reading, plugin)
    return {
      sql: conditions.length > 0 ? sql`case when ${and(conditions)} then ${selected.sql} end` : selected.sql,
      shape(value) {
        try {
          const parent = selected.shape(value)
          if (parent === null || parent === HIDDEN) return null
          return resolution.add({ typeName: object.name, field, parent, args, group })
        } catch (error) {
          if (!(error instanceof TooManyRowsError)) throw error
          return deferredError(tooManyRows(plugin, `${object.name}.${name}`, error, group))
        }
      },
    }
  })
}

/**
 * Returns a `read` that reads as the given one for a caller who has the permission, as `canOnWholeRecords` decides, and
 * null for any other caller.
 * @param permission Undefined when every caller who may read the field gets its value.
 */
export function nullWithout(permission: Permission | undefined, read: FieldRead): FieldRead {
  if (permission === undefined) return read
  return (place) =>
    canOnWholeRecords(place.reading.actor, permission) ? read(place) : { sql: sql`null`, shape: () => null }
}

/** Returns the error of a field whose `select` gets more rows of a relation than a list may have. */
function tooManyRows(plugin: Plugin, field: string, { relation }: TooManyRowsError, nodes: FieldGroup): GraphQLError {
  const code: ErrorCode = 'PLUGIN_FAILED'
  return new GraphQLError(
    `The plugin ${plugin.id} selects ${relation} for ${field}, which has more than ${MAX_TAKE} rows here: the field is left empty, because some of them would be missing. Its author has to select fewer by \`take\` or \`where\`, count them by \`_count\`, or sum them in a batched loader by \`groupBy\`.`,
    { nodes, extensions: { code, plugin: plugin.id, field } },
  )
}

/**
 * Returns a `read` that reads as the given one, but fails on its own when the plugin's code throws or returns what can't
 * be compiled: the field is then null on each record, with an error, and the rest of the answer is read. An error that
 * the platform throws, such as FORBIDDEN, is thrown.
 */
export function failingAlone(plugin: Plugin, read: FieldRead): FieldRead {
  return (place: Place): Compiled => {
    try {
      return read(place)
    } catch (error) {
      if (error instanceof GraphQLError && !isMarkedPassThrough(error)) throw error
      // Without a resolution, nothing would replace the placeholder.
      pluginResolution(place.reading, plugin)
      return {
        sql: sql`json_build_array()`,
        shape: () =>
          deferredError(schemaFieldError({ plugin: plugin.id, field: place.coordinate }, error, place.group)),
      }
    }
  }
}
