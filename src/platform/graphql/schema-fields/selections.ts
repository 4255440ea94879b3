import { inspect } from 'node:util'
import type { PothosOutputFieldConfig } from '@pothos/core'
import type { Column } from '../../data/models/models.ts'
import type { Plugin } from '../../declare/plugin.ts'
import type { SelectContext } from '../../declare/plugin-context.ts'
import { utcDay } from '../../formats/day.ts'
import { checkRelation, checkSelect } from '../../reads/schema-fields/check-select.ts'
import { requirePermittedColumn } from '../../reads/schema-fields/manifest-select.ts'
import { selectContext } from '../../reads/schema-fields/select-context.ts'
import type { SelectMap } from '../../reads/schema-fields/select-map.ts'
import { SelectError } from '../../reads/schema-fields/select-where.ts'
import { checkColumn } from '../../reads/schema-fields/selected-columns.ts'
import { relationNamed } from '../../reads/schema-fields/selected-relation.ts'
import { CompositionError } from '../../registry/composition-error.ts'
import type { ObjectType, Registry } from '../../registry/object-type.ts'
import type { SchemaTypes } from '../builder.ts'

type Args = Readonly<Record<string, unknown>>

/** A function with which a field selects; `context` is that of the request, or a sample. */
type Select<Selected> = (args: Args, context: SelectContext) => Selected

/** What a field of an object selects of its record. */
export type Selection =
  | { readonly kind: 'columns'; readonly select: Select<SelectMap> }
  | { readonly kind: 'relation'; readonly relation: string; readonly query: Select<Args> }

/**
 * Returns what a field selects: by `select`, `t.relation`, `t.relationCount` or `t.expose…`.
 * @throws CompositionError for a field that selects nothing, or in a way that can't be compiled.
 */
export function selectionOf(
  plugin: Plugin,
  object: ObjectType,
  config: PothosOutputFieldConfig<SchemaTypes>,
): Selection {
  const coordinate = `${object.name}.${config.name}`
  const declared: unknown = Reflect.get(config.pothosOptions, 'select')
  const relation = nestedRelation(config)
  if (relation !== null) return relation
  const exposed: unknown = config.extensions?.['pothosPrismaVariant']
  const select = declared ?? (typeof exposed === 'string' ? { [exposed]: true } : undefined)
  if (typeof select === 'function')
    return {
      kind: 'columns',
      select: (args, context) => mapOf(coordinate, select(args, context, noNesting(coordinate))),
    }
  if (select !== null && typeof select === 'object') {
    const map = mapOf(coordinate, select)
    return { kind: 'columns', select: () => map }
  }
  throw new CompositionError(
    `${plugin.id}: ${coordinate} selects nothing of the record. Write \`select\` with what \`resolve\` needs, such as { name: true }.`,
  )
}

/** A marker for what the client selects below a relation. */
class Nested {
  readonly query: unknown

  constructor(query: unknown) {
    this.query = query
  }
}

/** Returns the relation of a field that `t.relation` has created; null for any other field. */
function nestedRelation(config: PothosOutputFieldConfig<SchemaTypes>): Selection | null {
  const field: unknown = config.extensions?.['pothosPrismaRelationField']
  const select: unknown = config.extensions?.['pothosPrismaSelect']
  if (field === null || typeof field !== 'object' || typeof select !== 'function') return null
  const relation = String(Reflect.get(field, 'name'))
  const coordinate = `${config.parentType}.${config.name}`
  return {
    kind: 'relation',
    relation,
    query(args, context) {
      const selected: unknown = select(args, context, (query: unknown) => new Nested(query))
      const nested: unknown = Reflect.get(mapOf(coordinate, Reflect.get(Object(selected), 'select')), relation)
      const query: unknown = nested instanceof Nested ? nested.query : {}
      return mapOf(coordinate, typeof query === 'function' ? query(args, context) : (query ?? {}))
    },
  }
}

function mapOf(coordinate: string, value: unknown): SelectMap {
  if (value === null || typeof value !== 'object')
    throw new SelectError(`The selection of ${coordinate} is not an object.`)
  const map = Object.fromEntries(Object.entries(value))
  const { select } = map
  return select !== null && typeof select === 'object' && Object.keys(map).length === 1
    ? Object.fromEntries(Object.entries(select))
    : map
}

function noNesting(coordinate: string): () => never {
  return () => {
    throw new SelectError(
      `${coordinate} selects what the client selects below it. Use \`t.relation\`, or return the id of a record from \`resolve\`.`,
    )
  }
}

/** A field whose selection is checked. */
export interface CheckedField {
  readonly registry: Registry
  readonly plugin: Plugin
  readonly object: ObjectType
  readonly config: PothosOutputFieldConfig<SchemaTypes>
  readonly isSensitive: boolean
  /** Arguments with which the functions of the field are tried. */
  readonly trial: Args
}

/**
 * Checks what a field selects for the arguments of the trial: that the columns and relations exist and may be
 * selected.
 * @throws CompositionError that names the plugin and the field.
 */
export function checkSelection(field: CheckedField, select: Select<SelectMap>): void {
  const { registry, plugin, object } = field
  checkFor(field, select, (map) => {
    checkSelect(registry, plugin.id, object.model, map)
    for (const [name, wanted] of Object.entries(map))
      if (wanted !== false && wanted !== undefined && name !== '_count') {
        const column = checkOwnColumn(field, name)
        if (column) requirePermittedColumn(registry, plugin, object, column)
      }
  })
}

/**
 * Checks a field that leads to other records by a relation, with the query for the arguments of the trial.
 * @throws CompositionError that names the plugin and the field.
 */
export function checkRelationField(
  field: CheckedField,
  target: ObjectType,
  relation: string,
  query: Select<Args>,
): void {
  const { registry, plugin, object } = field
  checkFor(field, query, (options) => {
    const { target: model } = relationNamed(registry.models, object.model, relation)
    if (model.name !== target.model.name)
      throw new SelectError(`the relation ${relation} leads to ${model.name}, and not to ${target.name}.`)
    checkRelation(registry, plugin.id, object.model, relation, { ...options, select: {} })
    checkOwnColumn(field, relation)
  })
}

/**
 * Checks the column of the record itself, or the column with the key of the relation to one record, and returns it;
 * undefined for a list.
 */
function checkOwnColumn(
  { registry, plugin, object, config, isSensitive }: CheckedField,
  name: string,
): Column | undefined {
  const column = object.model.columns.get(name) ?? relationNamed(registry.models, object.model, name).key ?? undefined
  const coordinate = `${object.name}.${config.name}`
  if (column) checkColumn({ pluginId: plugin.id, object, coordinate }, isSensitive, column)
  return column
}

/**
 * Checks what is selected with the arguments of the trial: for a caller who has every permission for which the function
 * asks, and for one who has none.
 */
function checkFor<Selected>(field: CheckedField, select: Select<Selected>, check: (selected: Selected) => void): void {
  const { plugin, object, config, trial } = field
  const coordinate = `${object.name}.${config.name}`
  let asksForPermission = false
  for (const isAllowed of [true, false]) {
    if (!isAllowed && !asksForPermission) return
    const can = () => {
      asksForPermission = true
      return isAllowed
    }
    let selected: Selected
    try {
      selected = select(trial, sampleContext(coordinate, can))
    } catch (error) {
      // A function of the arguments may need others, such as a text in a form of its own.
      if (!(error instanceof SelectError)) continue
      throw new CompositionError(`${plugin.id}: ${error.message}`)
    }
    try {
      check(selected)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      throw new CompositionError(`${plugin.id}: ${coordinate} can't be read: ${problem}${trialOf(trial)}`)
    }
  }
}

/** Returns the context with which a function of a field is tried when the schema is composed. */
export function sampleContext(coordinate: string, can: SelectContext['can']): SelectContext {
  const now = new Date(0)
  const actor = { id: '00000000-0000-0000-0000-000000000000', kind: 'USER', displayName: 'Sample' } as const
  return selectContext(coordinate, () => ({ now, today: utcDay(now), actor, can }))
}

/** Returns the sentences that say with which arguments a function of a field was tried; none when it was without. */
function trialOf(trial: Args): string {
  if (Object.keys(trial).length === 0) return ''
  const values = inspect(trial, { breakLength: Number.POSITIVE_INFINITY })
  return ` This was a trial with the arguments ${values}. If a value is the cause, give the argument another type, such as Date, or throw \`badArgument\` in \`select\` for such values.`
}

/** Returns the arguments that a field has when the client passes none: those with a default. */
export function defaultsOf({ args }: PothosOutputFieldConfig<SchemaTypes>): Args {
  return Object.fromEntries(
    Object.entries(args).flatMap(([name, { defaultValue }]) =>
      defaultValue === undefined ? [] : [[name, defaultValue] as const],
    ),
  )
}
