import { coerceInputValue, GraphQLError, type GraphQLSchema, isInputObjectType, Kind } from 'graphql'
import { invalid, type UserError } from '../declare/rules/user-errors.ts'
import type { OrderTerm } from '../reads/order/order.ts'
import type { ObjectType } from '../registry/object-type.ts'
import type { RequestContext } from '../request/context.ts'
import { compileExport } from './compile-export.ts'
import { addField, type ExportField, quoted } from './export-fields.ts'
import type { ExportOrder } from './export-order.ts'
import type { ExportPlan } from './export-plan.ts'
import { emptyTree, selectionOf } from './field-tree.ts'

/** Maximum number of fields of an export. */
export const MAX_FIELDS = 100
/** Maximum number of fields to order by. */
const MAX_ORDER_TERMS = 5
/** Maximum number of characters of the filter: as long as the variables of a query may be. */
const MAX_FILTER_CHARACTERS = 200_000

type Fail = (path: readonly string[], message: string) => void

/**
 * Checks an order for a caller: object, fields, filter and order. Returns the plan, or what the caller has to correct.
 * @throws GraphQLError FORBIDDEN when the caller may not read the object, or lacks the permission to read a field on all
 *   the records that they see.
 */
export function planExport(
  context: RequestContext,
  order: ExportOrder,
): { readonly plan: ExportPlan } | { readonly errors: readonly UserError[] } {
  const { registry, schema } = context.runtime
  const errors: UserError[] = []
  const fail: Fail = (path, message) => void errors.push(invalid(['input', ...path], message))
  const object = registry.objects.get(order.object)
  const list = object?.plural
  if (!object || !list) {
    fail(['object'], `${quoted(order.object)} has no list that could be exported. Name an object such as Account.`)
    return { errors }
  }
  const { fields, group } = fieldsOf(context, order, object, list, fail)
  const filter = filterOf(schema, object, order.filter, fail)
  const terms = termsOf(schema, object, order, fail)
  if (order.search !== null && !object.search) fail(['search'], `${object.name} can't be searched.`)
  if (order.includeDeleted && !object.isSoftDeleted)
    fail(['includeDeleted'], `Deleted records of ${object.name} are not kept.`)
  if (errors.length > 0) return { errors }
  const args = {
    ...(filter === null ? {} : { filter }),
    ...(order.search === null ? {} : { search: order.search }),
    ...(order.includeDeleted ? { includeDeleted: true } : {}),
  }
  const plan: ExportPlan = { order, object, list, fields, group, args, terms }
  try {
    // Compiled only to find out whether it can be: the order, the filter and each field are checked by what compiles them.
    compileExport(context, plan)
  } catch (error) {
    if (!(error instanceof GraphQLError) || error.extensions['code'] !== 'BAD_USER_INPUT') throw error
    fail([], error.message)
    return { errors }
  }
  return { plan }
}

function fieldsOf(
  { runtime: { registry, schema }, actor }: RequestContext,
  { fields: paths, format }: ExportOrder,
  object: ObjectType,
  list: string,
  fail: Fail,
): Pick<ExportPlan, 'fields' | 'group'> {
  if (paths.length === 0) fail(['fields'], 'Name at least one field.')
  if (paths.length > MAX_FIELDS) fail(['fields'], `An export has at most ${MAX_FIELDS} fields, not ${paths.length}.`)
  const tree = emptyTree()
  const scope = { registry, schema, actor, allowsPositions: format === 'CSV' }
  const fields = paths.slice(0, MAX_FIELDS).flatMap((path, index): ExportField[] => {
    const place = ['fields', String(index)]
    const field = addField(scope, object, tree, path)
    if ('problem' in field) fail(place, field.problem)
    else if (paths.indexOf(path) !== index) fail(place, `${quoted(path)} is named twice.`)
    else return [field]
    return []
  })
  const node = {
    kind: Kind.FIELD,
    name: { kind: Kind.NAME, value: list },
    selectionSet: selectionOf(tree),
  } as const
  return { fields, group: [node] }
}

/** Returns the filter with its values parsed, as the argument `filter` of the object's list; null without a filter. */
function filterOf(schema: GraphQLSchema, object: ObjectType, filter: unknown, fail: Fail): unknown {
  if (filter === null) return null
  const type = schema.getType(`${object.name}Filter`)
  if (!isInputObjectType(type)) throw new Error(`${object.name} has a list and no filter.`)
  if (JSON.stringify(filter).length > MAX_FILTER_CHARACTERS) {
    fail(['filter'], `The filter has more than ${MAX_FILTER_CHARACTERS} characters.`)
    return null
  }
  return coerceInputValue(filter, type, (path, _value, error) =>
    fail(['filter', ...path.map(String)], withoutNames(error.message)),
  )
}

/** Leaves out suggestions and types, which are names of the schema that the caller has not named. */
function withoutNames(message: string): string {
  return message.replace(/ Did you mean .*$/s, '').replaceAll(/ (?:(?:by )?type|in) "\w+"(?: enum)?/g, '')
}

function termsOf(
  schema: GraphQLSchema,
  object: ObjectType,
  { orderBy }: ExportOrder,
  fail: Fail,
): readonly OrderTerm[] {
  if (orderBy.length > MAX_ORDER_TERMS)
    fail(['orderBy'], `Records are ordered by at most ${MAX_ORDER_TERMS} fields, not by ${orderBy.length}.`)
  const type = schema.getType(`${object.name}OrderBy`)
  const orderable = isInputObjectType(type) ? type.getFields() : {}
  for (const [index, { field }] of orderBy.entries())
    if (!Object.hasOwn(orderable, field))
      fail(['orderBy', String(index), 'field'], `${object.name} can't be ordered by ${quoted(field)}.`)
    else if (orderBy.findIndex((term) => term.field === field) !== index)
      fail(['orderBy', String(index), 'field'], `${quoted(field)} is named twice.`)
  return orderBy
}
